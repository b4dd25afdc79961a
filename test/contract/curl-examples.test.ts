import { execFile, spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiKeyListSchema, createdApiKeySchema } from '../../contracts/server-api/kisenon/api-keys.ts';
import { eventSchema } from '../../contracts/server-api/kisenon/events.ts';
import { projectListSchema, projectSchema } from '../../contracts/server-api/kisenon/projects.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { newApiKey, newJwt, newProject } from '../support/organization-samples.ts';
import { hasTool } from '../support/registry-tools.ts';
import { signIn } from '../support/server-client.ts';

let server: LocalServer;
let maya: string;
beforeAll(async () => {
  server = await startLocalServer();
  maya = await signIn(server, 'maya');
  await newProject(server, maya, 'shop');
});
afterAll(() => server.stop());

/** What a person types into a shell, with the printed host as this server's, and the credential in the environment. */
async function shell(command: string, key: string): Promise<{ out: string; err: string }> {
  const { stdout, stderr } = await promisify(execFile)(
    'sh',
    ['-c', command.replaceAll('https://api.test.kisenon.com', server.origin)],
    { env: { PATH: process.env['PATH'], KISENON_API_KEY: key }, timeout: 120_000 },
  );
  return { out: stdout, err: stderr };
}
const json = async (command: string, key: string): Promise<unknown> =>
  JSON.parse((await shell(command, key)).out);

describe.skipIf(!hasTool('curl'))('with curl', () => {
  it.each([
    ['an API key', async () => (await newApiKey(server, maya)).secret],
    ['a server JWT', () => newJwt(server, 'maya')],
  ])('the printed example lists the projects, by %s', async (_, credential) => {
    const example = `curl -H "Authorization: Bearer $KISENON_API_KEY" \\
      https://api.test.kisenon.com/v1/projects`;
    const { projects } = projectListSchema.parse(await json(example, await credential()));
    expect(projects.map(({ name }) => name)).toContain('shop');
  });

  it('the same without a credential says what to send', async () => {
    const { out } = await shell('curl -si https://api.test.kisenon.com/v1/projects', '');
    expect(out).toMatch(/^HTTP\/1\.1 401/);
    expect(out).toMatch(/^www-authenticate: Bearer/im);
    expect(out).toContain('"code":"unauthenticated"');
  });

  it('makes a narrow key by POST to /v1/api-keys/, which reads its project alone', async () => {
    const { secret } = await newApiKey(server, maya);
    const made = `curl -sS -H "Authorization: Bearer $KISENON_API_KEY" -H 'Content-Type: application/json' \\
      https://api.test.kisenon.com/v1/projects -d '{"name": "narrow"}'`;
    const project = projectSchema.parse(await json(made, secret));
    const body = JSON.stringify({
      name: 'ci',
      scope: { kind: 'project', ids: [project.id] },
      capability: 'read',
    });
    const create = `curl -sS -X POST -H "Authorization: Bearer $KISENON_API_KEY" -H 'Content-Type: application/json' \\
      https://api.test.kisenon.com/v1/api-keys/ -d '${body}'`;
    const key = createdApiKeySchema.parse(await json(create, secret));
    const list =
      'curl -sS -H "Authorization: Bearer $KISENON_API_KEY" https://api.test.kisenon.com/v1/projects';
    expect(projectListSchema.parse(await json(list, key.secret)).projects.map(({ name }) => name)).toEqual([
      'narrow',
    ]);
    const change = `curl -sS -o /dev/null -w '%{http_code}' -X DELETE -H "Authorization: Bearer $KISENON_API_KEY" \\
      https://api.test.kisenon.com/v1/projects/${project.id}`;
    expect((await shell(change, key.secret)).out).toBe('403');
    const revoke = `curl -sS -o /dev/null -w '%{http_code}' -X DELETE -H "Authorization: Bearer $KISENON_API_KEY" \\
      https://api.test.kisenon.com/v1/api-keys/${key.id}`;
    expect((await shell(revoke, key.secret)).out).toBe('204');
    expect((await shell(revoke, key.secret)).out).toBe('401');
  });

  it('renames, lists and filters keys, with the slash and without it', async () => {
    const key = await newApiKey(server, maya, { name: 'old' });
    const rename = `curl -sS -X PATCH -H "Authorization: Bearer $KISENON_API_KEY" -H 'Content-Type: application/json' \\
      https://api.test.kisenon.com/v1/api-keys/${key.id} -d '{"name": "new"}'`;
    expect(await json(rename, key.secret)).toMatchObject({ id: key.id, name: 'new' });
    for (const address of ['api-keys', 'api-keys/']) {
      const list = `curl -sS -G -H "Authorization: Bearer $KISENON_API_KEY" \\
        https://api.test.kisenon.com/v1/${address} -d search=new`;
      const { api_keys } = apiKeyListSchema.parse(await json(list, key.secret));
      expect(api_keys.map(({ id }) => id)).toEqual([key.id]);
      expect(api_keys[0]?.last_used?.program).toMatch(/^curl\//);
    }
  });

  it('follows events, and goes on behind the last one that it has seen', async () => {
    const { secret } = await newApiKey(server, maya, { capability: 'read' });
    const follow = (...more: string[]) =>
      spawn('curl', ['-sSN', '-H', `Authorization: Bearer ${secret}`, ...more, `${server.origin}/v1/events`]);
    const first = follow();
    // Its place in time: from here on nothing is missed.
    await untilSaid(first, /^id: \w+\n\n/);
    await newProject(server, maya, 'told');
    const said = await untilSaid(first, /^data: .*"name":"told".*\n\n/m);
    first.kill();
    const event = eventSchema.parse(JSON.parse(/^data: (.*)$/m.exec(said)?.[1] ?? ''));
    expect(event).toMatchObject({ type: 'project.changed.v1', data: { action: 'created' } });
    await newProject(server, maya, 'told-meanwhile');
    const second = follow('-H', `Last-Event-ID: ${event.id}`);
    expect(await untilSaid(second, /"name":"told-meanwhile"/)).not.toContain('"name":"told"');
    second.kill();
  });
});

/** What a program writes, up to something. */
async function untilSaid({ stdout }: ChildProcessWithoutNullStreams, what: RegExp): Promise<string> {
  let said = '';
  while (!what.test(said)) {
    const [piece] = (await once(stdout, 'data')) as [Buffer];
    said += piece.toString();
  }
  return said;
}
