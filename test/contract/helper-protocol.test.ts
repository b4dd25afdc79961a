import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { afterNoes, aheadClock } from '../support/ahead-clock.ts';
import { answerWith, httpAnswer, leaveSocket, serveSocket, socketPlace } from '../support/agent-sockets.ts';
import { appVersion, helperPrograms, installHelper } from '../support/helper-programs.ts';
import type { ToolResult } from '../support/registry-tools.ts';
import { shortTmpdir } from '../support/temp-folder.ts';
import { agentParts } from '../unit/main/agent/agent-parts.ts';
import type { AgentParts } from '../unit/main/agent/agent-parts.ts';
import { addContext } from '../unit/main/registries/add-context.ts';

// The helper's bytes and exit codes, in all its forms: what one of them answers, the others have to answer as well.

/** What clients know and go on without a sign-in after. */
const notFound = 'credentials not found in native keychain\n';
const usage = 'Usage: docker-credential-keyhold <store|get|erase|list|version>\n';
const notRunning =
  'Keyhold is not running, or not for this user. Start it, unlock it and run the command again.\n';
const noAnswer = 'Keyhold did not answer as expected. Restart it and run the command again.\n';
const ignored = 'Keyhold did not keep this password: it makes a fresh token each time one is asked for.\n';
const noRegistry = 'Keyhold was asked for no registry: expected host[:port] on standard input.\n';
const tooLong = 'The request is longer than 64 KiB.\n';
const silent: ToolResult = { code: 0, stdout: '', stderr: '' };
const host = 'registry.example:5000';
const users = {
  [host]: 'u-maya',
  'plain.example': 'u-jonas',
  '[::1]:5000': 'u-priya',
  'xn--bcher-kva.example': 'u-tom',
};

const home = await mkdtemp(join(shortTmpdir, 'keyhold-helper-'));
const version = await appVersion();
const programs = helperPrograms(home, version);

/** Runs the helper in each of its forms. */
async function ask(
  runtime: string,
  args: readonly string[],
  input: string | Uint8Array = '',
): Promise<Record<string, ToolResult>> {
  const answers = programs.map(async ({ name, run }) => [name, await run(runtime, args, input)] as const);
  return Object.fromEntries(await Promise.all(answers));
}

/** The same answer from each of its forms. */
function everywhere(result: ToolResult): Record<string, ToolResult> {
  return Object.fromEntries(programs.map(({ name }) => [name, result]));
}

function refusal(advice: string | RegExp): ToolResult {
  const stderr = typeof advice === 'string' ? advice : (expect.stringMatching(advice) as string);
  return { code: 1, stdout: notFound, stderr };
}

const clock = aheadClock();
let open: AgentParts;
let locked: AgentParts;
let vaultless: AgentParts;
const servers: Server[] = [];

beforeAll(async () => {
  await installHelper(home, '/nowhere/keyhold');
  open = await agentParts('silent', clock);
  locked = await agentParts();
  vaultless = await agentParts();
  for (const { parts } of [open, locked]) {
    for (const [known, userId] of Object.entries(users)) addContext(parts, { host: known, userId });
    addContext(parts, { host: 'pending.example', state: 'pending' });
  }
  locked.parts.vault.lock();
  vaultless.parts.vault.close();
  await rm(join(vaultless.parts.folder, 'vault.db'));
});
afterAll(async () => {
  for (const server of servers) server.close();
  for (const agent of [open, locked, vaultless]) await agent.dispose();
  await rm(home, { recursive: true });
});

describe('get', () => {
  it.each([
    ['host and port, without a line feed', host, 'u-maya'],
    ['a line feed at the end', `${host}\n`, 'u-maya'],
    ['an address as Docker names its hub', 'https://plain.example/v1/', 'u-jonas'],
    ['an address with the default port', 'https://plain.example:443', 'u-jonas'],
    ['upper case', 'REGISTRY.Example:5000', 'u-maya'],
    ['an address in upper case with everything', 'HTTPS://Plain.EXAMPLE:443/', 'u-jonas'],
    ['the long form of an IPv6 address', '[0:0:0:0:0:0:0:1]:5000', 'u-priya'],
    ['an international name', 'bücher.example', 'u-tom'],
  ])('answers %s with one line', async (_what, asked, user) => {
    const credential = `{"ServerURL":"${asked.trim()}","Username":"${user}","Secret":"`;
    const answers = await ask(open.folder, ['get'], asked);
    const stdout = expect.stringMatching(/^[^\n]+"Secret":"eyJ[\w-]+(\.[\w-]+){2}"\}\n$/) as string;
    expect(answers).toEqual(everywhere({ ...silent, stdout }));
    for (const answer of Object.values(answers)) expect(answer.stdout).toContain(credential);
  });

  it.each([
    ['an unknown host', 'other.example', /^Keyhold has no context for other\.example\. Add one in .+\n$/],
    ['another port', 'registry.example:5001', /^Keyhold has no context for registry\.example:5001\. .+\n$/],
    ['a part of a name', 'example:5000', /^Keyhold has no context for example:5000\. .+\n$/],
    [
      'a key to be registered',
      'pending.example',
      /^The key of “[^”]+”, the account for pending\.example, is not registered\. .+\n$/,
    ],
    ['nothing', '', noRegistry],
    ['white space', ' \r\n', noRegistry],
    ['two words', `${host} plain.example`, noRegistry],
    ['two lines', 'plain.example\nplain.example\n', noRegistry],
    ['JSON', '{"ServerURL":"plain.example"}', noRegistry],
    ['NUL', '\0', noRegistry],
    ['a host behind NUL', '\0plain.example', noRegistry],
    ['a host before NUL', 'plain.example\0', noRegistry],
    ['what a shell would run', '$(id)`id`;id', noRegistry],
    ['what curl would read from a file', '@/etc/hostname', noRegistry],
    ['control characters', '\u001b[2J\u0007', noRegistry],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00, 0x80, 0x0a, 0xc3]), noRegistry],
    ['60 kB of one letter', 'a'.repeat(60_000), noRegistry],
    ['100 kB of one letter', 'a'.repeat(100_000), tooLong],
    ['2 MB of noise', Buffer.alloc(2_000_000, '\u0000\u00ff\u001b\n@$'), tooLong],
  ])('knows nothing for %s', async (_what, asked, advice) => {
    expect(await ask(open.folder, ['get'], asked)).toEqual(everywhere(refusal(advice)));
  });

  // That the agent takes many more at once is in test/unit/main/agent/agent-server.test.ts.
  it.each(programs)('answers 10 calls at once by $name, each with another token', async ({ run }) => {
    const calls = Array.from({ length: 10 }, () => run(open.folder, ['get'], host));
    const answers = await Promise.all(calls);
    expect(answers.filter(({ code, stderr }) => code !== 0 || stderr !== '')).toEqual([]);
    expect(new Set(answers.map(({ stdout }) => stdout)).size).toBe(10);
  });
});

describe('the other calls', () => {
  it.each([
    ['what a login sends', `{"ServerURL":"${host}","Username":"maya","Secret":"typed"}\n`],
    ['nothing', ''],
    ['noise', 'noise \0\n'],
  ])('keep nothing when %s should be stored, and say so', async (_what, input) => {
    expect(await ask(open.folder, ['store'], input)).toEqual(everywhere({ ...silent, stderr: ignored }));
  });

  it('keep what get gave as little, without a word: nobody typed it', async () => {
    const given = Object.values(await ask(open.folder, ['get'], host)).map(({ stdout }) => stdout);
    expect(new Set(given).size).toBe(programs.length);
    for (const input of given) expect(await ask(open.folder, ['store'], input)).toEqual(everywhere(silent));
  });

  it('keep nothing of what is too long', async () => {
    const stderr = `The password was not kept. ${tooLong}`;
    expect(await ask(open.folder, ['store'], 'x'.repeat(100_000))).toEqual(everywhere({ ...silent, stderr }));
  });

  it.each([host, 'other.example', '', 'noise \0', 'x'.repeat(100_000)])(
    'erase without a word (%#)',
    async (input) => {
      expect(await ask(open.folder, ['erase'], input)).toEqual(everywhere(silent));
    },
  );

  it.each(['unused', '', 'x'.repeat(100_000)])('list the users, whatever is sent (%#)', async (input) => {
    const stdout = `${JSON.stringify(users)}\n`;
    expect(await ask(open.folder, ['list'], input)).toEqual(everywhere({ ...silent, stdout }));
  });

  it.each(['version', '-v', '--version'])('answer %s with the version of the app', async (word) => {
    const stdout = `docker-credential-keyhold (keyhold) ${version}\n`;
    expect(await ask('/nowhere', [word])).toEqual(everywhere({ ...silent, stdout }));
  });

  it.each(['help', '-h', '--help'])('answer %s with the usage', async (word) => {
    expect(await ask('/nowhere', [word])).toEqual(everywhere({ ...silent, stdout: usage }));
  });

  it.each([
    ['no argument', []],
    ['two arguments', ['get', 'get']],
    ['an unknown word', ['dump']],
    ['an empty word', ['']],
    ['another case', ['GET']],
    ['a path', ['../status']],
    ['an option of curl', ['--config']],
  ])('refuse %s with the usage', async (_what, args) => {
    expect(await ask(open.folder, args, host)).toEqual(everywhere({ ...silent, code: 1, stdout: usage }));
  });
});

it('a use that is denied is none that fails: the client goes on without a sign-in', async () => {
  const { approvals } = open.parts;
  open.parts.asks = true;
  const stop = approvals.onQuestions(() => {
    const { question } = approvals.current();
    if (question === null) return;
    approvals.answer(question.id, 'deny', 'once');
    // Whoever asked three times in vain is not asked about for a while.
    clock.ahead += afterNoes;
  });
  const answers = await ask(open.folder, ['get'], host);
  stop();
  open.parts.asks = false;
  expect(answers).toEqual(
    everywhere(
      refusal(
        /^Keyhold was told not to let \S+( \S+)? use registry\.example:5000\. If that answer is remembered, change it in Keyhold under Approvals\.\n$/,
      ),
    ),
  );
});

describe('a locked vault', () => {
  const advice = 'Keyhold is locked. Unlock it and run the command again.\n';

  it.each([host, 'pending.example', 'other.example', '', '\0'])('gives nothing for %j', async (asked) => {
    expect(await ask(locked.folder, ['get'], asked)).toEqual(everywhere(refusal(advice)));
  });

  it('lists nothing, keeps nothing and has nothing to erase', async () => {
    expect(await ask(locked.folder, ['list'])).toEqual(everywhere({ ...silent, stdout: '{}\n' }));
    expect(await ask(locked.folder, ['store'], 'x')).toEqual(everywhere({ ...silent, stderr: ignored }));
    expect(await ask(locked.folder, ['erase'], 'x')).toEqual(everywhere(silent));
  });
});

it('gives nothing where there is no vault yet', async () => {
  const advice = 'Keyhold has no vault yet. Open Keyhold and follow its first steps.\n';
  expect(await ask(vaultless.folder, ['get'], host)).toEqual(everywhere(refusal(advice)));
  expect(await ask(vaultless.folder, ['list'])).toEqual(everywhere({ ...silent, stdout: '{}\n' }));
});

describe('where the agent should be', () => {
  function serve(bytes: string): (socketPath: string) => Promise<unknown> {
    return async (socketPath) => servers.push(await serveSocket(socketPath, answerWith(bytes)));
  }

  const cutOff = httpAnswer('200 OK', '0 \n').replace('Length: 3', 'Length: 9');
  const places: [string, string, (socketPath: string) => Promise<unknown>][] = [
    ['nothing', notRunning, () => Promise.resolve()],
    ['a socket that was left behind', notRunning, leaveSocket],
    ['a file', notRunning, (socketPath) => writeFile(socketPath, 'mine')],
    ['noise', noAnswer, serve('\0\u0001 noise\r\n\r\n')],
    ['something that hangs up', noAnswer, serve('')],
    ['a web server', noAnswer, serve(httpAnswer('200 OK', '<html>\nHello\n</html>'))],
    ['a server that has nothing', noAnswer, serve(httpAnswer('404 Not Found', ''))],
    ['an answer that breaks off', noAnswer, serve(cutOff)],
    ['another exit code', noAnswer, serve(httpAnswer('200 OK', '2 \nhit\n'))],
  ];

  it.each(places)('%s lets the client go on and the user know', async (what, advice, occupy) => {
    const { runtime, socketPath } = await socketPlace(home, what.replaceAll(' ', '-'));
    await occupy(socketPath);
    expect(await ask(runtime, ['get'], what === 'nothing' ? '' : host)).toEqual(everywhere(refusal(advice)));
    const list = { ...silent, stdout: '{}\n', stderr: advice };
    expect(await ask(runtime, ['list'], 'unused')).toEqual(everywhere(list));
    const store = { ...silent, stderr: `The password was not kept. ${advice}` };
    expect(await ask(runtime, ['store'], 'x')).toEqual(everywhere(store));
    expect(await ask(runtime, ['erase'], 'x')).toEqual(everywhere(silent));
  });

  it('a path longer than an address has room for is as any', async ({ skip }) => {
    skip(
      process.platform !== 'linux',
      'Linux only: other systems have no way around the length of an address.',
    );
    const runtime = join(open.folder, 'ä'.repeat(100));
    expect(await ask(runtime, ['get'], host)).toEqual(everywhere(refusal(notRunning)));
    const agent = open.anotherAgent(join(runtime, 'keyhold', 'agent.sock'));
    expect(await agent.start()).toMatchObject({ listening: true });
    const stdout = expect.stringMatching(/"Secret":"eyJ/) as string;
    expect(await ask(runtime, ['get'], host)).toEqual(everywhere({ ...silent, stdout }));
    await agent.stop();
  });
});
