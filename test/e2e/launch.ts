import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, errors, expect, type ElectronApplication, type Page } from '@playwright/test';
import { electronRuntime, sandboxArgs } from '../../scripts/setup/runtime.mjs';

import type {} from '../../preload/index.ts';
import { noOptimizing } from '../support/chromium.ts';
import { answerServiceQuestions } from './dialogs.ts';

const root = join(import.meta.dirname, '..', '..');

/** What makes the app's runs cheaper and shows nothing else: it draws without the graphics card that no test machine has. */
const forShortRuns = [noOptimizing, '--disable-gpu'];

/** A person's computer in a temporary folder: nothing of the real home is read or written. */
export interface Home {
  readonly folder: string;
  readonly dataFolder: string;
  readonly runtimeFolder: string;
  readonly podmanAuthFile: string;
  readonly helperPath: string;
  /** Environment for the app and for whatever the person starts in a terminal. */
  readonly env: Record<string, string>;
  /** What the system browser was asked to open so far, oldest first. */
  openedLinks(): string[];
  remove(): void;
}

/**
 * Stands in for the desktop's choice of a browser, which a test machine does not have: a program that notes the
 * address it is asked to open.
 *
 * @returns the folder to put on PATH, and the file of the addresses, one a line
 */
function recordBrowser(folder: string): { bin: string; links: string } {
  const bin = join(folder, 'desktop-bin');
  const links = join(folder, 'opened-links');
  mkdirSync(bin);
  writeFileSync(join(bin, 'xdg-open'), `#!/bin/sh\nprintf '%s\\n' "$1" >>'${links}'\n`, { mode: 0o755 });
  return { bin, links };
}

export function makeHome(): Home {
  // Short, because a Unix socket's path may have 107 bytes.
  const folder = mkdtempSync(join(tmpdir(), 'kh-'));
  const runtimeFolder = join(folder, 'run');
  const localBin = join(folder, '.local', 'bin');
  mkdirSync(runtimeFolder, { mode: 0o700 });
  const { bin, links } = recordBrowser(folder);
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && !/^(XDG_|DOCKER_|REGISTRY_|DBUS_)/.test(entry[0]),
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
      // Nor is the real desktop's tray or lock screen; a test that needs a bus starts its own.
      DBUS_SESSION_BUS_ADDRESS: 'disabled:',
      DBUS_SYSTEM_BUS_ADDRESS: 'disabled:',
      PATH: `${localBin}:${bin}:${inherited['PATH'] ?? ''}`,
    },
    openedLinks: () => (existsSync(links) ? readFileSync(links, 'utf8').trimEnd().split('\n') : []),
    remove() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export interface RunningApp {
  readonly electron: ElectronApplication;
  readonly window: Page;
  /** Everything the app wrote to stderr so far. */
  readonly output: () => string;
}

/** How a person starts the built app with the home's data folder, but for `forShortRuns`. */
export function appCommand(home: Home): { command: string; args: string[] } {
  const args = [...sandboxArgs(), ...forShortRuns, `--user-data-dir=${home.dataFolder}`, root];
  return { command: electronRuntime().executable, args };
}

export interface LaunchExtras {
  /** Whether the real question is put before an unknown service is contacted; otherwise the answer is yes. */
  asks?: boolean;
  env?: Record<string, string>;
  args?: readonly string[];
}

/**
 * Starts the app and waits until Playwright is attached to its page, whatever that shows. A page that is about to
 * load just then is missed by Playwright for good, in about one start of two hundred; so there is a second one. The
 * app is not what is waited for: its own hang shows after this, at its first screen.
 */
async function attach(home: Home, also: LaunchExtras): Promise<ElectronApplication> {
  const { command, args } = appCommand(home);
  const options = {
    executablePath: command,
    args: [...args, ...(also.args ?? [])],
    env: { ...home.env, ...also.env },
    // The app sets its own theme: no test tool may stand between it and the page.
    colorScheme: null,
  };
  try {
    return await _electron.launch({ ...options, timeout: 30_000 });
  } catch (error) {
    if (!(error instanceof errors.TimeoutError)) throw error;
    process.stderr.write('Playwright missed the page of the app; it is started again.\n');
    // A busy machine may only have been slow: it has its time now.
    return _electron.launch({ ...options, timeout: 120_000 });
  }
}

/** Starts the built app on real Electron with a data folder of its own and waits for its first screen. */
export async function launchApp(home: Home, also: LaunchExtras = {}): Promise<RunningApp> {
  const electron = await attach(home, also);
  let written = '';
  electron.process().stderr?.on('data', (chunk: Buffer) => {
    written += chunk.toString();
  });
  const page = await electron.firstWindow();
  await page.locator('html[data-ready]').waitFor({ state: 'attached' });
  // The unlock screen stands before main answers calls.
  const answers = (): Promise<boolean> =>
    page.evaluate(() =>
      window.keyhold.vault.status().then(
        () => true,
        () => false,
      ),
    );
  await expect.poll(answers, { intervals: [20] }).toBe(true);
  if (also.asks !== true) await answerServiceQuestions(electron, 'contact');
  return { electron, window: page, output: () => written };
}
