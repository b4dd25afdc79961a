import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { extractFile, listPackage } from '@electron/asar';
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { runHelperMode as askAsHelper } from '../../main/agent/helper-mode.ts';
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
const noContext = 'Keyhold has no context for reg.example';
const notFound = 'credentials not found in native keychain\n';
const version = (JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }).version;

const chromiumSwitches = [
  '--remote-debugging-port=0',
  '--remote-debugging-pipe',
  '--log-net-log=FILE',
  '-log-net-log=FILE',
  ' --ssl-key-log-file=FILE',
  '--log-file=FILE',
  '--js-flags=--expose-gc',
  '--host-resolver-rules=MAP * 127.0.0.1',
  '--no-such-switch',
];

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
    { scope: 'worker', timeout: 480_000 },
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

/** Waits until the app in this home tells credential helpers this; the helper is our own, not a start of the program. */
async function whenItSays(sentence: string, home: Home, timeout = 60_000): Promise<void> {
  const ask = async (): Promise<string> => {
    const [stdin, stdout, stderr] = [
      Readable.from([Buffer.from('reg.example')]),
      new PassThrough(),
      new PassThrough(),
    ];
    const socketPath = agentSocketPath(home.env, process.platform, home.folder);
    await askAsHelper({ args: ['get'], stdin, stdout, stderr, socketPath, version });
    return await text(stderr.end());
  };
  await expect.poll(ask, { timeout }).toContain(sentence);
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
      await whenItSays('Keyhold is locked', home);
      const press = async (...actions: string[]): Promise<void> => {
        const { code, stderr } = await runToEnd('xdotool', actions, { ...home.env, DISPLAY: display.name });
        expect(stderr + String(code)).toBe('0');
      };
      await press('search', '--sync', '--onlyvisible', '--name', '^Keyhold$', 'windowfocus', '--sync');
      await expect(async () => {
        await press('key', 'ctrl+a', 'type', passphrase);
        await press('key', 'Return');
        await whenItSays(noContext, home, 20_000);
      }).toPass({ timeout: 180_000 });
      // The program's own helper mode gets the same answer.
      const { stderr } = await runHelperMode(packaged.program, 'get', home.env, 'reg.example');
      expect(stderr).toContain(noContext);
      expect(await run.stop()).toBe(0);
    } finally {
      await display.stop();
    }
  });

  // That each is refused by itself, also as a helper: test/unit/main/window/start-switches.test.ts. Here, that the program
  // asks, and before Chromium or Node has done anything of what the switches say.
  for (const [words, mode, switches] of [
    ['Chromium’s switches', [], chromiumSwitches],
    ['a debugger', [], ['--inspect=0']],
    ['a debugger as a helper', ['--credential-helper', 'version'], ['--inspect=0']],
  ] as const) {
    test(`refuses ${words}`, async ({ packaged, home }) => {
      const written = join(home.folder, 'written');
      mkdirSync(written);
      const refused = switches.map((text, index) => text.replace('FILE', join(written, String(index))));
      const { code, stdout, stderr } = await runToEnd(
        packaged.program,
        [
          ...sandboxArgs(),
          '--ozone-platform=headless',
          `--user-data-dir=${home.dataFolder}`,
          ...refused,
          ...mode,
        ],
        home.env,
      );
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toContain(`Keyhold does not take ${String(refused[0])}. It was not started.\n`);
      expect(stderr).not.toContain('DevTools listening');
      expect(stderr).not.toContain('Debugger listening');
      expect(readdirSync(written)).toEqual([]);
    });
  }

  test('does nothing of what the environment can tell Chromium, Electron or Node', async ({
    packaged,
    home,
    start,
  }) => {
    const marker = join(home.folder, 'ran');
    const code = `require('fs').writeFileSync(${JSON.stringify(marker)}, '')`;
    const script = join(home.folder, 'script.cjs');
    writeFileSync(script, code);
    const keys = join(home.folder, 'written');
    const asNode = { ELECTRON_RUN_AS_NODE: '1' };
    const options = { NODE_OPTIONS: `--require "${script}"` };

    const electron = electronRuntime().executable;
    for (const [args, env] of [
      [['-e', code], asNode],
      [['-e', ''], { ...asNode, ...options }],
    ] as const) {
      await runToEnd(electron, args, { ...home.env, ...env });
      expect(existsSync(marker), 'Electron itself runs others’ scripts').toBe(true);
      rmSync(marker);
    }

    const asked = await runToEnd(packaged.program, [...sandboxArgs(), '-e', code], {
      ...home.env,
      ...asNode,
    });
    expect(asked.code).toBe(1);
    const run = start([], { ...asNode, ...options, SSLKEYLOGFILE: keys });
    await whenItSays(noVault, home);
    expect(existsSync(marker)).toBe(false);
    expect(existsSync(keys), 'the keys of its connections').toBe(false);
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
