import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describe as describeFailure, parsePurpose } from '../../../scripts/setup/main.mjs';
import { checkout } from '../../../scripts/setup/paths.mjs';
import { SetupProblem } from '../../../scripts/setup/problem.mjs';
import { checkIntegrity, npmErrors } from '../../../scripts/setup/registry-package.mjs';
import { ProgramFailed, run } from '../../../scripts/setup/run.mjs';
import { temporaryFolder, writeFiles } from './setup-folders.ts';

describe('the command line', () => {
  it('takes a purpose, by default the start', () => {
    expect(parsePurpose([])).toBe('start');
    expect(parsePurpose(['--for', 'bench'])).toBe('bench');
  });

  it.each([[['--for']], [['--for', 'lunch']], [['test']], [['--for', 'test', 'more']]])(
    'refuses %j',
    (args) => {
      expect(() => parsePurpose(args)).toThrow('does not understand');
    },
  );

  it('answers bad input with a sentence, the remedy and exit code 1', () => {
    const script = join(checkout, 'scripts/setup.mjs');
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, '--for', 'lunch'], {
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toBe(
      '[set-up] Set-up does not understand "--for lunch".\n' +
        '[set-up] To mend it: node scripts/setup.mjs --for start|test|demo|bench|server|check\n',
    );
  });
});

describe('a failure', () => {
  it('of a program shows the last that it said', async () => {
    const script = 'for (let i = 1; i <= 20; i++) console.log("line " + i); process.exit(3)';
    const error: unknown = await run(process.execPath, ['-e', script]).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ProgramFailed);
    const { message } = describeFailure(error);
    expect(message).toContain('exit code 3');
    expect(message).toContain('line 20');
    expect(message).not.toContain('line 12\n');
  });

  it('to start a program names it', async () => {
    await expect(run('keyhold-no-such-program', [])).rejects.toThrow(SetupProblem);
    await expect(run('keyhold-no-such-program', [])).rejects.toThrow('"keyhold-no-such-program"');
  });

  it.each([
    ['ENOSPC', 'disk space'],
    ['EACCES', 'XDG_CACHE_HOME'],
  ])('of the file system (%s) says what to do', (code, advice) => {
    const { message, remedy } = describeFailure(Object.assign(new Error(`${code}: write`), { code }));
    expect(message).toContain(code);
    expect(remedy).toContain(advice);
  });

  it('that nobody foresaw shows no stack trace', () => {
    const { message } = describeFailure(new TypeError('x is not a function'));
    expect(message).toBe('Set-up cannot go on: x is not a function.');
  });

  it("of npm shows npm's reason without its usage", () => {
    const output = 'npm warn old\nnpm error code ENOTFOUND\nnpm error\nnpm error request failed\nother\n';
    expect(npmErrors(output)).toBe('code ENOTFOUND\nrequest failed');
  });
});

describe('a fetched archive', () => {
  // sha512 of "abc": FIPS 180-4's example.
  const integrity =
    'sha512-3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/uu9RU1EI2Q86A4qmslPpUyknw==';
  const wanted = { name: 'thing', version: '1.0.0', integrity };

  it('is taken when it has the hash that was reviewed', async () => {
    const folder = temporaryFolder();
    writeFiles(folder, { 'a.tgz': 'abc' });
    await expect(checkIntegrity(join(folder, 'a.tgz'), wanted)).resolves.toBeUndefined();
  });

  it('is refused when it has another', async () => {
    const folder = temporaryFolder();
    writeFiles(folder, { 'a.tgz': 'abd' });
    await expect(checkIntegrity(join(folder, 'a.tgz'), wanted)).rejects.toThrow('thing@1.0.0 is not the one');
  });
});
