import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from '@playwright/test';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JwtAuth } from '../../reference-server/config/keeper.ts';
import { accessibilityProblems, problemsInBothSchemes, settle } from '../support/accessibility.ts';
import { sharedChromium } from '../support/chromium.ts';
import { keeperClaims, newIssuerKey, tokenOf } from '../support/jwt-issuer.ts';
import { devToken, everything, KeeperRig } from '../support/keeper-rig.ts';
import { OidcKeeper } from '../support/oidc-keeper.ts';

const wide = { width: 1100, height: 800 };
const narrow = { width: 360, height: 640 };
const sizes = [{ width: 1600, height: 1000 }, wide, { width: 800, height: 560 }, narrow];
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

/** What is wrong with the page that is open, in all sizes and both schemes; takes pictures of it. */
async function problems(name: string): Promise<string[]> {
  const wrong: string[] = [];
  for (const size of sizes) {
    await page.setViewportSize(size);
    if (size === wide) wrong.push(...(await problemsInBothSchemes(page)));
    if (size === narrow) wrong.push(...(await accessibilityProblems(page)));
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

describe('by a JWT', () => {
  const key = newIssuerKey('ES256');
  const keySet = JSON.stringify({ keys: [key.jwk] });
  let folder: string;
  let rig: KeeperRig;
  let ahead: number;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'keyhold-keeper-web-'));
    writeFileSync(join(folder, 'keys.json'), keySet);
    const auth: JwtAuth = {
      ...{ type: 'jwt', jwks: { file: join(folder, 'keys.json') }, audience: 'tkeeper', issuer: null },
      ...{ refreshSeconds: 0.05, skewSeconds: 15, oidc: null },
    };
    rig = await KeeperRig.start({ keeper: { auth, allowAnonymous: true } });
    const { context: at } = rig.server;
    const now = at.now.bind(at);
    ahead = 0;
    at.now = () => new Date(now().getTime() + ahead * 1000);
    const { body } = await asked('system/init', { peerId: 1, threshold: 1, total: 1 });
    await asked('system/unseal', { payloads64: body['shares64'] });
  });
  afterEach(async () => {
    await rig.stop();
    rmSync(folder, { recursive: true });
  });

  /** By nobody, who may do everything here. */
  const asked = (path: string, body?: object) => rig.ask(`/v1/keeper/${path}`, body, { headers: {} });
  const warnings = async () => (await asked('control/system')).body['warnings'];
  const state = async () => (await asked('system/status')).body['state'];
  const jwt = (subject = 'user:alice') => tokenOf(key, { ...keeperClaims(everything), sub: subject });

  async function signIn(token = jwt()): Promise<void> {
    await page.goto(`${rig.server.origin}/ui`);
    await page.getByLabel('JWT').fill(token);
    await page.keyboard.press('Enter');
    await page.getByText('is signed in').waitFor();
  }

  it('each page tells what everybody has to know, for as long as it is so', async () => {
    const isAnybody = page.getByText('allowAnonymous is on');
    const isOld = page.getByText('The key set could not be read anew');
    /** How often the pages say so, one after the other; what is wrong with them. */
    const told = async (name: string): Promise<[number[], string[]]> => {
      const [counts, wrong] = [[] as number[], [] as string[]];
      const see = async (which: string) => {
        counts.push(await isAnybody.count(), await isOld.count());
        wrong.push(...(await problems(`${name}-${which}`)));
      };
      await context.clearCookies();
      await page.goto(`${rig.server.origin}/ui`);
      await see('sign-in');
      await signIn();
      await see('keeper');
      await page.getByRole('link', { name: 'When keys end' }).click();
      await see('expires');
      return [counts, wrong];
    };
    expect(await told('anybody')).toEqual([[1, 0, 1, 0, 1, 0], []]);
    writeFileSync(join(folder, 'keys.json'), 'no key set');
    await expect.poll(warnings).toHaveLength(2);
    expect(await told('old-keys')).toEqual([[1, 1, 1, 1, 1, 1], []]);
    writeFileSync(join(folder, 'keys.json'), keySet);
    await expect.poll(warnings).toHaveLength(1);
    await page.reload();
    expect([await isAnybody.count(), await isOld.count()]).toEqual([1, 0]);
  });

  it('a session that ends while its page is open leads to signing in again, and says so once', async () => {
    const statuses: number[] = [];
    page.on('response', (response) => statuses.push(response.status()));
    await signIn();
    ahead = 3700;
    await press('Seal the keeper');
    await page.getByRole('dialog').getByRole('button', { name: 'Seal the keeper' }).click();
    const heading = page.getByRole('heading', { name: 'Sign in to the keeper' });
    await heading.waitFor();
    expect(await page.getByRole('alert').innerText()).toContain('Nothing was done: your session has ended');
    expect(await state()).toBe('UNSEALED');
    expect(await problems('ended')).toEqual([]);
    await page.reload();
    expect(await page.getByText('your session has ended').count()).toBe(0);
    ahead = 0;
    await signIn();
    ahead = 3700;
    await page.getByRole('link', { name: 'When keys end' }).click();
    await heading.waitFor();
    expect(await page.getByRole('status').innerText()).toContain('Your session has ended');
    // What is wrong now is told, and not what was before.
    await page.getByLabel('JWT').fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByText('You are not signed in').waitFor();
    expect(await page.getByText('Your session has ended').count()).toBe(0);
    expect(statuses.filter((status) => status >= 400)).toEqual([]);
  });

  it('long names fit', async () => {
    const ids = [
      'rechnungsabschluss-bestaetigung-zahlungsverkehr:auslandsueberweisungen-nord',
      'a',
      'b'.repeat(200),
    ];
    for (const keyId of ids) {
      const more = {
        assetOwner: 'abteilung/zahlungsverkehrsueberwachung/rechnungsabschlussbestaetigung',
      };
      const policy = { apply: { unit: 'MILLISECONDS', notAfter: Date.now() + 86_400_000 } };
      for (const mode of ['CREATE', 'ROTATE']) {
        const authorities = [{ id: 'ops' }];
        const body = {
          keyId,
          algorithm: 'SECP256K1',
          mode,
          authorities,
          ...(mode === 'CREATE' && { ...more, policy }),
        };
        expect(await rig.ask('/v2/keeper/dkg', body, { headers: {} })).toMatchObject({ code: null });
      }
    }
    await signIn(jwt(`user:${'zahlungsverkehrsueberwachung.'.repeat(5)}`));
    expect(await problems('long')).toEqual([]);
    await page.getByRole('link', { name: 'When keys end' }).click();
    expect(await problems('long-expires')).toEqual([]);
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
