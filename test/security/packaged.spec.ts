import { existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { extractFile, listPackage } from '@electron/asar';
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { agentSocketPath } from '../../main/agent/socket-path.ts';
import { fillHelperScript, sharedScript } from '../../main/core/registries/helper-script.ts';
import { fuses } from '../../scripts/fuses.ts';
import { electronRuntime, sandboxArgs } from '../../scripts/setup/runtime.mjs';
import { expect, passphrase, test as base } from '../e2e/fixtures.ts';
import type { Home } from '../e2e/launch.ts';
import { makeVault } from '../e2e/make-vault.ts';
import { startDisplay } from '../support/display.ts';
import {
  packageApp,
  runHelperMode,
  runPackageScript,
  runToEnd,
  startPackaged,
  withoutDisplay,
  type PackagedApp,
  type PackagedRun,
} from '../support/packaged-app.ts';

const noVault = 'Keyhold has no vault yet';
const notFound = 'credentials not found in native keychain\n';
const version = (JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }).version;

const test = base.extend<
  { start: (args?: string[], env?: NodeJS.ProcessEnv) => PackagedRun },
  { packaged: PackagedApp }
>({
  packaged: [
    async ({}, use) => {
      const packaged = await packageApp();
      await use(packaged);
      packaged.remove();
    },
    { scope: 'worker', timeout: 180_000 },
  ],
  start: async ({ packaged, home }, use) => {
    const runs: PackagedRun[] = [];
    await use((args = [], env = {}) => {
      const all = [`--user-data-dir=${home.dataFolder}`, ...args];
      const run = startPackaged(packaged.program, all, { ...home.env, ...env });
      runs.push(run);
      return run;
    });
    for (const run of runs) await run.stop();
  },
});

/** Waits until the app in this home answers credential helpers with this sentence. */
async function whenItSays(sentence: string, { program }: PackagedApp, home: Home): Promise<void> {
  // Each question starts the program once more: not before there is somebody to answer.
  const socket = agentSocketPath(home.env, process.platform, home.folder);
  await expect.poll(() => existsSync(socket), { timeout: 30_000 }).toBe(true);
  await expect
    .poll(async () => (await runHelperMode(program, 'get', home.env, 'reg.example')).stderr, {
      timeout: 30_000,
    })
    .toContain(sentence);
}

test('every fuse is as it was decided', async ({ packaged }) => {
  const wire = await getCurrentFuseWire(packaged.program);
  const fuseNumbers = Object.keys(wire).filter((key) => key !== 'version');
  const stated = new Map(Object.entries(fuses));
  const found = fuseNumbers.map((fuse) => [
    FuseV1Options[Number(fuse)],
    new Map(Object.entries(wire)).get(fuse),
  ]);
  const decided = fuseNumbers.map((fuse) => [
    FuseV1Options[Number(fuse)],
    stated.get(fuse) === true ? FuseState.ENABLE : FuseState.DISABLE,
  ]);
  expect(found.length).toBeGreaterThanOrEqual(8);
  expect(found).toEqual(decided);
});

test('the archive holds what runs and nothing else', ({ packaged }) => {
  const archive = join(packaged.resources, 'app.asar');
  const files = listPackage(archive, { isPack: false }).map((file) => file.replaceAll('\\', '/'));
  const folders = /^\/(out|node_modules|node_modules\/@node-rs)$/;
  const allowed =
    /^\/(package\.json|out\/(main|preload|renderer|native)|node_modules\/(better-sqlite3|@node-rs\/argon2[^/]*))(\/|$)/;
  expect(files).toEqual(
    expect.arrayContaining([
      '/out/main/index.cjs',
      '/out/main/key-file-kdf-worker.cjs',
      '/out/renderer/index.html',
    ]),
  );
  expect(files.filter((file) => !folders.test(file) && !allowed.test(file))).toEqual([]);
  expect(
    files.filter((file) => /\.(map|tsx?)$|\/(test|tests|reference-server|scripts)\//.test(file)),
  ).toEqual([]);
  const bundles = files.filter((file) => /^\/out\/.*\.(cjs|js|css)$/.test(file));
  const mapped = bundles.filter((file) => extractFile(archive, file.slice(1)).includes('sourceMappingURL='));
  expect(mapped).toEqual([]);
  expect(readdirSync(packaged.resources)).not.toEqual(
    expect.arrayContaining([expect.stringMatching(/^(default_app\.asar|app)$/)]),
  );
});

test('the credential helper comes along, ready to run', ({ packaged }) => {
  const helper = join(packaged.resources, 'bin', 'docker-credential-keyhold');
  expect(readFileSync(helper)).toEqual(readFileSync('resources/bin/docker-credential-keyhold'));
  // Windows knows no such permission.
  if (process.platform !== 'win32') expect(statSync(helper).mode & 0o111).toBe(0o111);
});

test.describe('the program', () => {
  test('starts, and opens a vault with its passphrase', async ({ packaged, home, start }) => {
    test.skip(process.platform !== 'linux', 'Linux only: keys are typed by xdotool into an own X server.');
    await makeVault(join(home.dataFolder, 'vault.db'), passphrase);
    const display = await startDisplay();
    try {
      // A fixed back end: on a Wayland desktop Chromium would choose the real one.
      const run = start(['--ozone-platform=x11'], { DISPLAY: display.name });
      await whenItSays('Keyhold is locked', packaged, home);
      const press = async (...actions: string[]): Promise<void> => {
        const { code, stderr } = await runToEnd('xdotool', actions, { ...home.env, DISPLAY: display.name });
        expect(stderr + String(code)).toBe('0');
      };
      await press('search', '--sync', '--onlyvisible', '--name', '^Keyhold$', 'windowfocus', '--sync');
      await expect(async () => {
        await press('key', 'ctrl+a', 'type', passphrase);
        await press('key', 'Return');
        await expect
          .poll(async () => (await runHelperMode(packaged.program, 'get', home.env, 'reg.example')).stderr)
          .toContain('Keyhold has no context for reg.example');
      }).toPass({ timeout: 45_000 });
      expect(await run.stop()).toBe(0);
    } finally {
      await display.stop();
    }
  });

  for (const text of [
    '--remote-debugging-port=0',
    '--remote-debugging-pipe',
    '--log-net-log=FILE',
    '-log-net-log=FILE',
    ' --ssl-key-log-file=FILE',
    '--log-file=FILE',
    '--js-flags=--expose-gc',
    '--host-resolver-rules=MAP * 127.0.0.1',
    '--inspect=0',
    '--no-such-switch',
  ]) {
    // As a helper it asks the same (test/unit/main/window/start-switches.test.ts); that it does is seen once.
    const modes = text === '--inspect=0' ? [[], ['--credential-helper', 'version']] : [[]];
    test(`refuses “${text}”`, async ({ packaged, home }) => {
      const file = join(home.folder, 'written');
      const refused = text.replace('FILE', file);
      const args = [
        ...sandboxArgs(),
        '--ozone-platform=headless',
        `--user-data-dir=${home.dataFolder}`,
        refused,
      ];
      for (const more of modes) {
        const { code, stdout, stderr } = await runToEnd(packaged.program, [...args, ...more], home.env);
        expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
        expect(stderr).toContain(`Keyhold does not take ${refused.trim()}. It was not started.\n`);
        expect(stderr).not.toContain('DevTools listening');
      }
      expect(existsSync(file)).toBe(false);
    });
  }

  test('writes the keys of its connections to no file that the environment names', async ({
    packaged,
    home,
    start,
  }) => {
    const file = join(home.folder, 'written');
    start([], { SSLKEYLOGFILE: file });
    await whenItSays(noVault, packaged, home);
    expect(existsSync(file)).toBe(false);
  });

  test('is not a Node that runs others’ scripts', async ({ packaged, home, start }) => {
    const marker = join(home.folder, 'ran');
    const script = `require('fs').writeFileSync(${JSON.stringify(marker)}, '')`;
    const env = { ELECTRON_RUN_AS_NODE: '1' };
    await runToEnd(electronRuntime().executable, ['-e', script], { ...home.env, ...env });
    expect(existsSync(marker)).toBe(true);
    rmSync(marker);

    const { code } = await runToEnd(packaged.program, [...sandboxArgs(), '-e', script], {
      ...home.env,
      ...env,
    });
    expect(code).toBe(1);
    start([], env);
    await whenItSays(noVault, packaged, home);
    expect(existsSync(marker)).toBe(false);
  });

  test('takes no options for Node', async ({ packaged, home, start }) => {
    const marker = join(home.folder, 'ran');
    const script = join(home.folder, 'script.cjs');
    writeFileSync(script, `require('fs').writeFileSync(${JSON.stringify(marker)}, '')`);
    const env = { NODE_OPTIONS: `--require "${script}"` };
    const asNode = { ...home.env, ...env, ELECTRON_RUN_AS_NODE: '1' };
    await runToEnd(electronRuntime().executable, ['-e', ''], asNode);
    expect(existsSync(marker)).toBe(true);
    rmSync(marker);

    const run = start([], env);
    await whenItSays(noVault, packaged, home);
    expect(existsSync(marker)).toBe(false);
    expect(run.stderr()).not.toContain('NODE_OPTION');
  });
});

test.describe('its helper mode', () => {
  test('says its version', async ({ packaged, home }) => {
    const { code, stdout } = await runHelperMode(packaged.program, 'version', home.env);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `docker-credential-keyhold (keyhold) ${version}\n` });
  });

  test('lets clients go on without a sign-in while the app does not run', async ({ packaged, home }) => {
    const { code, stdout, stderr } = await runHelperMode(packaged.program, 'get', home.env, 'reg.example\n');
    expect({ code, stdout }).toEqual({ code: 1, stdout: notFound });
    expect(stderr).toContain('Keyhold is not running, or not for this user.');
  });

  test('answers for the helper script where Perl, curl and a display are missing', async ({
    packaged,
    home,
  }) => {
    test.skip(process.platform === 'win32', 'Not on Windows: the helper is a POSIX shell script.');
    const app = join(home.folder, 'keyhold');
    const args = sandboxArgs().join(' ');
    writeFileSync(app, `#!/bin/sh\nexec '${packaged.program}' ${args} "$@"\n`, { mode: 0o755 });
    const script = join(home.folder, 'docker-credential-keyhold');
    const [template, shared] = ['docker-credential-keyhold', sharedScript].map((name) =>
      readFileSync(join(packaged.resources, 'bin', name), 'utf8'),
    ) as [string, string];
    writeFileSync(script, fillHelperScript(template, shared, app), { mode: 0o755 });
    const env = { ...withoutDisplay(home.env), PATH: home.runtimeFolder };
    const { code, stdout, stderr } = await runToEnd(script, ['get'], env, 'reg.example\n');
    expect({ code, stdout }).toEqual({ code: 1, stdout: notFound });
    expect(stderr).toContain('Keyhold is not running, or not for this user.');
  });
});

test('the development-only Electron is not packaged by accident', async ({ home }) => {
  test.skip(electronRuntime().kind !== 'fallback', 'This checkout runs on the official Electron.');
  const output = join(home.folder, 'dist');
  const { code, stderr } = await runPackageScript(['--built', '--dir', '--output', output]);
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^Not packaged: this checkout runs on Electron [\d.]+, which is for development only/,
  );
  expect(stderr).toContain('add --development-runtime to test the packaging');
  expect(existsSync(output)).toBe(false);
});
