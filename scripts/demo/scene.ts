import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from '@playwright/test';
import { launchApp, type Home, type RunningApp } from '../../test/e2e/launch.ts';
import { openChromium } from '../../test/support/chromium.ts';
import { startOidcProvider, type TestProvider } from '../../test/support/oidc-provider.ts';
import { startTestServer, type TestServerProcess } from '../../test/support/server.ts';
import type { Journal } from './journal.ts';

/** What the demo is played on: a service with its sign-in provider, its mail in a folder, and a browser. */
export interface Scene {
  journal: Journal;
  server: TestServerProcess;
  provider: TestProvider;
  /** The folder of the server's mail. */
  outbox: string;
  browser: Browser;
  /** Starts the app of a person in an empty home. It ends with the scene at the latest. */
  launch(home: Home): Promise<RunningApp>;
  stop(): Promise<void>;
}

/** People of the demo organizations, as the provider knows them. */
const accounts = [
  { sub: '1001', email: 'maya@acme.example', email_verified: true, name: 'Maya Chen' },
  { sub: '1002', email: 'priya@northwind.example', email_verified: true, name: 'Priya Nair' },
];

/** Starts all of it in a temporary folder. */
export async function openScene(journal: Journal): Promise<Scene> {
  const folder = mkdtempSync(join(tmpdir(), 'kh-'));
  const outbox = join(folder, 'mail');
  const ends: (() => unknown)[] = [
    () => {
      rmSync(folder, { recursive: true, force: true });
    },
  ];
  const stop = async (): Promise<void> => {
    for (const end of ends.toReversed()) await end();
  };
  try {
    mkdirSync(outbox);
    const provider = await startOidcProvider({ id: 'example', name: 'Example ID', accounts });
    ends.push(() => provider.stop());
    const config = join(folder, 'server.json');
    const kisenon = { providers: [provider.settings] };
    writeFileSync(config, JSON.stringify({ kisenon, mail: { outbox } }), { mode: 0o600 });
    const server = await startTestServer({ args: ['--config', config] });
    ends.push(() => server.stop());
    provider.serve(server.origin);
    const browser = await openChromium();
    ends.push(() => browser.close());
    const launch = async (home: Home): Promise<RunningApp> => {
      const app = await launchApp(home);
      ends.push(() => app.electron.close());
      return app;
    };
    return { journal, server, provider, outbox, browser, launch, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
