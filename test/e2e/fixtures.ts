import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test as base, type Browser, type TestInfo } from '@playwright/test';
import { openChromium } from '../support/chromium.ts';
import { startDisplay, type VirtualDisplay } from '../support/display.ts';
import { startTestServer, type TestServerProcess } from '../support/server.ts';
import { answerQuestions } from './dialogs.ts';
import { makeVault } from './make-vault.ts';
import type {} from '../../preload/index.ts';
import { launchApp, makeHome, type Home, type RunningApp } from './launch.ts';
import { ShellPage } from './pages/shell.ts';
import { VaultScreens } from './pages/vault-screens.ts';
import { signInByCalls } from './sign-in.ts';

/** Passphrase of the vault that `unlockable` homes hold. */
export const passphrase = 'correct horse battery staple';

/** An app whose one context is registered for a demo user, and the computer it runs on. */
export interface SignedIn extends RunningApp {
  readonly home: Home;
}

/** A place for an app that tests share. */
interface Shared {
  app: SignedIn | null;
}

interface TestFixtures {
  /** An empty home. */
  home: Home;
  /** The app in a home whose vault exists and is locked. */
  app: RunningApp;
  /**
   * The app of the demo organization's owner, unlocked, on its Status page. Tests share it: each leaves its context
   * as it is.
   */
  maya: SignedIn;
  /**
   * An unlocked app without contexts. Tests share it; what one leaves is removed after it, but for the activity log.
   * One that closes it, or fails, leaves a new one to the next.
   */
  unlocked: SignedIn;
  /** Ends the app of `unlocked` and starts it again, locked. */
  restart: () => Promise<SignedIn>;
}

interface WorkerFixtures {
  /** On Linux a screen of the worker's own: clipboard and focus are its tests' alone. */
  display: VirtualDisplay | null;
  server: TestServerProcess;
  /** A locked app that tests share which change nothing in it. */
  sharedApp: RunningApp;
  /** What `maya` makes ready for each test. */
  mayaApp: SignedIn;
  /** What `unlocked` makes ready for each test. */
  shared: Shared;
  /** A real browser with a window, so that it shares the app's clipboard. */
  browserWindow: Browser;
}

/** Keeps what the app wrote and a picture of what a failed test left on the screen. */
async function attachOnFailure({ window, output }: RunningApp, info: TestInfo): Promise<void> {
  if (info.status === info.expectedStatus) return;
  await info.attach('stderr', { body: output(), contentType: 'text/plain' });
  if (window.isClosed()) return;
  await info.attach('window', { body: await window.screenshot(), contentType: 'image/png' });
}

/** The app in a home of its own, with a vault that is open. */
async function openApp(): Promise<SignedIn> {
  const home = makeHome();
  await makeVault(join(home.dataFolder, 'vault.db'), passphrase);
  const app = await launchApp(home);
  await new VaultScreens(app.window).unlock(passphrase);
  return { ...app, home };
}

/** Ends the app, if a test has not done so, and removes its home. */
async function discard(app: SignedIn): Promise<void> {
  // One that failed may leave work that quitting asks about.
  if (!app.window.isClosed()) await answerQuestions(app, 'Quit and lose them');
  await app.electron.close();
  app.home.remove();
}

/** Brings an app back to where `openApp` left it. */
async function empty({ window: page, home }: SignedIn): Promise<void> {
  const screens = new VaultScreens(page);
  if (await screens.isLocked()) await screens.unlock(passphrase);
  await page.evaluate(async () => {
    const { contexts, registries, rules } = window.keyhold;
    const roles = await rules.roles();
    for (const { id } of roles.ok ? roles.value : []) await rules.removeRole({ roleId: id });
    const setUp = await registries.list();
    for (const { contextId, clients } of setUp.ok ? setUp.value.registries : []) {
      for (const client of ['podman', 'docker'] as const) {
        if (clients[client].canUndo) await registries.undo({ contextId, client });
      }
    }
    const list = await contexts.list();
    for (const { id } of list.ok ? list.value : []) {
      const removed = await contexts.remove({ contextId: id });
      if (!removed.ok) throw new Error(removed.error.code);
    }
  });
  for (const folder of ['.docker', '.config', '.local']) {
    rmSync(join(home.folder, folder), { recursive: true, force: true });
  }
  await page.reload();
  await screens.whenOpen();
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  display: [
    async ({}, use) => {
      if (process.platform !== 'linux') return use(null);
      const display = await startDisplay();
      process.env['DISPLAY'] = display.name;
      await use(display);
      await display.stop();
    },
    { scope: 'worker', auto: true },
  ],
  server: [
    async ({}, use) => {
      const server = await startTestServer();
      await use(server);
      await server.stop();
    },
    { scope: 'worker' },
  ],
  sharedApp: [
    async ({}, use) => {
      const home = makeHome();
      await makeVault(join(home.dataFolder, 'vault.db'), passphrase);
      const app = await launchApp(home);
      await use(app);
      await app.electron.close();
      home.remove();
    },
    { scope: 'worker' },
  ],
  mayaApp: [
    async ({ server }, use) => {
      const app = await openApp();
      await signInByCalls(app, server, 'maya');
      await use(app);
      await discard(app);
    },
    { scope: 'worker' },
  ],
  shared: [
    async ({}, use) => {
      const shared: Shared = { app: null };
      await use(shared);
      if (shared.app !== null) await discard(shared.app);
    },
    { scope: 'worker' },
  ],
  browserWindow: [
    async ({}, use) => {
      const browser = await openChromium();
      await use(browser);
      await browser.close();
    },
    { scope: 'worker' },
  ],
  maya: async ({ mayaApp }, use, info) => {
    const screens = new VaultScreens(mayaApp.window);
    if (await screens.isLocked()) await screens.unlock(passphrase);
    // A sheet that the test before left open lies over the links.
    const sheet = mayaApp.window.getByRole('dialog');
    if ((await sheet.count()) > 0) {
      await mayaApp.window.keyboard.press('Escape');
      await sheet.waitFor({ state: 'hidden' });
    }
    await new ShellPage(mayaApp.window).open('Status');
    await use(mayaApp);
    await attachOnFailure(mayaApp, info);
  },
  unlocked: async ({ shared }, use, info) => {
    await use((shared.app ??= await openApp()));
    // It may have been started again.
    const { app } = shared;
    await attachOnFailure(app, info);
    if (info.status === info.expectedStatus && !app.window.isClosed()) await empty(app);
    else {
      shared.app = null;
      await discard(app);
    }
  },
  restart: async ({ unlocked: { electron, home }, shared }, use) => {
    await use(async () => {
      await electron.close();
      shared.app = { ...(await launchApp(home)), home };
      return shared.app;
    });
  },
  home: async ({}, use) => {
    const home = makeHome();
    await use(home);
    home.remove();
  },
  app: async ({ home }, use, info) => {
    await makeVault(join(home.dataFolder, 'vault.db'), passphrase);
    const app = await launchApp(home);
    await use(app);
    await attachOnFailure(app, info);
    await app.electron.close();
  },
});

export { expect } from '@playwright/test';
