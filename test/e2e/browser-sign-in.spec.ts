import type { Page } from '@playwright/test';
import { problemsInBothSchemes } from '../support/accessibility.ts';
import { inMain } from '../support/in-main.ts';
import { filesHolding } from '../support/search-bytes.ts';
import { expect, test, type SignedIn } from './fixtures.ts';
import { AddContextPage } from './pages/add-context.ts';
import { AuthorizePage } from './pages/authorize.ts';
import { ShellPage } from './pages/shell.ts';

/** The address that the app had the system's browser open, once there is another one. */
async function openedAfter({ home }: SignedIn, before: number): Promise<string> {
  await expect.poll(() => home.openedLinks().length).toBeGreaterThan(before);
  return home.openedLinks().at(-1) ?? '';
}

/** As `openedAfter`, of a sign-in that begins anew: within a second after the last address, only a press opens one. */
async function openedAnew(app: SignedIn, before: number): Promise<string> {
  const open = app.window.getByRole('button', { name: 'Open again' });
  await expect(async () => {
    await open.click();
    expect(app.home.openedLinks().length).toBeGreaterThan(before);
  }).toPass();
  return openedAfter(app, before);
}

/** Sets main's clock ahead, as after a sleep, for good. */
async function sleep({ electron }: SignedIn, hours: number): Promise<void> {
  await inMain(
    electron,
    (_electron, ms) => {
      const Real = Date;
      globalThis.Date = class extends Real {
        constructor(...time: [number?]) {
          super(time[0] ?? Real.now() + ms);
        }
      } as DateConstructor;
    },
    hours * 3_600_000,
  );
}

const heading = (window: Page, name: string) => window.getByRole('heading', { level: 1, name });

test('a context is added by a real browser, with a key that lies in the vault alone, and signing out revokes that', async ({
  unlocked: app,
  server,
  browserWindow,
}) => {
  const { window, home } = app;
  const maya = server.user('maya');
  const add = new AddContextPage(window);
  await add.open();
  await add.find(server.origin);
  await add.byBrowser('By browser', 'Stay signed in until I sign out');
  await expect(window.getByText('Waiting for your answer in the browser.')).toBeVisible();
  const address = await openedAfter(app, 0);
  expect(new URL(address).origin).toBe(server.origin);

  const context = await browserWindow.newContext();
  const tab = await context.newPage();
  const page = new AuthorizePage(tab);
  await test.step('the browser asks, and brings the answer to a page that says so', async () => {
    await page.open(address, maya);
    await expect(tab.getByText('Keyhold', { exact: true })).toBeVisible();
    await page.answer('Authorize');
    expect(await page.end()).toContain('You can close this window');
    expect(await problemsInBothSchemes(tab)).toEqual([]);
  });

  await test.step('the app goes on by itself, and a second answer does nothing', async () => {
    await expect(heading(window, 'Signed in')).toBeVisible();
    await expect(window.getByText('You are signed in as Maya Chen in acme')).toBeVisible();
    await tab.reload();
    await expect(tab.getByText('Keyhold has had an answer already.')).toBeVisible();
    await window.getByRole('button', { name: 'Show status' }).click();
    await expect(window.getByRole('heading', { name: 'Signed in as Maya Chen' })).toBeVisible();
  });

  await test.step('nothing of it lies in a file', () => {
    const { searchParams } = new URL(tab.url());
    const needles = new Map([
      ['code', Buffer.from(searchParams.get('code') ?? 'none')],
      ['state', Buffer.from(searchParams.get('state') ?? 'none')],
      ['the start of a key', Buffer.from('nsk_')],
    ]);
    // The address that the system was to open is the test's own note of it.
    expect(filesHolding(home.dataFolder, needles)).toEqual([]);
  });

  await test.step('signing out revokes the key at the service', async () => {
    await window.getByRole('button', { name: 'Sign out…' }).click();
    await window.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
    await expect(window.getByText(/^API key “Keyhold on .*” revoked by /)).toBeVisible();
    await window.getByRole('button', { name: 'Done' }).click();
    await expect(window.getByRole('button', { name: 'Sign in by browser…' })).toBeVisible();
  });
  await context.close();
});

test('a form that meets the end of a session after a sleep goes on once the browser has signed in again', async ({
  unlocked: app,
  server,
  browserWindow,
}) => {
  const { window } = app;
  const context = await browserWindow.newContext();
  const tab = await context.newPage();
  const page = new AuthorizePage(tab);
  const add = new AddContextPage(window);
  const before = app.home.openedLinks().length;
  await add.open();
  await add.find(server.origin);
  await add.byBrowser('Session', 'For 12 hours');
  await page.open(await openedAfter(app, before), server.user('maya'));
  await page.answer('Authorize');
  await page.end();
  await window.getByRole('button', { name: 'Show status' }).click();
  await expect(new ShellPage(window).switcher).toContainText(/1[12] h left/);

  await new ShellPage(window).open('Projects');
  await window.getByRole('button', { name: 'New project' }).click();
  const form = window.getByRole('dialog', { name: 'New project' });
  await form.getByLabel('Name').fill('after-the-sleep');
  await sleep(app, 13);
  await form.getByRole('button', { name: 'Make project' }).click();
  await expect(form.getByText('The session has ended')).toBeVisible();

  const opened = app.home.openedLinks().length;
  await form.getByRole('button', { name: 'Sign in again' }).click();
  await page.open(await openedAnew(app, opened), server.user('maya'));
  await expect(tab.getByRole('combobox', { name: 'Organization' })).toHaveValue('acme');
  await page.answer('Authorize');
  await page.end();
  await expect(window.getByRole('dialog', { name: /^Sign in to/ })).toHaveCount(0);
  await expect(form.getByLabel('Name')).toHaveValue('after-the-sleep');
  await form.getByRole('button', { name: 'Make project' }).click();
  await expect(form).toHaveCount(0);
  await expect(window.getByText('after-the-sleep').first()).toBeVisible();
  await context.close();
  // Its clock is hours ahead: nobody else is to have this app.
  await app.electron.close();
});

test('a sign-in that is refused, or given up, leaves no context and no open port', async ({
  unlocked: app,
  server,
  browserWindow,
}) => {
  const shown = app.window;
  const context = await browserWindow.newContext();
  const tab = await context.newPage();
  const page = new AuthorizePage(tab);
  const add = new AddContextPage(shown);
  const before = app.home.openedLinks().length;
  await add.open();
  await add.find(server.origin);
  await add.byBrowser('Refused', 'For 12 hours');
  await page.open(await openedAfter(app, before), server.user('maya'));
  await page.answer('Cancel');
  expect(await page.end()).toContain('You did not let Keyhold sign in.');
  await expect(shown.getByText('You did not let Keyhold sign in')).toBeVisible();

  const again = app.home.openedLinks().length;
  await shown.getByRole('button', { name: 'Sign in again' }).click();
  const callback = new URL(await openedAnew(app, again)).searchParams.get('redirect_uri') ?? '';
  expect((await fetch(callback)).status).toBe(400);
  await shown.getByRole('button', { name: 'Cancel' }).click();
  await expect(heading(shown, 'Status')).toBeVisible();
  await expect
    .poll(() =>
      fetch(callback).then(
        () => 'answers',
        () => 'closed',
      ),
    )
    .toBe('closed');
  expect(await app.window.evaluate(() => window.keyhold.contexts.list())).toEqual({ ok: true, value: [] });
  await context.close();
});
