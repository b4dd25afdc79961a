import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appVersion, helperPrograms, installHelper } from '../support/helper-programs.ts';
import { writeAppProgram, onlyTool, writeProgram } from '../support/helper-programs.ts';
import { runTool } from '../support/registry-tools.ts';
import type { ToolResult } from '../support/registry-tools.ts';
import { shortTmpdir } from '../support/temp-folder.ts';
import { agentParts } from '../unit/main/agent/agent-parts.ts';
import type { AgentParts } from '../unit/main/agent/agent-parts.ts';
import { addContext } from '../unit/main/registries/add-context.ts';

// Where secrets do not go, and what around the helper must not count.

const host = 'registry.example:5000';
const given = {
  code: 0,
  stdout: expect.stringMatching(/^\{.+"Secret":"eyJ[\w.-]+"\}\n$/) as string,
  stderr: '',
};

let agent: AgentParts;
let home: string;
let helper: string;

beforeAll(async () => {
  agent = await agentParts('debug');
  addContext(agent.parts, { host, userId: 'u-maya' });
});
afterAll(async () => {
  await agent.dispose();
});
beforeEach(async () => {
  home = await mkdtemp(join(shortTmpdir, 'keyhold-helper-'));
  helper = await installHelper(home, '/nowhere/keyhold');
  return () => rm(home, { recursive: true });
});

/** Runs the installed script with these variables besides its home. */
function run(action: string, env: Readonly<Record<string, string>>, input = host): Promise<ToolResult> {
  return runTool(home, helper, [action], { XDG_RUNTIME_DIR: agent.folder, ...env }, input);
}

async function filesUnder(folder: string): Promise<Map<string, Buffer>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  return new Map(await Promise.all(files.map(async (file) => [file, await readFile(file)] as const)));
}

describe('a password that a client wants stored', () => {
  it('is nowhere in the vault’s files, the log or the home folder', async () => {
    const password = 'correct-Horse-9!battery';
    const input = `{"ServerURL":"${host}","Username":"typed-user","Secret":"${password}"}\n`;
    const answers = [];
    for (const program of helperPrograms(home, await appVersion())) {
      answers.push(await program.run(agent.folder, ['store'], input));
      answers.push(await program.run(agent.folder, ['get'], input));
    }
    expect(answers.map(({ code }) => code)).toEqual(answers.map((_, at) => at % 2));
    const log = join(agent.folder, 'logs', 'keyhold.log');
    await expect.poll(() => readFile(log, 'utf8')).toContain('agent.state');

    const files = new Map([
      ...(await filesUnder(agent.parts.folder)),
      ...(await filesUnder(agent.folder)),
      ...(await filesUnder(home)),
    ]);
    // What is not secret is found, so the search finds what there is.
    const vault = ['vault.db', 'vault.db-wal'].map((name) => files.get(join(agent.parts.folder, name)));
    expect(Buffer.concat(vault.map((bytes) => bytes ?? Buffer.alloc(0)))).toSatisfy((bytes: Buffer) =>
      bytes.includes(host),
    );
    const traces = [password, Buffer.from(password).toString('base64'), 'typed-user'];
    const hits = [...files].filter(([, bytes]) => traces.some((trace) => bytes.includes(trace)));
    expect(hits.map(([file]) => file)).toEqual([]);
  });
});

describe.each(['perl', 'curl'])('the programs that the script starts with %s', (program) => {
  /** A PATH on which nothing else is; it writes down its arguments and its environment first. */
  async function recording(): Promise<{ env: Record<string, string>; record: () => Promise<string> }> {
    const folder = join(home, `only-${program}`);
    const notes = join(home, `notes-${program}`);
    const note = `{ printf '%s\\n' ${program} "$@"; /usr/bin/env; } >>'${notes}'`;
    await writeProgram(join(folder, program), `${note}\nexec /usr/bin/${program} "$@"`);
    return { env: { PATH: folder }, record: () => readFile(notes, 'utf8') };
  }

  it('are that one alone, which has the secret in no argument and no variable', async () => {
    const { env, record } = await recording();
    const password = 'correct-Horse-9!battery';
    expect(await run('store', env, `{"Secret":"${password}"}`)).toMatchObject({ code: 0 });
    const answer = await run('get', env);
    expect(answer).toEqual(given);
    const { Secret } = JSON.parse(answer.stdout) as { Secret: string };
    const notes = await record();
    expect(notes.split('\n').filter((line) => line === program)).toHaveLength(2);
    // The curl of this machine uses no proxy for a Unix socket in any case, so asking it would show nothing.
    expect(notes.match(/^--noproxy\n\*$/gm) ?? []).toHaveLength(program === 'curl' ? 2 : 0);
    expect(notes).not.toContain(password);
    expect(notes).not.toContain(Secret);
    expect(notes).not.toContain(host);
  });
});

describe('settings', () => {
  it('of curl do not count', async () => {
    const settings = `output = "${join(home, 'hit')}"\nmax-time = 0.001\nunix-socket = "/nowhere"\nverbose\n`;
    await writeFile(join(home, '.curlrc'), settings);
    await writeFile(join(home, 'curlrc'), settings);
    const env = { CURL_HOME: home, XDG_CONFIG_HOME: home, PATH: onlyTool(home, 'curl') };
    expect(await run('get', env)).toEqual(given);
    await expect(stat(join(home, 'hit'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('of Perl do not count', async () => {
    const hit = join(home, 'perl-hit');
    await writeFile(join(home, 'Hit.pm'), `open(my $f, '>', '${hit}'); 1;`);
    const env = {
      PERL5LIB: home,
      PERL5OPT: '-MHit',
      PERL5DB: `BEGIN { require '${join(home, 'Hit.pm')}' }`,
      PERL_UNICODE: '',
      PERLIO: ':crlf',
      LC_ALL: 'xx_XX.UTF-8',
    };
    expect(await run('get', env)).toEqual(given);
    await expect(stat(hit)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('where Perl and curl are missing', () => {
  const advice = 'The helper of Keyhold needs Perl or curl. Install one and run the command again.\n';
  const notFound = 'credentials not found in native keychain\n';

  it.each([
    ['get', { code: 1, stdout: notFound, stderr: advice }],
    ['list', { code: 0, stdout: '{}\n', stderr: advice }],
    ['store', { code: 0, stdout: '', stderr: `The password was not kept. ${advice}` }],
    ['erase', { code: 0, stdout: '', stderr: '' }],
  ])('and the app as well, %s lets the client go on and says what to install', async (action, answer) => {
    expect(await run(action, { PATH: '/nowhere' })).toEqual(answer);
  });

  it('the app answers, whatever its path is', async () => {
    const app = join(home, "Maya's $HOME `Apps`", 'keyhold');
    await writeAppProgram(app);
    await installHelper(home, app);
    const env = { PATH: '/nowhere' };
    const answers = await Promise.all([run('get', env), run('get', env, 'other.example'), run('list', env)]);
    expect(answers).toEqual([
      given,
      { code: 1, stdout: notFound, stderr: expect.stringContaining('has no context for') as string },
      { code: 0, stdout: `{"${host}":"u-maya"}\n`, stderr: '' },
    ]);
  });
});
