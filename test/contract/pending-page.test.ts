import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { decideAccount } from '../../reference-server/auth/account-decisions.ts';
import { accessibilityProblems } from '../support/accessibility.ts';
import { authorizeAddress, newProgram } from '../support/loopback-program.ts';
import { newWaitingUser } from '../support/waiting-users.ts';
import type { WaitingUser } from '../support/waiting-users.ts';
import { openWeb } from '../support/web.ts';
import type { Web } from '../support/web.ts';

let web: Web;
let server: Web['server'];
let page: Web['page'];
beforeAll(async () => {
  web = await openWeb();
  ({ server } = web);
});
afterAll(() => web.stop());
beforeEach(async () => {
  await web.reset();
  ({ page } = web);
});

async function signIn({ username, password }: WaitingUser, on = page): Promise<void> {
  await on.getByLabel('User name or e-mail').fill(username);
  await on.getByLabel('Password').fill(password);
  await on.getByRole('button', { name: 'Sign in' }).click();
}

function decide({ id }: WaitingUser, decision: 'approved' | 'denied', note = ''): Promise<void> {
  const operator = { id: server.user('maya').id, name: 'maya' };
  return decideAccount(server.context, id, decision, note, operator);
}

const heading = (on = page) => on.getByRole('heading', { level: 1 }).innerText();

describe('who waits', () => {
  it('is led to one page, whatever they open, and signs out there', async () => {
    const user = await newWaitingUser(server);
    await page.goto(server.origin);
    await signIn(user);
    expect(await heading()).toBe('Your account waits for approval');
    for (const path of ['/', '/dashboard/keys', '/login', '/orgs', '/operator']) {
      await page.goto(server.origin + path);
      expect(new URL(page.url()).pathname).toBe('/pending');
    }
    expect(await page.getByRole('main').innerText()).toContain(user.email);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.goto(`${server.origin}/pending`);
    expect(new URL(page.url()).pathname).toBe('/login');
  });

  it('goes on by itself to where they wanted once an operator approves', async () => {
    const user = await newWaitingUser(server);
    const { query } = newProgram();
    await page.clock.install();
    await page.goto(authorizeAddress(server, query));
    await signIn(user);
    expect(await page.getByText('This page moves on by itself').isVisible()).toBe(true);
    // It looks, and nothing has changed.
    await Promise.all([page.waitForResponse(/pending/), page.clock.runFor(5_000)]);
    expect(await heading()).toBe('Your account waits for approval');
    await decide(user, 'approved', 'Welcome <aboard>');
    await Promise.all([page.waitForURL(/\/cli\/authorize/), page.clock.runFor(60_000)]);
    expect(await heading()).toBe('Let a program sign in');
    expect(await page.getByRole('status').innerText()).toMatch(
      /Your account is approved\s+An operator wrote: “Welcome <aboard>”/,
    );
  });

  it('is asked to sign in again once an operator denies, and reads the note', async () => {
    const user = await newWaitingUser(server);
    await page.clock.install();
    await page.goto(server.origin);
    await signIn(user);
    await decide(user, 'denied', 'Ask again <in> March');
    await Promise.all([page.waitForURL(/\/login/), page.clock.runFor(60_000)]);
    expect(await page.getByRole('status').innerText()).toContain('An operator may have decided');
    await signIn(user);
    expect(await page.getByRole('alert').innerText()).toMatch(
      /You cannot sign in here\s+An operator .* did not approve this account. They wrote: “Ask again <in> March”/,
    );
    await signIn({ ...user, password: 'wrong' });
    expect(await page.getByRole('alert').innerText()).not.toContain('March');
  });

  it('looks by a button where there are no scripts', async () => {
    const user = await newWaitingUser(server);
    const plain = await web.browser.newContext({ javaScriptEnabled: false });
    const still = await plain.newPage();
    await still.goto(server.origin);
    await signIn(user, still);
    expect(await still.getByText('This page moves on by itself').isVisible()).toBe(false);
    await still.getByRole('link', { name: 'Look again' }).click();
    expect(await heading(still)).toBe('Your account waits for approval');
    await decide(user, 'approved');
    await still.getByRole('link', { name: 'Look again' }).click();
    expect(new URL(still.url()).pathname).toBe('/dashboard/keys');
    await plain.close();
  });

  it('has a page that fits, and is accessible in light and dark', async () => {
    await page.goto(server.origin);
    await signIn(await newWaitingUser(server));
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width: 360, height: 640 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
      expect(await accessibilityProblems(page)).toEqual([]);
    }
  });

  it('cannot be led elsewhere by the address of the page', async () => {
    const user = await newWaitingUser(server);
    await page.goto(server.origin);
    await signIn(user);
    await decide(user, 'approved');
    for (const elsewhere of [
      'https://evil.example',
      '//evil.example',
      '/\\evil.example',
      '/\t/evil.example',
    ]) {
      await page.goto(`${server.origin}/pending?${new URLSearchParams({ return_to: elsewhere }).toString()}`);
      expect(page.url()).toBe(`${server.origin}/dashboard/keys`);
    }
  });
});
