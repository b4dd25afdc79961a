import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installHelper, writeProgram } from '../support/helper-programs.ts';
import { hasTool, runTool, type ToolResult } from '../support/registry-tools.ts';
import { shortTmpdir } from '../support/temp-folder.ts';
import { agentParts, type AgentParts } from '../unit/main/agent/agent-parts.ts';
import { addContext } from '../unit/main/registries/add-context.ts';

// Both scripts in whatever environment a client, a CI job or a careless profile starts them: they answer to the byte as
// ever, tell nothing that is secret, and what they could not write they do not call done.

const host = 'registry.example:5000';
const notFound = 'credentials not found in native keychain\n';
const notRunning =
  'Keyhold is not running, or not for this user. Start it, unlock it and run the command again.\n';
const cannotWrite = 'Keyhold could not write its answer: standard output is full or closed.\n';
const given: ToolResult = {
  code: 0,
  stdout: expect.stringMatching(/^[^\n]+"Secret":"eyJ[\w-]+(\.[\w-]+){2}"\}\n$/) as string,
  stderr: '',
};
const shells = [
  ['dash'],
  ['bash'],
  ['bash', '--posix'],
  ['busybox', 'sh'],
  ['zsh', '--emulate', 'sh'],
  ['mksh'],
].filter(([shell = '']) =>
  hasTool(shell, { dash: ['-c', ':'], busybox: ['true'], mksh: ['-c', ':'] }[shell]),
);

let agent: AgentParts;
let home: string;
let helper: string;
let command: string;

beforeAll(async () => {
  agent = await agentParts();
  home = await mkdtemp(join(shortTmpdir, 'keyhold-script-'));
  helper = await installHelper(home, '/nowhere/keyhold');
  command = join(dirname(helper), 'keyhold');
  addContext(agent.parts, { host, userId: 'u-maya', name: 'Production' });
});
afterAll(async () => {
  await agent.dispose();
  await rm(home, { recursive: true });
});

type Env = Readonly<Record<string, string>>;

function run(
  shell: readonly string[],
  words: readonly string[],
  env: Env,
  input = host,
): Promise<ToolResult> {
  const [program = '', ...first] = shell;
  return runTool(home, program, [...first, ...words], { XDG_RUNTIME_DIR: agent.folder, ...env }, input);
}

/** What Bash takes from the variable. With `noexec` and `onecmd` it runs no line of any script; `verbose` prints them. */
const options = [
  ...[
    'allexport',
    'errexit',
    'errtrace',
    'functrace',
    'hashall',
    'history',
    'keyword',
    'monitor',
    'noclobber',
  ],
  ...['noglob', 'nounset', 'physical', 'pipefail', 'posix', 'privileged', 'xtrace'],
];
/** What no other shell takes from its environment. */
const bashEnvironments: [string, Env][] = [
  ...['errexit', 'nounset', 'xtrace'].map((option): [string, Env] => [option, { SHELLOPTS: option }]),
  ['all of SHELLOPTS', { SHELLOPTS: options.join(':') }],
  [
    'BASHOPTS',
    { BASHOPTS: 'execfail:extglob:failglob:inherit_errexit:lastpipe:nocasematch:nullglob:xpg_echo' },
  ],
  [
    'functions by the names of programs',
    Object.fromEntries(
      ['perl', 'curl', 'cd', 'id', 'printf', 'true', 'echo', 'command', 'put', 'fail'].map((name) => [
        `BASH_FUNC_${name}%%`,
        '() { :; }',
      ]),
    ),
  ],
];
/** Each changes something else: what changes nothing together changes nothing alone. */
const environments: [string, Env][] = [
  ['files that a shell reads first, and no HOME', { BASH_ENV: 'odd.sh', ENV: './odd.sh', HOME: '' }],
  [
    'odd settings of shells and tools, and a relative state folder',
    {
      IFS: '_/ek:',
      CDPATH: '/:/tmp:.',
      POSIXLY_CORRECT: '1',
      GREP_OPTIONS: '-v',
      PS4: '$(printf traced >&2)+ ',
      XDG_STATE_HOME: 'state',
    },
  ],
  ['another language', { LANG: 'ja_JP.SJIS', LC_ALL: 'C.UTF-8', LANGUAGE: 'de' }],
];

describe.each(shells.map((shell): [string, string[]] => [shell.join(' '), shell]))(
  'by %s',
  (_name, shell) => {
    beforeAll(async () => {
      await writeFile(join(home, 'odd.sh'), `IFS=_/ek\nalias printf=false\nset -aefux -o pipefail\n`);
    });

    const isBash = shell[0] === 'bash';
    // mksh complains of a language that the machine has not, before it reads the script.
    const known = environments.filter(([what]) => shell[0] !== 'mksh' || what !== 'another language');
    it.each([...known, ...(isBash ? bashEnvironments : [])])('%s changes nothing', async (_what, env) => {
      const gone = { ...env, XDG_RUNTIME_DIR: '/nowhere' };
      expect(
        await Promise.all([
          run(shell, [helper, 'get'], env),
          run(shell, [helper, 'get'], env, 'other.example'),
          run(shell, [helper, 'get'], gone),
          run(shell, [helper, 'list'], gone),
          run(shell, [helper, 'erase'], gone),
          run(shell, [command, 'contexts', 'set', 'production'], env),
          run(shell, [command, 'status'], gone),
        ]),
      ).toEqual([
        given,
        {
          code: 1,
          stdout: notFound,
          stderr: expect.stringMatching(/^Keyhold has no context for .+\n$/) as string,
        },
        { code: 1, stdout: notFound, stderr: notRunning },
        { code: 0, stdout: '{}\n', stderr: notRunning },
        { code: 0, stdout: '', stderr: '' },
        { code: 0, stdout: 'Production is the current context.\n', stderr: '' },
        { code: 3, stdout: '', stderr: notRunning },
      ]);
    });

    if (isBash) {
      it('shows no secret where Bash prints each line that it reads', async () => {
        const { code, stdout, stderr } = await run(shell, [helper, 'get'], { SHELLOPTS: 'verbose:xtrace' });
        expect({ code, stdout, stderr: '' }).toEqual(given);
        expect(stderr).not.toContain('eyJ');
      });
    }

    it('tells a secret to no program', async () => {
      const bin = join(home, 'asked');
      for (const name of ['printf', 'print', 'echo']) {
        await writeProgram(join(bin, name), `echo "$@" >>'${join(home, 'words')}'`);
      }
      const env = { PATH: `${bin}:${process.env['PATH'] ?? ''}` };
      expect(await run(shell, [helper, 'get'], env)).toEqual(given);
      expect(await run(shell, [command, 'token', '--header'], env)).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/^Authorization: Bearer eyJ[^\n]+\n$/) as string,
      });
      expect(await readdir(home)).not.toContain('words');
    });

    it('reads no more than is needed to refuse it', async () => {
      const words = '{ head -c 5000000 /dev/zero || echo stopped >&2; } | "$@"';
      const { code, stdout, stderr } = await run(
        ['/bin/sh'],
        ['-c', words, 'sh', ...shell, helper, 'get'],
        {},
      );
      expect({ code, stdout, said: stderr.split('\n').sort() }).toEqual({
        code: 1,
        stdout: notFound,
        said: ['', 'The request is longer than 64 KiB.', 'stopped'],
      });
    });

    it('without HOME looks in the folder of the user', async () => {
      // This Perl answers with the folder of the socket, which is its fourth word.
      const bin = join(home, 'telling');
      await writeProgram(join(bin, 'perl'), `printf '0 %s\\n' "$4"`);
      const env = { PATH: `${bin}:${process.env['PATH'] ?? ''}`, HOME: '', XDG_RUNTIME_DIR: 'relative' };
      const { stderr } = await run(shell, [helper, 'erase'], env);
      expect(stderr).toBe(`${userInfo().homedir}/.local/state/keyhold\n`);
    });

    it.each(['', ':/usr/bin:/bin', '/usr/bin:/bin:', '/usr/bin::/bin', '.:/usr/bin', 'here:/usr/bin'])(
      'starts nothing from the folder that it runs in, with “%s” as PATH',
      async (path) => {
        for (const name of ['perl', 'curl', 'here/perl']) {
          await writeProgram(join(home, name), `echo started >'${join(home, 'hit')}'`);
        }
        const [program = '', ...words] = shell;
        const way = [join('/usr/bin', program), ...words];
        expect(await run(way, [helper, 'get'], { PATH: path })).toEqual(given);
        expect(await run(way, [command, 'lock', 'now'], { PATH: path })).toMatchObject({ code: 2 });
        expect(await readdir(home)).not.toContain('hit');
      },
    );

    /** Runs one of the scripts with its streams changed by words of a shell. */
    function redirected(streams: string, words: readonly string[]): Promise<ToolResult> {
      return run(['/bin/sh'], ['-c', `"$@" ${streams}`, 'sh', ...shell, ...words], {});
    }

    it('does not miss a standard stream that is closed', async () => {
      expect(await redirected('<&-', [helper, 'erase'])).toEqual({ code: 0, stdout: '', stderr: '' });
      expect(await redirected('<&-', [helper, 'get'])).toMatchObject({ code: 1, stdout: notFound });
    });

    // As sh, zsh ends a script by itself at the first look at a standard error that is closed.
    if (shell[0] !== 'zsh') {
      it('needs no standard error', async () => {
        expect(await redirected('2>&-', [helper, 'get'])).toEqual(given);
        expect(await redirected('2>&-', [helper, 'get', 'get'])).toMatchObject({ code: 1 });
        expect(await redirected('<&- >&- 2>&-', [helper, 'get'])).toEqual({
          code: 1,
          stdout: '',
          stderr: '',
        });
        expect(await redirected('<&- >&- 2>&-', [command, 'completions', 'fish'])).toMatchObject({ code: 2 });
      });
    }

    const failed = { code: 1, stdout: '', stderr: cannotWrite };

    it('what a full disk does not take was not done', async () => {
      for (const words of [
        ...['get', 'list', 'version', 'help'].map((word) => [helper, word]),
        ...[
          ['token'],
          ['status'],
          ['--help'],
          ['version'],
          ['completions', 'bash'],
          ['completions', 'zsh'],
        ].map((line) => [command, ...line]),
      ]) {
        expect([words, await redirected('>/dev/full', words)]).toEqual([words, failed]);
      }
    });

    it('what a closed stream does not take was not done', async () => {
      for (const words of [
        [helper, 'get'],
        [command, 'token'],
      ]) {
        expect([words, await redirected('>&-', words)]).toEqual([words, failed]);
      }
    });

    it.each([
      ['ends by the signal, as every program', ''],
      ['says so where the signal is ignored', 'trap "" PIPE;'],
    ])('a reader that is gone: %s', async (_what, before) => {
      const words = ['-c', `${before} "$@"`, 'sh', ...shell, helper, 'get'];
      const env = { ...process.env, HOME: home, XDG_RUNTIME_DIR: agent.folder };
      const child = spawn('/bin/sh', words, { env });
      const stderr = text(child.stderr);
      // It writes once it has read what it is asked, and then nobody reads any more.
      child.stdout.destroy();
      await once(child.stdout, 'close');
      child.stdin.end(host);
      const [code] = (await once(child, 'close')) as [number | null];
      expect({ ok: code === 0, stderr: await stderr }).toEqual({
        ok: false,
        stderr: before === '' ? (expect.not.stringContaining('eyJ') as string) : cannotWrite,
      });
    });
  },
);
