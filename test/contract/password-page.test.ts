import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { accessibilityProblems } from '../support/accessibility.ts';
import { authorizeAddress, newProgram } from '../support/loopback-program.ts';
import { newUser, passwordOfNewUsers } from '../support/new-user.ts';
import { call } from '../support/server-client.ts';
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

let made = 0;
/** Signs somebody in on the open page whose password was given to them. */
async function signIn(): Promise<string> {
  const { username } = await newUser(server, {
    username: `given-${String((made += 1))}`,
    must_change_password: 1,
  });
  await web.fill('User name or e-mail', username);
  await web.fill('Password', passwordOfNewUsers);
  await web.press('Sign in');
  return username;
}

const heading = () => page.getByRole('heading', { level: 1 }).innerText();

async function choose(current: string, chosen: string): Promise<void> {
  await web.fill('Password that you were given', current);
  await web.fill('New password', chosen);
  await web.press('Change the password');
}

describe('who has a password that was given to them', () => {
  it('is led to one page, whatever they open, and signs out there', async () => {
    await page.goto(server.origin);
    await signIn();
    expect(await heading()).toBe('Choose a password');
    for (const path of ['/', '/dashboard/keys', '/login', '/orgs', '/pending', '/orgs/acme/projects']) {
      await page.goto(server.origin + path);
      expect(new URL(page.url()).pathname).toBe('/password');
    }
    await web.press('Sign out');
    await page.goto(`${server.origin}/password`);
    expect(new URL(page.url()).pathname).toBe('/login');
  });

  it('chooses another, is signed in by it, and is where they wanted to go', async () => {
    await page.goto(authorizeAddress(server, newProgram().query));
    const username = await signIn();
    await choose(passwordOfNewUsers, 'a walnut of my own');
    expect(await heading()).toBe('Let a program sign in');
    expect(await web.notice()).toContain('Your password is changed');
    const login = (password: string) => call(server, '/v1/auth/login', { body: { username, password } });
    expect([(await login(passwordOfNewUsers)).status, (await login('a walnut of my own')).status]).toEqual([
      401, 200,
    ]);
    // The page is for nobody else.
    await page.goto(`${server.origin}/password?return_to=/orgs`);
    expect(new URL(page.url()).pathname).toBe('/orgs');
  });

  it('is told what is wrong, and has to choose all the same', async () => {
    await page.goto(server.origin);
    await signIn();
    for (const [current, chosen, words] of [
      ['wrong', 'a walnut of my own', 'The current password is wrong'],
      [passwordOfNewUsers, passwordOfNewUsers, 'another one than the current'],
    ] as const) {
      await choose(current, chosen);
      expect(await page.getByRole('alert').innerText()).toContain(words);
      expect(await page.getByLabel('New password').inputValue()).toBe('');
    }
    await page
      .locator('form')
      .first()
      .evaluate((form) => form.setAttribute('novalidate', ''));
    await choose(passwordOfNewUsers, 'short');
    expect(await page.getByText('Must have at least 8 characters').isVisible()).toBe(true);
    await page.goto(`${server.origin}/orgs`);
    expect(await heading()).toBe('Choose a password');
  });

  it('changes nothing by a form of another page', async () => {
    await page.goto(server.origin);
    const username = await signIn();
    const form = { current_password: passwordOfNewUsers, new_password: 'a walnut of theirs' };
    expect(await web.post('/password', form, { origin: 'https://evil.example' })).toBe(403);
    expect(await web.post('/orgs', { _csrf: await web.csrf(), name: 'Theirs' })).toBe(303);
    const { status } = await call(server, '/v1/auth/login', {
      body: { username, password: passwordOfNewUsers },
    });
    expect(status).toBe(200);
    const organizations = server.context.db.selectFrom('organizations').select('display_name');
    expect((await organizations.execute()).map((each) => each.display_name)).not.toContain('Theirs');
  });

  it('has a page that fits, and is accessible in light and dark', async () => {
    await page.goto(server.origin);
    await signIn();
    await choose('wrong', 'a walnut of my own');
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      for (const width of [360, 1280]) {
        await page.setViewportSize({ width, height: 720 });
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
        expect(await accessibilityProblems(page)).toEqual([]);
      }
    }
  });
});
