import type { Browser, BrowserContext, Page } from '@playwright/test';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ProviderPage } from '../e2e/pages/provider.ts';
import { problemsInBothSchemes } from '../support/accessibility.ts';
import { sharedChromium } from '../support/chromium.ts';
import { startOidcSite } from '../support/oidc-site.ts';
import type { OidcSite } from '../support/oidc-site.ts';

const lena = { sub: 's-lena', email: 'lena@acme.example', email_verified: true, name: 'Lena Sommer' };
let site: OidcSite;
let origin: string;
/** A page for people who are signed in. */
let wanted: string;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let provider: ProviderPage;
/** What the browser complained about: with a strict CSP, anything inline and forms that lead elsewhere. */
let complaints: string[];
beforeAll(async () => {
  [site, browser] = await Promise.all([startOidcSite([lena]), sharedChromium()]);
  origin = site.server.origin;
  const asked = {
    state: 's'.repeat(16),
    code_challenge: 'c'.repeat(43),
    code_challenge_method: 'S256',
    client_name: 'Some program',
  };
  wanted = `${origin}/cli/authorize?${new URLSearchParams(asked).toString()}`;
});
afterAll(() => site.stop());
beforeEach(async () => {
  complaints = [];
  context = await browser.newContext();
  page = await context.newPage();
  provider = new ProviderPage(page);
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('the server responded with'))
      complaints.push(message.text());
  });
});
afterEach(async () => {
  site.google.answer('/auth', null);
  site.github.answer('/elsewhere', null);
  await context.close();
});

describe('signing in by a provider in a real browser', () => {
  it('leads there, back and on to the page that one wanted, by keyboard', async () => {
    await page.goto(wanted);
    const button = page.getByRole('button', { name: 'Sign in with Google' });
    await button.focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(`${site.google.issuer}/**`);
    await page.getByLabel('E-mail').fill(lena.email);
    await page.keyboard.press('Enter');
    await page.waitForURL(wanted);
    await page.getByText('Some program').first().waitFor();
    const cookies = await context.cookies(origin);
    const kept = cookies.filter(({ name }) => name.startsWith('keyhold'));
    expect(kept.map(({ httpOnly, sameSite }) => [httpOnly, sameSite])).toEqual(
      expect.arrayContaining([[true, 'Lax']]) as unknown,
    );
    expect(await page.evaluate(() => document.cookie)).toBe('');
    expect(complaints).toEqual([]);
  });

  it('leads back to the sign-in page from a provider that one leaves again, and on from there', async () => {
    await page.goto(wanted);
    await provider.choose('GitHub');
    await provider.cancel();
    await page.getByRole('alert').getByText('Nothing was done').waitFor();
    expect(await page.title()).toContain('Sign in');
    await provider.choose('Google');
    await provider.signInAs(lena.email);
    await page.waitForURL(wanted);
    expect(complaints).toEqual([]);
  });

  it('keeps a pasted token on the way, also without scripts', async () => {
    const plain = await browser.newContext({ javaScriptEnabled: false });
    page = await plain.newPage();
    provider = new ProviderPage(page);
    await page.goto(`${origin}/dashboard/keys`);
    await provider.choose('Google');
    await provider.signInAs(lena.email);
    await page.getByLabel('Registration token').fill('pasted');
    await site.server.context.write({}, (tx) => tx.deleteFrom('sessions').execute());
    await page.getByRole('button', { name: 'Register key' }).click();
    await page.getByText('Your token is kept').waitFor();
    // The provider knows her by now.
    await page.getByRole('button', { name: 'Sign in with Google' }).click();
    await page.getByText('not registered yet').waitFor();
    expect(await page.getByLabel('Registration token').inputValue()).toBe('pasted');
    // Once.
    await page.goto(`${origin}/dashboard/keys`);
    expect(await page.getByLabel('Registration token').inputValue()).toBe('');
    await plain.close();
  });

  it('goes through a provider that leads on to another site, as those of companies do', async () => {
    const elsewhere = `${site.github.issuer}/elsewhere`;
    site.google.answer('/auth', (request, response) =>
      response.writeHead(302, { location: `${elsewhere}${request.url?.slice('/auth'.length) ?? ''}` }).end(),
    );
    site.github.answer('/elsewhere', (_request, response) =>
      response.setHeader('content-type', 'text/html').end('<h1>Elsewhere</h1>'),
    );
    await page.goto(`${origin}/login`);
    await page.getByRole('button', { name: 'Sign in with Google' }).click();
    await page.getByRole('heading', { name: 'Elsewhere' }).waitFor();
    expect(complaints).toEqual([]);
  });

  it('offers a link on a page that the browser stays on', async () => {
    await page.goto(`${origin}/login`);
    await page.route(`${site.google.issuer}/**`, (route) => route.abort('aborted'));
    await page.getByRole('button', { name: 'Sign in with Google' }).click();
    await page.getByRole('heading', { name: 'Going on to Google' }).waitFor();
    const link = page.getByRole('link', { name: 'go on to Google' });
    expect(await link.getAttribute('href')).toContain(`${site.google.issuer}/auth?`);
  });

  it('is not begun from a page of somebody else', async () => {
    const before = await site.server.context.db.selectFrom('oidc_attempts').select('provider').execute();
    await page.goto(`${origin}/login`);
    await page.goto(site.google.issuer);
    await page.setContent(
      `<form method="post" action="${origin}/login/oidc/google"><button>Win a prize</button></form>`,
    );
    await page.getByRole('button').click();
    await page.getByRole('heading', { name: 'That was refused' }).waitFor();
    const after = await site.server.context.db.selectFrom('oidc_attempts').select('provider').execute();
    expect(after).toHaveLength(before.length);
  });
});

describe('the sign-in page with providers', () => {
  it('can be used by everybody, in light and dark, also on a phone', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto(`${origin}/login`);
    expect(await problemsInBothSchemes(page)).toEqual([]);
    expect(
      await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
    ).toBe(0);
  });
});
