import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from '@playwright/test';
import { electronRuntime, sandboxArgs } from '../../scripts/setup/runtime.mjs';

const root = join(import.meta.dirname, '..', '..');

/** A person's computer in a temporary folder: nothing of the real home is read or written. */
export interface Home {
  readonly folder: string;
  readonly dataFolder: string;
  readonly runtimeFolder: string;
  readonly podmanAuthFile: string;
  readonly helperPath: string;
  /** Environment for the app and for whatever the person starts in a terminal. */
  readonly env: Record<string, string>;
  remove(): void;
}

export function makeHome(): Home {
  // Short, because a Unix socket's path may have 107 bytes.
  const folder = mkdtempSync(join(tmpdir(), 'kh-'));
  const runtimeFolder = join(folder, 'run');
  const localBin = join(folder, '.local', 'bin');
  mkdirSync(runtimeFolder, { mode: 0o700 });
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && !/^(XDG_|DBUS_|DOCKER_|REGISTRY_)/.test(entry[0]),
    ),
  );
  return {
    folder,
    dataFolder: join(folder, 'data'),
    runtimeFolder,
    podmanAuthFile: join(folder, '.config', 'containers', 'auth.json'),
    helperPath: join(localBin, 'docker-credential-keyhold'),
    env: {
      ...inherited,
      HOME: folder,
      XDG_RUNTIME_DIR: runtimeFolder,
      XDG_CONFIG_HOME: join(folder, '.config'),
      PATH: `${localBin}:${inherited['PATH'] ?? ''}`,
    },
    remove() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export interface RunningApp {
  readonly electron: ElectronApplication;
  readonly window: Page;
}

/** Starts the built app on real Electron with a data folder of its own and waits for its first screen. */
export async function launchApp(home: Home): Promise<RunningApp> {
  const electron = await _electron.launch({
    executablePath: electronRuntime().executable,
    args: [...sandboxArgs(), `--user-data-dir=${home.dataFolder}`, root],
    env: home.env,
  });
  const window = await electron.firstWindow();
  await window.locator('html[data-ready]').waitFor({ state: 'attached' });
  return { electron, window };
}
