import { join } from 'node:path';
import { test as base } from '@playwright/test';
import { startTestServer, type TestServer } from '../support/server.ts';
import { makeVault } from './make-vault.ts';
import type {} from '../../preload/index.ts';
import { launchApp, makeHome, type Home, type RunningApp } from './launch.ts';

/** Passphrase of the vault that `unlockable` homes hold. */
export const passphrase = 'correct horse battery staple';

interface TestFixtures {
  /** An empty home. */
  home: Home;
  /** The app in a home whose vault exists and is locked. */
  app: RunningApp;
}

interface WorkerFixtures {
  server: TestServer;
  /** A locked app that tests share which change nothing in it. */
  sharedApp: RunningApp;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
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
  home: async ({}, use) => {
    const home = makeHome();
    await use(home);
    home.remove();
  },
  app: async ({ home }, use, info) => {
    await makeVault(join(home.dataFolder, 'vault.db'), passphrase);
    const app = await launchApp(home);
    await use(app);
    if (info.status !== info.expectedStatus) {
      await info.attach('window', { body: await app.window.screenshot(), contentType: 'image/png' });
    }
    await app.electron.close();
  },
});

export { expect } from '@playwright/test';
