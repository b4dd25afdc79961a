import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientForms, clientLine, secretVariable } from '../../contracts/domain/client-line.ts';
import type { ClientForm } from '../../contracts/domain/client-line.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { newApiKey, newJwt } from '../support/organization-samples.ts';
import { hasTool } from '../support/registry-tools.ts';
import { call, registerTestKey, signIn } from '../support/server-client.ts';
import { newTestKey } from '../support/test-key.ts';

let server: LocalServer;
let maya: string;
let home: string;
beforeAll(async () => {
  server = await startLocalServer();
  maya = await signIn(server, 'maya');
  home = await mkdtemp(join(tmpdir(), 'keyhold-lines-'));
});
afterAll(async () => {
  await server.stop();
  await rm(home, { recursive: true });
});

const run = promisify(execFile);

/** What the shell prints for a command that was pasted into it. */
async function shell(command: string): Promise<string> {
  const env = { PATH: process.env['PATH'], HOME: home };
  const { stdout } = await run('sh', ['-c', command], { env, timeout: 120_000 });
  return stdout;
}

/** Uses a line as it is, in the program that it is for; gives what the service answers. */
const uses: Readonly<Record<ClientForm, { tool: string; use: (line: string) => Promise<string> }>> = {
  raw: {
    tool: 'curl',
    use: (line) => shell(`curl -sS --oauth2-bearer '${line}' ${server.origin}/v1/whoami`),
  },
  header: { tool: 'curl', use: (line) => shell(`curl -sS -H '${line}' ${server.origin}/v1/whoami`) },
  curl: { tool: 'curl', use: (line) => shell(line) },
  httpie: { tool: 'http', use: (line) => shell(line) },
  fetch: {
    tool: 'node',
    use: async (line) => {
      const program = `console.log(JSON.stringify(${line}))`;
      return (await run(process.execPath, ['--input-type=module', '--eval', program])).stdout;
    },
  },
  netrc: {
    tool: 'curl',
    use: async (line) => {
      await writeFile(join(home, '.netrc'), `machine other.example login x password y\n${line}`, {
        mode: 0o600,
      });
      return await shell(`curl -sS --netrc ${server.origin}/v1/whoami`);
    },
  },
  env: {
    tool: 'curl',
    use: async (line) => {
      await writeFile(join(home, '.env'), line, { mode: 0o600 });
      const command = `curl -sS -H "Authorization: Bearer $${secretVariable}" ${server.origin}/v1/whoami`;
      return await shell(`set -a; . ${home}/.env; ${command}`);
    },
  },
};

const credentials = [
  ['an API key', async () => (await newApiKey(server, maya)).secret],
  ['a server JWT', () => newJwt(server, 'maya')],
  [
    'a minted token',
    async () => {
      const key = await newTestKey();
      await registerTestKey(server, 'maya', key);
      return await key.apiToken(server.user('maya').id, server.origin);
    },
  ],
] as const;

describe.each(credentials)('%s', (_what, make) => {
  const there = clientForms.filter((form) => uses[form].tool === 'node' || hasTool(uses[form].tool));

  it.each(there)('signs in as it was copied for %s', async (form) => {
    const answer = await uses[form].use(clientLine(form, server.origin, await make()));
    expect(JSON.parse(answer)).toMatchObject({ user: { username: 'maya' }, org: 'acme' });
  });
});

it.each([
  ['https://keyhold.example', 'keyhold.example'],
  ['https://keyhold.example:8443', 'keyhold.example'],
  ['http://localhost:8970', 'localhost'],
  ['http://127.0.0.1:8970', '127.0.0.1'],
  ['http://[::1]:8970', '::1'],
  ['https://[2001:db8::1]', '2001:db8::1'],
])('.netrc knows %s as %s, as curl looks for it', (origin, host) => {
  expect(clientLine('netrc', origin, 'x')).toBe(`machine ${host} login keyhold password x\n`);
});

describe('Basic credentials at the API', () => {
  const statusOf = async (text: string, headers: Record<string, string> = {}): Promise<number> => {
    const authorization = `Basic ${Buffer.from(text).toString('base64')}`;
    const all = { ...headers, authorization };
    return (await fetch(`${server.origin}/v1/audit/verify`, { method: 'POST', headers: all })).status;
  };

  it('open nothing with a user’s own password, a token as user name, or a password that is no token', async () => {
    const { username, password } = server.user('maya');
    const { secret } = await newApiKey(server, maya);
    for (const text of [
      `${username}:${password}`,
      `${secret}:`,
      `${secret}:x`,
      `:${secret} `,
      'x:é',
      'x',
      ':',
    ]) {
      expect([text.slice(0, 8), await statusOf(text)]).toEqual([text.slice(0, 8), 401]);
    }
    expect(await statusOf(`any:${secret}`)).toBe(200);
  });

  it('do not count from a browser, which may send them along with a form of any page', async () => {
    const { secret } = await newApiKey(server, maya);
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: server.origin },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'none' },
    ]) {
      expect([headers, await statusOf(`any:${secret}`, headers)]).toEqual([headers, 401]);
    }
  });

  it('are guessed with as few tries as Bearer tokens', async () => {
    const unknown = `nsk_${'a'.repeat(43)}`;
    const tries = [];
    for (let round = 0; round < 3; round += 1) {
      tries.push(await statusOf(`x:${unknown}`));
      tries.push((await call(server, '/v1/whoami', { token: unknown })).status);
    }
    expect(tries).toEqual([401, 401, 401, 401, 401, 429]);
    expect(await statusOf(`x:${unknown}`)).toBe(429);
    expect(await statusOf(`x:${(await newApiKey(server, maya)).secret}`)).toBe(200);
  });

  it('are never asked for, so that no browser keeps them for another page to use', async () => {
    const { headers } = await fetch(`${server.origin}/v1/whoami`);
    expect(headers.get('www-authenticate')).toMatch(/^Bearer/);
  });
});
