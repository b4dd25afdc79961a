import { realpathSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { findingSchema, type Finding } from '../../contracts/ipc/doctor.ts';
import { answerWith, httpAnswer, serveSocket, socketPlace } from '../support/agent-sockets.ts';
import { appVersion, installHelper, onlyTool } from '../support/helper-programs.ts';
import { hasTool, runTool, type ToolResult } from '../support/registry-tools.ts';
import { shortTmpdir } from '../support/temp-folder.ts';
import { agentParts, post, type AgentParts } from '../unit/main/agent/agent-parts.ts';
import { addContext } from '../unit/main/registries/add-context.ts';
import { packagedHelper } from '../unit/main/registries/registry-parts.ts';

// `keyhold` on the command line, in all its ways on this machine, against the app's own parts.

/** How the script is run. */
interface Way {
  name: string;
  /** The shell and its words; none for the one that the script names. */
  shell: string[];
  /** The one program that is on PATH; all of them without it. */
  only?: string;
}

const host = 'registry.example:5000';
const probes: Readonly<Record<string, string[]>> = { dash: ['-c', ':'], busybox: ['true'] };
const itself: Way = { name: 'its own shell', shell: [] };
/** On Debian the shell that the script names is dash itself. */
const own = basename(realpathSync('/bin/sh'));
const others = [['dash'], ['bash', '--posix'], ['busybox', 'sh']]
  .map((shell): Way => ({ name: shell[0] ?? '', shell }))
  .filter(({ name }) => name !== own && hasTool(name, probes[name]));
const ways: Way[] = [itself, ...others, { name: 'its own shell without Perl', shell: [], only: 'curl' }];

let agent: AgentParts;
let home: string;
let script: string;

beforeEach(async () => {
  agent = await agentParts();
  home = await mkdtemp(join(shortTmpdir, 'keyhold-command-'));
  await installHelper(home, '/nowhere/keyhold');
  script = join(home, '.local', 'bin', 'keyhold');
  addContext(agent.parts, { host, userId: 'u-maya', name: 'Production' });
  addContext(agent.parts, { host: 'other.example', userId: 'bot:acme/ci', name: 'CI of Acme' });
});
afterEach(async () => {
  await agent.dispose();
  await rm(home, { recursive: true });
});

/** Runs it once, by itself unless another way is named. */
function run(
  args: readonly string[],
  { shell, only }: Way = itself,
  runtime = agent.folder,
): Promise<ToolResult> {
  const [command = script, ...words] = [...shell, ...(shell.length > 0 ? [script] : [])];
  const path = only === undefined ? {} : { PATH: onlyTool(home, only) };
  return runTool(home, command, [...words, ...args], { XDG_RUNTIME_DIR: runtime, ...path });
}

function output(stdout: string): ToolResult {
  return { code: 0, stdout, stderr: '' };
}

/** Words that the command line does not take, and what it says to each. */
const refusals: readonly (readonly [words: string[], advice: string | RegExp])[] = [
  [['frob'], 'keyhold does not know the command frob. See: keyhold --help\n'],
  [['token', '--ttl'], 'The option --ttl needs a value. See: keyhold --help\n'],
  [['token', '--ttl', '99h'], /^--ttl takes a life such as 15m or 1h30m, from 1m to 24h\. See/],
  [['token', '--json', '--header'], 'Use --header or --json, not both. See: keyhold --help\n'],
  [['status', '--header'], 'keyhold does not know the option --header here. See: keyhold --help\n'],
  [['history', '--limit', '0'], '--limit takes a number from 1 to 200. See: keyhold --help\n'],
  [['contexts', 'set'], /^Use: keyhold contexts/],
  [
    ['contexts', 'set', 'CI', 'of', 'Acme'],
    'keyhold contexts does not take the word of. Write a name that has spaces in quotes. See: keyhold --help\n',
  ],
  [['lock', 'now'], 'keyhold lock does not take the word now. See: keyhold --help\n'],
  [
    ['--json', 'status'],
    'keyhold does not know the option --json in the place of a command. See: keyhold --help\n',
  ],
  [['token', '-x'], 'keyhold does not know the option -x here. See: keyhold --help\n'],
  [['token', '--', '--json'], 'keyhold token does not take the word --json. See: keyhold --help\n'],
  [
    ['contexts', 'set', '-x'],
    /^keyhold does not know the option -x here\. Before a name that begins .+, write --\./,
  ],
  [['to\nken'], /^No word of a command has a line break/],
  [[], 'Name a command. See: keyhold --help\n'],
];

describe.each(ways)('by $name', (way) => {
  it('tells the state, the contexts and what happened', async () => {
    const status = await run(['status'], way);
    const locks =
      /^Locks {5}at \d\d:\d\d if nobody uses the computer; programs can put it off until \d\d:\d\d$/m;
    expect(status.stdout).toMatch(locks);
    expect({ ...status, stdout: status.stdout.replace(locks, 'Locks') }).toEqual(
      output(
        `Vault     unlocked\nLocks\nContext   Production (u-maya at ${host})\nSign-in   Not checked yet\nRegistry  ${host}, as Production\nVersion   ${await appVersion()}\n`,
      ),
    );
    expect(await run(['contexts'], way)).toEqual(
      output(
        `*  Production  u-maya       ${host}  active  answers\n   CI of Acme  bot:acme/ci  other.example          active  answers\n`,
      ),
    );
    expect(await run(['contexts', 'set', 'ci OF acme'], way)).toEqual(
      output('CI of Acme is the current context.\n'),
    );
    expect(agent.parts.contexts.accounts.of(host), 'for programs nothing changes').toMatchObject({
      name: 'Production',
    });
    const { locks: when } = JSON.parse((await run(['status', '--json'], way)).stdout) as {
      locks: { at: string; latest: string };
    };
    // 15 minutes from now, and an hour from the unlock.
    expect(Date.parse(when.at)).toBeGreaterThan(Date.now());
    expect(Date.parse(when.latest)).toBeGreaterThan(Date.parse(when.at));
    const history = await run(['history', '--limit=2', '--json'], way);
    const lines = history.stdout.trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { kind: string }).kind)).toEqual([
      'key.created',
      'key.created',
    ]);
  });

  it('prints a token, a header field or JSON', async () => {
    const raw = await run(['token'], way);
    const { sub, iat = 0, exp = 0 } = decodeJwt(raw.stdout.trim());
    expect({ ...raw, stdout: '' }).toEqual(output(''));
    expect({ sub, life: exp - iat }).toMatchObject({ sub: 'u-maya' });
    const field = await run(['token', '--header', '--ttl', '1h', '--context', 'CI of Acme'], way);
    expect(field.stdout).toMatch(/^Authorization: Bearer [\w-]+\.[\w-]+\.[\w-]+\n$/);
    expect(decodeJwt(field.stdout.trim().split(' ')[2] ?? '').sub).toBe('bot:acme/ci');
    const answer = JSON.parse((await run(['token', '--json'], way)).stdout) as Record<string, unknown>;
    expect(answer).toMatchObject({ context: 'Production', userId: 'u-maya', audience: `https://${host}` });
    expect(agent.parts.logged().at(-1)).toMatch(/^token\.minted \| Production \| 15m, key \S{8}, for \S+$/);
  });

  it('refuses what it does not take with exit code 2, and says why', async () => {
    const answers = refusals.map(async ([words]) => ({ words, ...(await run(words, way)) }));
    expect(await Promise.all(answers)).toEqual(
      refusals.map(([words, advice]) => {
        const stderr: unknown = advice instanceof RegExp ? expect.stringMatching(advice) : advice;
        return { words, code: 2, stdout: '', stderr };
      }),
    );
  });

  it('locks, and says by exit code 4 that it is locked', async () => {
    expect(await run(['lock'], way)).toEqual(output(''));
    expect(agent.parts.vault.isUnlocked).toBe(false);
    const locked = await run(['status', '--json'], way);
    expect(locked).toMatchObject({ code: 4, stderr: '' });
    expect(JSON.parse(locked.stdout)).toMatchObject({ vault: 'locked', locks: null, context: null });
    const refused = {
      code: 4,
      stdout: '',
      stderr: 'Keyhold is locked. Unlock it and run the command again.\n',
    };
    for (const command of ['token', 'contexts', 'doctor', 'history']) {
      expect(await run([command], way)).toEqual(refused);
    }
  });

  it('says by exit code 3 that nothing runs, and by 5 that use was denied', async () => {
    expect(await run(['status'], way, '/nowhere')).toEqual({
      code: 3,
      stdout: '',
      stderr:
        'Keyhold is not running, or not for this user. Start it, unlock it and run the command again.\n',
    });
    agent.parts.asks = true;
    const { approvals } = agent.parts;
    const stop = approvals.onQuestions(() => {
      const { question } = approvals.current();
      if (question !== null) approvals.answer(question.id, 'deny', 'always');
    });
    const denied = await run(['token'], way);
    stop();
    expect(denied).toMatchObject({ code: 5, stdout: '' });
    expect(denied.stderr).toMatch(
      /^Keyhold was told not to let \S+ use Production\. If that answer is remembered, change it in Keyhold under/,
    );
    expect(approvals.rules()[0]?.path).toMatch(/^\//);
  });

  it('has help, version and completions without the app', async () => {
    const help = await run(['--help'], way, '/nowhere');
    expect(help).toMatchObject({ code: 0, stderr: '' });
    for (const word of ['status', 'token', 'contexts', 'doctor', 'lock', 'history', '--ttl', 'Exit codes']) {
      expect(help.stdout).toContain(word);
    }
    expect(await run(['version'], way, '/nowhere')).toEqual(output(`keyhold ${await appVersion()}\n`));
    expect((await run(['completions', 'fish'], way, '/nowhere')).code).toBe(2);
    const asks = [
      ['-h'],
      ['help'],
      ['help', 'token'],
      ['token', '--help'],
      ['contexts', 'set', '-h'],
      ['token', '--context', 'Production', '--ttl', '1h', '--help'],
      ['completions', '--help'],
      ['frob', '--help'],
      ['doctor', '--json', '-h'],
      ['--', 'help'],
    ];
    expect(await Promise.all(asks.map((words) => run(words, way, '/nowhere')))).toEqual(asks.map(() => help));
  });

  it('takes names that look like options', async () => {
    const names = ['--help', '-h', '--', '-', '--json', '-n'];
    for (const name of names) addContext(agent.parts, { host: 'odd.example', name });
    for (const name of names) {
      expect(await run(['contexts', 'set', '--', name], way)).toEqual(
        output(`${name} is the current context.\n`),
      );
    }
    const tokens = names
      .flatMap((name) => [['--context', name], [`--context=${name}`]])
      .map(async (words) => JSON.parse((await run(['token', '--json', ...words], way)).stdout) as unknown);
    expect(await Promise.all(tokens)).toMatchObject(
      names.flatMap((name) => [{ context: name }, { context: name }]),
    );
    expect((await run(['--', 'contexts', '--json', '--'], way)).code).toBe(0);
    expect((await run(['completions', 'names', '--'], way)).stdout.split('\n')).toEqual(
      expect.arrayContaining(names),
    );
    expect(await run(['doctor', '--'], way)).toMatchObject({ code: 1, stderr: '' });
  });
});

it('the doctor says the same as the window, for people and programs, with exit code 1 while something is broken', async () => {
  const { code, stdout } = await run(['doctor']);
  expect(code).toBe(1);
  expect(stdout).toContain(`ok    Agent: It listens on ${agent.socketPath}, for you alone.\n`);
  expect(stdout).toContain(
    `FAIL  Podman for ${host}: Not set up in ${agent.folder}/.config/containers/auth.json.\n` +
      '      Podman does not ask Keyhold for this registry.\n' +
      '      In Keyhold, open Registries, then Doctor, and choose “Set up Podman”.\n',
  );
  expect(stdout).toMatch(/\nFAIL {2}PATH: .*\n.*\n {6}Add this line .*\n {8}export PATH=\S+:"\$PATH"\n/);
  const json = await run(['doctor', '--json']);
  expect(json.code).toBe(1);
  expect(z.array(findingSchema).parse(JSON.parse(json.stdout))[0]).toMatchObject({ state: 'broken' });
});

it('the doctor looks at the terminal that it is asked in, and its commands mend that', async () => {
  const bin = join(home, '.local', 'bin');
  const secret = '{"auths":{"registry.example:5000":{"auth":"bWF5YTpwdw=="}}}';
  const spoiled = {
    XDG_RUNTIME_DIR: agent.folder,
    PATH: process.env['PATH'] ?? '',
    REGISTRY_AUTH_FILE: '/ci/auth file.json',
    DOCKER_CONFIG: '/ci',
    DOCKER_AUTH_CONFIG: secret,
  };
  const ask = async (before: string): Promise<Finding[]> => {
    const program = `${before}\n'${script}' doctor --json`;
    const { stdout } = await runTool(agent.folder, 'sh', ['-c', program], spoiled);
    expect(stdout).not.toContain('bWF5YTpwdw');
    const findings = z.array(findingSchema).parse(JSON.parse(stdout));
    return findings.filter(({ id }) => id.startsWith('terminal'));
  };
  const found = await ask('');
  expect(found.map(({ id, state }) => [id, state])).toEqual([
    ['terminal:PATH', 'broken'],
    ['terminal:DOCKER_CONFIG', 'broken'],
    ['terminal:REGISTRY_AUTH_FILE', 'warning'],
    ['terminal:DOCKER_AUTH_CONFIG', 'warning'],
  ]);
  const commands = found.map(({ mend }) => (mend?.by === 'person' ? mend.command : ''));
  // The helper of this test is installed in another home than the Doctor's.
  expect(commands[0]).toBe(`export PATH=${agent.folder}/.local/bin:"$PATH"`);
  const rest = await ask([`export PATH='${bin}':"$PATH"`, ...commands.slice(1)].join('\n'));
  expect(rest).toMatchObject([{ id: 'terminal:PATH', state: 'warning' }]);
  await installHelper(agent.folder, '/nowhere/keyhold');
  expect(await ask(commands.join('\n'))).toMatchObject([{ id: 'terminal', state: 'ok' }]);
});

it('something else in the app’s place is told apart from an answer', async () => {
  const { runtime, socketPath } = await socketPlace(home, 'odd');
  const server = await serveSocket(socketPath, answerWith(httpAnswer('200 OK', 'hello\n')));
  expect(await run(['status'], itself, runtime)).toMatchObject({ code: 3, stdout: '' });
  server.close();
});

it('the agent answers programs in JSON', async () => {
  const given = await post(agent.socketPath, '/v1/token', '{"ttl":"5m"}');
  expect(given.status).toBe(200);
  expect(JSON.parse(given.body)).toMatchObject({ context: 'Production' });
  expect((await post(agent.socketPath, '/v1/token', '{"ttl":5}')).status).toBe(400);
  expect((await post(agent.socketPath, '/v1/token', '{"context":"nobody"}')).status).toBe(409);
  agent.parts.vault.lock('click');
  expect((await post(agent.socketPath, '/v1/token', '{}')).status).toBe(423);
});

it('names what to install where Perl and curl are missing', async () => {
  const advice = 'keyhold needs Perl or curl. Install one and run the command again.\n';
  const nothing = { ...itself, only: 'true' };
  expect(await run(['status'], nothing)).toEqual({ code: 1, stdout: '', stderr: advice });
  expect(await run(['version'], nothing)).toMatchObject({ code: 0 });
});

/** Text as a word of a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

describe('completions', () => {
  it.runIf(hasTool('bash')).each([
    ['keyhold to', 'token'],
    ['keyhold contexts se', 'set'],
    ['keyhold contexts set CI', 'CI\\ of\\ Acme'],
    ['keyhold contexts set $', '\\$\\(touch\\ ran\\)'],
    ['keyhold token --context Pro', 'Production'],
    ['keyhold token --he', '--header'],
    ['keyhold contexts set -- -', '-n'],
    ['keyhold token --context -', '-n'],
  ])('of bash complete “%s”', async (line, completed) => {
    addContext(agent.parts, { host: 'odd.example', name: '$(touch ran)' });
    addContext(agent.parts, { host: 'odd.example', name: '-n' });
    const words = line.split(' ');
    const program = `PATH='${join(home, '.local', 'bin')}':$PATH; eval "$(keyhold completions bash)"
      IFS=eo; set -euf; COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${String(words.length - 1)}
      _keyhold; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout } = await runTool(home, 'bash', ['-c', program], { XDG_RUNTIME_DIR: agent.folder });
    expect(stdout).toBe(`${completed}\n`);
    await expect(stat(join(home, 'ran'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  let zshFunctions: string;
  beforeAll(async () => {
    zshFunctions = await mkdtemp(join(shortTmpdir, 'keyhold-zsh-'));
  });
  afterAll(async () => {
    await rm(zshFunctions, { recursive: true });
  });

  // In a real interactive zsh on a terminal of its own: the Tab key is pressed, then Ctrl+X, which shows the line.
  it.runIf(hasTool('zsh')).each([
    ['keyhold to', 'keyhold token'],
    ['keyhold contexts se', 'keyhold contexts set'],
    ['keyhold contexts set CI', 'keyhold contexts set CI\\ of\\ Acme'],
    ['keyhold contexts set \\$', 'keyhold contexts set \\$\\(touch\\ ran\\)'],
    ['keyhold token --context Pro', 'keyhold token --context Production'],
    ['keyhold token --he', 'keyhold token --header'],
    ['keyhold contexts set -- -', 'keyhold contexts set -- -n'],
  ])('of zsh complete “%s”', async (line, completed) => {
    addContext(agent.parts, { host: 'odd.example', name: '$(touch ran)' });
    addContext(agent.parts, { host: 'odd.example', name: '-n' });
    // What compinit finds is kept for the next test: the system's functions are a thousand files.
    const rc = `setopt ksh_arrays; PATH='${join(home, '.local', 'bin')}':$PATH; PS1=; unset zle_bracketed_paste
      autoload -Uz compinit; compinit -u -d '${join(zshFunctions, 'dump')}'; eval "$(keyhold completions zsh)"
      show() { print -r -- "[$BUFFER]" > line; print shown }; zle -N show; bindkey '^X' show; print ready`;
    await writeFile(join(home, '.zshrc'), rc);
    const program = `zmodload zsh/zpty; zpty terminal zsh -d; zpty -r terminal out '*ready*'
      zpty -w -n terminal ${quoted(line)}$'\\t\\x18'; zpty -r terminal out '*shown*'; zpty -d terminal`;
    const env = { XDG_RUNTIME_DIR: agent.folder, ZDOTDIR: home, TERM: 'dumb' };
    expect(await runTool(home, 'zsh', ['-fc', program], env)).toMatchObject({ stderr: '' });
    // A word that is complete has a space after it.
    expect(await readFile(join(home, 'line'), 'utf8')).toBe(`[${completed} ]\n`);
    await expect(stat(join(home, 'ran'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

it('runs as it is packaged, too', async () => {
  const program = join(dirname(packagedHelper), 'keyhold');
  expect(await runTool(home, program, ['lock'], { XDG_RUNTIME_DIR: agent.folder })).toEqual(output(''));
  expect(agent.parts.vault.isUnlocked).toBe(false);
});

it('is installed beside the helper, and never over another program of that name', async () => {
  expect((await stat(script)).mode & 0o777).toBe(0o755);
  await writeFile(script, '#!/bin/sh\necho mine\n');
  await installHelper(home, '/nowhere/keyhold');
  expect(await readFile(script, 'utf8')).toBe('#!/bin/sh\necho mine\n');
  await writeFile(script, '#!/bin/sh\n# Keyhold on the command line, of an older version\n');
  await installHelper(home, '/nowhere/keyhold');
  expect((await run(['version'])).code).toBe(0);
});
