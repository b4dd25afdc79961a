import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from '@playwright/test';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { accessibilityProblems, problemsInBothSchemes, settle } from '../support/accessibility.ts';
import { sharedChromium } from '../support/chromium.ts';
import { devToken, everything, KeeperRig } from '../support/keeper-rig.ts';
import { OidcKeeper } from '../support/oidc-keeper.ts';

const wide = { width: 1100, height: 800 };
const narrow = { width: 360, height: 640 };
/** Where pictures go; nowhere, unless somebody wants to look at them. */
const pictures = process.env['KEYHOLD_PICTURES'];

let browser: Browser;
let context: BrowserContext;
let page: Page;
let complaints: string[];
beforeAll(async () => {
  browser = await sharedChromium();
});
beforeEach(async () => {
  context = await browser.newContext({ viewport: wide });
  page = await context.newPage();
  page.setDefaultTimeout(60_000);
  complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('the server responded with'))
      complaints.push(message.text());
  });
});
afterEach(() => context.close());

/** What is wrong with the page that is open, in both sizes and schemes; takes pictures of it. */
async function problems(name: string): Promise<string[]> {
  const wrong: string[] = [];
  for (const size of [wide, narrow]) {
    await page.setViewportSize(size);
    wrong.push(...(await (size === wide ? problemsInBothSchemes(page) : accessibilityProblems(page))));
    const over = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    if (over > 0) wrong.push(`is wider than ${String(size.width)}`);
    for (const colorScheme of ['light', 'dark'] as const) {
      if (pictures === undefined) continue;
      await page.emulateMedia({ colorScheme });
      await settle(page);
      const path = join(pictures, `keeper-${name}-${String(size.width)}-${colorScheme}.png`);
      await page.screenshot({ path, fullPage: true });
    }
  }
  await page.setViewportSize(wide);
  return [...wrong.map((problem) => `${name}: ${problem}`), ...complaints];
}

const press = (name: string) => page.getByRole('button', { name, exact: true }).click();

describe('by a token', () => {
  let rig: KeeperRig;
  beforeAll(async () => {
    rig = await KeeperRig.start({}, everything);
    await rig.init(2, 3);
    await rig.unseal(rig.shares.slice(0, 2));
    const day = 86_400_000;
    for (let at = 0; at < 60; at += 1) {
      const notAfter = Date.now() + (at + 1) * day;
      const policy = { apply: { unit: 'MILLISECONDS', notAfter } };
      const keyId = `wallet-${String(at).padStart(2, '0')}`;
      const made = await rig.generate(keyId, 'ED25519', { policy });
      expect(made.status).toBeLessThan(300);
    }
  });
  afterAll(() => rig.stop());

  async function signIn(): Promise<void> {
    await page.goto(`${rig.server.origin}/ui`);
    await page.getByLabel('Dev token').fill(devToken);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Keeper', exact: true }).waitFor();
  }

  it('each page fits, is accessible, keeps its warnings and complains of nothing', async () => {
    await page.goto(`${rig.server.origin}/ui`);
    const wrong = await problems('sign-in');
    await signIn();
    wrong.push(...(await problems('keys')));
    const warning = page.getByText('Dev mode is on');
    expect(await warning.count()).toBe(1);
    await page.getByRole('link', { name: 'When keys end' }).click();
    wrong.push(...(await problems('expires')));
    expect(await warning.count()).toBe(1);
    await rig.seal();
    await page.goto(`${rig.server.origin}/ui`);
    wrong.push(...(await problems('sealed')));
    expect(await warning.count()).toBe(1);
    await rig.unseal(rig.shares.slice(0, 2));
    expect(wrong).toEqual([]);
  });

  it('shows all keys, a page at a time, and those that end within a window', async () => {
    await signIn();
    const rows = () => page.getByRole('rowheader', { name: /^wallet-/ });
    expect(await rows().count()).toBe(50);
    await page.getByRole('link', { name: 'Next page' }).click();
    expect(await rows().count()).toBe(10);
    expect(await rows().first().innerText()).toContain('wallet-50');
    await page.getByRole('link', { name: 'First page' }).click();
    await page.getByRole('link', { name: 'When keys end' }).click();
    expect(await rows().count()).toBe(30);
    await page.getByLabel('When').selectOption({ label: 'ends within a year' });
    await press('Show');
    expect(await rows().count()).toBe(50);
    await page.getByRole('link', { name: 'Next page' }).click();
    expect(await rows().count()).toBe(10);
    await page.getByLabel('What ends').selectOption({ label: 'Verifying and decrypting' });
    await press('Show');
    expect(await rows().count()).toBe(0);
  });

  it('rotates a key by the keyboard alone', async () => {
    await signIn();
    const rotate = page.getByRole('button', { name: 'Rotate wallet-07', exact: true });
    await rotate.focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Rotate wallet-07' });
    await dialog.waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.keyboard.press('Escape');
    expect(await rotate.evaluate((each) => each === document.activeElement)).toBe(true);
    await page.keyboard.press('Enter');
    await dialog.getByRole('button', { name: 'Rotate' }).press('Enter');
    await page.getByText('The key wallet-07 is rotated').waitFor();
    expect(complaints).toEqual([]);
  });

  it('leads a form whose page is too old back to the keeper', async () => {
    await signIn();
    await page.locator('input[name=_csrf]').evaluateAll((all) => {
      for (const each of all as HTMLInputElement[]) each.value = 'stale';
    });
    await press('Sign out of the keeper');
    await page.getByText('That page was too old').waitFor();
    expect(new URL(page.url()).pathname).toBe('/ui');
    expect(await page.getByRole('heading', { name: 'Keeper', exact: true }).count()).toBe(1);
  });
});

describe('at a provider', () => {
  let rig: OidcKeeper;
  beforeAll(async () => {
    rig = await OidcKeeper.start({ permissions: ['tkeeper.control.sinks'], host: 'localhost' });
  });
  afterAll(() => rig.stop());

  // The provider is another site than the server: strict cookies stay away from what comes from there.
  it('signs in there, comes back and is signed in', async () => {
    await page.goto(`${rig.server.origin}/ui`);
    expect(await problems('provider')).toEqual([]);
    await page.keyboard.press('Enter');
    await page.getByLabel('E-mail').fill('ada@acme.example');
    await press('Continue');
    await page.getByText('auth0|ada is signed in').waitFor();
    expect(new URL(page.url()).pathname).toBe('/ui');
    expect(await problems('little')).toEqual([]);
    await press('Sign out of the keeper');
    await page.getByRole('heading', { name: 'Sign in to the keeper' }).waitFor();
  });
});
