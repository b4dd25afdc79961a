import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { problemsInBothSchemes } from '../support/accessibility.ts';
import { call } from '../support/server-client.ts';
import { newTestKey, nowInSeconds } from '../support/test-key.ts';
import type { TestKey } from '../support/test-key.ts';
import { openWeb } from '../support/web.ts';
import type { Web } from '../support/web.ts';

let web: Web;
let server: Web['server'];
let context: Web['context'];
let page: Web['page'];
beforeAll(async () => {
  web = await openWeb();
  ({ server, context } = web);
});
afterAll(() => web.stop());
beforeEach(async () => {
  await web.reset();
  ({ page } = web);
});

async function signIn(username = 'maya', password = server.user(username).password): Promise<void> {
  await page.goto(server.origin);
  await page.getByLabel('User name or e-mail').fill(username);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Opens the keys page without the sign-in's form, where that is not what is tested. */
async function openKeys(username = 'maya'): Promise<void> {
  await web.as(username);
  await web.open('/dashboard/keys');
}

async function paste(token: string): Promise<void> {
  await page.getByLabel('Registration token').fill(token);
  await page.getByRole('button', { name: 'Register key' }).click();
}

async function registrationOf(
  key: TestKey,
  claims: Record<string, unknown> = {},
  username = 'maya',
): Promise<string> {
  return key.registrationToken(server.user(username).id, server.origin, { claims });
}

async function textOf(role: 'alert' | 'status'): Promise<string> {
  return page.getByRole(role).innerText();
}

describe('signing in on the web', () => {
  it('leads to the keys page and out again', async () => {
    await signIn();
    expect(page.url()).toBe(`${server.origin}/dashboard/keys`);
    expect(await page.getByLabel('Your user ID').inputValue()).toBe(server.user('maya').id);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.goto(`${server.origin}/dashboard/keys`);
    expect(page.url()).toBe(`${server.origin}/login`);
    expect(web.complaints).toEqual([]);
  });

  it('keeps the session out of reach of scripts and other sites', async () => {
    await signIn();
    const cookies = await context.cookies();
    const session = cookies.find(({ name }) => name.startsWith('keyhold_session'));
    expect(session).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' });
    expect(session?.value).toMatch(/^khs_/);
    expect(await page.evaluate(() => document.cookie)).toBe('');
  });

  it('says the same for a wrong password and an unknown user, and keeps the name', async () => {
    await signIn('jonas', 'wrong');
    const wrong = await textOf('alert');
    expect(await page.getByLabel('User name or e-mail').inputValue()).toBe('jonas');
    await signIn('nobody', 'wrong');
    expect(await textOf('alert')).toBe(wrong);
  });

  it('gives a new session token each time and ends the one the browser had', async () => {
    await signIn();
    const [planted] = (await context.cookies()).filter(({ name }) => name.startsWith('keyhold_session'));
    await page.goto(`${server.origin}/login`);
    expect(page.url()).toBe(`${server.origin}/dashboard/keys`);
    const form = await web.csrf();
    await context.request.post(`${server.origin}/login`, {
      form: { _csrf: form, username: 'jonas', password: server.user('jonas').password },
    });
    const [fresh] = (await context.cookies()).filter(({ name }) => name.startsWith('keyhold_session'));
    expect(fresh?.value).not.toBe(planted?.value);
    expect((await call(server, '/v1/whoami', { token: planted?.value ?? '' })).status).toBe(401);
  });
});

describe('the keys page', () => {
  it('registers a pasted token, lists the key and revokes it after a question', async () => {
    const key = await newTestKey();
    await openKeys();
    await page.getByText('No keys yet').waitFor();
    await paste(`  ${await registrationOf(key, { name: 'Maya’s <laptop>' })}\n`);
    expect(await textOf('status')).toContain('“Maya’s <laptop>” is registered');
    const row = page.getByRole('listitem').filter({ hasText: 'Maya’s <laptop>' });
    expect(await row.innerText()).toMatch(
      /SHA256:[A-Za-z0-9+/]{43}[^]*Registered (?:today at \d\d:\d\d UTC|\d+ \w{3} \d{4}) · never used/,
    );

    const token = await key.apiToken(server.user('maya').id, server.origin);
    expect((await call(server, '/v1/whoami', { token })).status).toBe(200);
    await page.reload();
    expect(await row.innerText()).toMatch(/last used (?:today at|\d+ \w{3})/);

    await row.getByText('Revoke', { exact: true }).click();
    await row.getByRole('button', { name: 'Yes, revoke this key' }).click();
    expect(await textOf('status')).toContain('is revoked');
    expect(await page.getByRole('listitem').count()).toBe(0);
    expect((await call(server, '/v1/whoami', { token })).status).toBe(401);
    expect(web.complaints).toEqual([]);
  });

  it('says what is wrong with a token, each in its own words', async () => {
    const key = await newTestKey();
    await openKeys();
    const expired = { iat: nowInSeconds() - 900, exp: nowInSeconds() - 10 };
    const cases: [string, string, string?][] = [
      [await registrationOf(key, expired), 'This token has expired', 'Make a new one in the app'],
      [await registrationOf(key, {}, 'jonas'), 'This token is for another user', 'sign in as the other user'],
      [
        await key.registrationToken(server.user('maya').id, 'https://other.example'),
        'This token is for another server',
      ],
      ['not a token', 'This token cannot be used'],
    ];
    for (const [token, title, advice = ''] of cases) {
      await paste(token);
      expect(await textOf('alert')).toContain(title);
      expect(await textOf('alert')).toContain(advice);
      expect(await page.getByLabel('Registration token').getAttribute('aria-invalid')).toBe('true');
    }
    const once = await registrationOf(key);
    await paste(once);
    await page.getByRole('status').waitFor();
    await paste(once);
    expect(await textOf('alert')).toContain('This token was used before');
    expect(await textOf('alert')).toContain('each works once');
  });

  it('copies the user id', async () => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.origin });
    await openKeys();
    await page.getByRole('button', { name: 'Copy' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(server.user('maya').id);
  });

  it('says nothing about keys that an address only claims to have registered', async () => {
    await openKeys();
    for (const query of [`registered=${'A'.repeat(43)}`, 'registered=<script>', 'revoked=x&registered=y']) {
      await page.goto(`${server.origin}/dashboard/keys?${query}`);
      expect(await page.getByRole('status').count()).toBe(0);
    }
  });
});

describe('forms from elsewhere', () => {
  it('without the CSRF token, or with one of another browser, change nothing', async () => {
    await openKeys();
    const key = await newTestKey();
    const other = await web.browser.newContext();
    const otherPage = await other.newPage();
    await otherPage.goto(`${server.origin}/login`);
    const foreign = await otherPage.locator('input[name=_csrf]').inputValue();
    await other.close();
    for (const form of [{}, { _csrf: '' }, { _csrf: foreign }]) {
      const response = await context.request.post(`${server.origin}/dashboard/keys`, {
        form: { ...form, registration_token: await registrationOf(key) },
        headers: { accept: 'text/html' },
      });
      expect(response.status()).toBe(403);
      expect(await response.text()).toContain('Reload the page');
    }
    const token = await key.apiToken(server.user('maya').id, server.origin);
    expect((await call(server, '/v1/whoami', { token })).status).toBe(401);
  });

  it('are refused by their origin even with the right token', async () => {
    await openKeys();
    const csrf = await web.csrf();
    for (const origin of ['https://evil.example', 'null', `${server.origin}0`]) {
      const response = await context.request.post(`${server.origin}/logout`, {
        form: { _csrf: csrf },
        headers: { origin },
      });
      expect(response.status()).toBe(403);
    }
    await page.reload();
    expect(page.url()).toBe(`${server.origin}/dashboard/keys`);
  });

  it('never redirect to another site', async () => {
    for (const path of [
      '/login?next=https://evil.example',
      '//evil.example',
      '/dashboard/keys?next=//evil.example',
    ]) {
      const response = await context.request.get(`${server.origin}${path}`, { maxRedirects: 0 });
      const location = response.headers()['location'];
      if (location !== undefined) expect(location).toMatch(/^\/(login|dashboard\/keys)$/);
    }
  });
});

describe('a form whose session or page has come to its end', () => {
  const submit = () => page.getByRole('button', { name: 'Sign in' }).click();
  const signOutElsewhere = async () => {
    const second = await context.newPage();
    await second.goto(`${server.origin}/dashboard/keys`);
    await second.getByRole('button', { name: 'Sign out' }).click();
    await second.close();
  };
  const forgetCookies = (name: RegExp) => context.clearCookies({ name });
  const csrfCookie = /^keyhold_csrf$/;
  const everyCookie = /./;
  const fillSignIn = async (username = 'maya') => {
    await page.getByLabel('User name or e-mail').fill(username);
    await page.getByLabel('Password').fill(server.user(username).password);
  };
  const whoami = async (key: TestKey) =>
    (await call(server, '/v1/whoami', { token: await key.apiToken(server.user('maya').id, server.origin) }))
      .status;

  it.each([
    ['the session was signed out elsewhere', signOutElsewhere],
    ['the browser has forgotten all of it', () => forgetCookies(everyCookie)],
  ])('keeps a pasted token over the sign-in, and registers it by a click only: %s', async (_what, end) => {
    const key = await newTestKey();
    const token = await registrationOf(key, { name: 'Draft' });
    await openKeys();
    await end();
    await paste(token);
    expect(await textOf('alert')).toContain('Your token is kept and not registered yet');
    // A wrong password does not lose it.
    await page.getByLabel('User name or e-mail').fill('maya');
    await page.getByLabel('Password').fill('wrong');
    await submit();
    await fillSignIn();
    await submit();
    expect(await textOf('status')).toContain('not registered yet');
    expect(await page.getByLabel('Registration token').inputValue()).toBe(token);
    expect(await whoami(key)).toBe(401);
    await page.getByRole('button', { name: 'Register key' }).click();
    expect(await textOf('status')).toContain('“Draft” is registered');
    expect(page.url()).toBe(`${server.origin}/dashboard/keys`);
    expect(await whoami(key)).toBe(200);
    expect(web.complaints).toEqual([]);
  });

  it('keeps a pasted token where only the page was too old', async () => {
    const key = await newTestKey();
    const token = await registrationOf(key);
    await web.as('maya');
    await web.open('/orgs/northwind/projects');
    await web.open('/dashboard/keys');
    await forgetCookies(csrfCookie);
    await paste(`\n${token}  `);
    expect(await textOf('status')).toContain('That page was too old');
    expect(await page.locator('[popovertarget="org-menu"]').innerText()).toContain('northwind');
    expect(await page.getByLabel('Registration token').inputValue()).toBe(token);
    expect(await whoami(key)).toBe(401);
    await page.getByRole('button', { name: 'Register key' }).click();
    expect(await textOf('status')).toContain('is registered');
  });

  it('does not say that it keeps what is too long for it', async () => {
    await openKeys();
    await signOutElsewhere();
    await paste('x'.repeat(3_000));
    expect(await textOf('alert')).toContain('Nothing was done');
    await fillSignIn();
    await submit();
    expect(await page.getByLabel('Registration token').inputValue()).toBe('');
  });

  it('shows nothing of it to another user who signs in on that browser', async () => {
    const token = await registrationOf(await newTestKey());
    await openKeys();
    await signOutElsewhere();
    await paste(token);
    expect(await textOf('alert')).toContain('Your token is kept');
    await fillSignIn('jonas');
    await submit();
    await page.getByLabel('Your user ID').waitFor();
    expect(await page.getByLabel('Registration token').inputValue()).toBe('');
    expect(await page.content()).not.toContain(token);
  });

  it('shows nothing of an old page to the user who is signed in by now', async () => {
    const token = await registrationOf(await newTestKey());
    await openKeys();
    await context.clearCookies();
    await web.as('jonas');
    await paste(token);
    expect(await textOf('alert')).toContain('Nothing was done');
    expect(await page.content()).not.toContain(token);
  });

  it.each([
    ['the session has ended', signOutElsewhere, true],
    ['the browser has forgotten all of it', () => forgetCookies(everyCookie), true],
    ['only the page was too old', () => forgetCookies(csrfCookie), false],
  ])('asks again about the key that was to be revoked: %s', async (_what, end, signedOut) => {
    const key = await newTestKey();
    await openKeys();
    await paste(await registrationOf(key, { name: 'Old laptop' }));
    const row = page.getByRole('listitem').filter({ hasText: 'Old laptop' });
    await row.getByText('Revoke', { exact: true }).click();
    await end();
    await row.getByRole('button', { name: 'Yes, revoke this key' }).click();
    if (signedOut) {
      await fillSignIn();
      await submit();
    }
    expect(await textOf('status')).toContain('not revoked yet');
    expect(await whoami(key)).toBe(200);
    await row.getByRole('button', { name: 'Yes, revoke this key' }).click();
    expect(await textOf('status')).toContain('is revoked');
    expect(await whoami(key)).toBe(401);
  });

  it('keeps the name of a sign-in, and signs out at the second click', async () => {
    await page.goto(`${server.origin}/login`);
    await forgetCookies(everyCookie);
    await fillSignIn();
    await submit();
    expect(await textOf('alert')).toContain('That page was too old');
    expect(await page.getByLabel('User name or e-mail').inputValue()).toBe('maya');
    expect(await page.getByLabel('Password').inputValue()).toBe('');
    await fillSignIn();
    await submit();
    await page.getByLabel('Your user ID').waitFor();
    await forgetCookies(csrfCookie);
    await page.getByRole('button', { name: 'Sign out' }).click();
    expect(await textOf('alert')).toContain('Nothing was done');
    await page.getByRole('button', { name: 'Sign out' }).click();
    expect(page.url()).toBe(`${server.origin}/login`);
  });

  it('shows nothing of what another site has sent, and escapes what it shows', async () => {
    await openKeys();
    const forged = '"><script>alert(1)</script><b>forged</b>';
    const send = async (origin: string | undefined, path: string) => {
      const response = await context.request.post(server.origin + path, {
        form: { registration_token: forged, revoke: 'A'.repeat(43), username: forged },
        headers: { accept: 'text/html', ...(origin === undefined ? {} : { origin }) },
      });
      expect(response.status()).toBe(403);
      return response.text();
    };
    for (const path of ['/dashboard/keys', '/login', '/logout', `/dashboard/keys/${'A'.repeat(43)}/revoke`]) {
      for (const origin of ['https://evil.example', 'null', undefined])
        expect(await send(origin, path)).not.toContain('forged');
      expect(await send(server.origin, path)).not.toContain('<b>');
    }
    await context.clearCookies();
    expect(await send(server.origin, '/dashboard/keys')).not.toContain('<b>');
  });
});

describe('the pages', () => {
  it('send a policy that runs and frames nothing foreign', async () => {
    const response = await page.goto(`${server.origin}/login`);
    const policy = response?.headers()['content-security-policy'] ?? '';
    expect(policy.split(';')).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "frame-ancestors 'none'",
        "form-action 'self'",
        "base-uri 'none'",
      ]),
    );
    expect(policy).not.toMatch(/unsafe|\*/);
    expect(response?.headers()).toMatchObject({ 'x-frame-options': 'DENY', 'cache-control': 'no-store' });
  });

  it('have no accessibility violations in light or dark, and fit a narrow window', async () => {
    await page.setViewportSize({ width: 400, height: 800 });
    const violations: string[] = [];
    const check = async (name: string) => {
      const problems = await problemsInBothSchemes(page);
      violations.push(...problems.map((problem) => `${name}: ${problem}`));
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow, name).toBe(0);
    };
    await signIn('jonas', 'wrong');
    await check('sign-in refused');
    await signIn('jonas');
    await check('no keys');
    await paste('not a token');
    await check('token refused');
    await paste(await registrationOf(await newTestKey(), { name: 'Laptop' }, 'jonas'));
    await page.getByText('Revoke', { exact: true }).click();
    await check('question before revoking');
    await page.goto(`${server.origin}/nothing`);
    await check('not found');
    expect(violations).toEqual([]);
    expect(web.complaints).toEqual([]);
  });

  it('pause sign-in after five wrong passwords and say for how long', async () => {
    for (let round = 0; round < 5; round += 1) {
      await call(server, '/v1/auth/login', { body: { username: 'priya', password: 'wrong' } });
    }
    await signIn('priya');
    expect(await textOf('alert')).toMatch(/Sign-in is paused[^]*Try again in 5 minutes/);
  });
});
