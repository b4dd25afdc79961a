import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readAppLink } from '../../contracts/domain/app-link.ts';
import { addressesIn } from '../../reference-server/web/invitations-page.ts';
import { openWeb } from '../support/web.ts';
import type { Web } from '../support/web.ts';

let web: Web;
beforeAll(async () => {
  web = await openWeb();
  await web.addUser({ username: 'nina' });
});
afterAll(() => web.stop());
beforeEach(() => web.reset());

/** Invites, and gives the links that the page shows, by address. */
async function invite(emails: string, role = 'Member'): Promise<Map<string, string>> {
  await web.as('maya');
  await web.open('/orgs/acme/invitations');
  await web.fill('E-mail addresses', emails);
  await web.page.getByLabel(role).check();
  await web.press('Invite');
  const links = await web.page
    .getByRole('region', { name: 'What became of them' })
    .getByRole('textbox')
    .all();
  const named = links.map(async (link) => {
    const label = await link.evaluate((each: HTMLInputElement) => each.labels?.[0]?.innerText ?? '');
    return [label, new URL(await link.inputValue()).pathname] as const;
  });
  return new Map(await Promise.all(named));
}

async function switchTo(username: string): Promise<void> {
  await web.context.clearCookies();
  await web.as(username);
}

/** As the browser does it with a tab that goes behind another one. */
async function setHidden(hidden: boolean): Promise<void> {
  await web.page.evaluate((value) => {
    Object.defineProperty(document, 'hidden', { value, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
}

const item = (email: string) => web.page.locator('#live').getByRole('listitem').filter({ hasText: email });

describe('pasted addresses', () => {
  it.each([
    ['a@x.example b@y.example', ['a@x.example', 'b@y.example']],
    ['a@x.example, b@y.example;\n c@z.example\n', ['a@x.example', 'b@y.example', 'c@z.example']],
    [
      'Maya Chen <maya@acme.example>, "Weber, J." <j@x.example>',
      ['maya@acme.example', '"Weber', 'j@x.example'],
    ],
    [' \n,;', []],
  ])('%j', (text, addresses) => {
    expect(addressesIn(text)).toEqual(addresses);
  });
});

describe('invitations', () => {
  it('are made for several at once; each that cannot be is said with its reason', async () => {
    const links = await invite('nina@acme.example, JONAS@acme.example\nomar@x.example');
    expect([...links.keys()]).toEqual(['nina@acme.example', 'omar@x.example']);
    expect(await web.notice()).toContain('2 invitations are made');
    const outcome = web.page.getByRole('region', { name: 'What became of them' });
    expect(await outcome.innerText()).toContain('jonas@acme.example is a member already');
    await web.open('/orgs/acme/invitations');
    expect(await item('omar@x.example').innerText()).toMatch(
      /member[^]*Invited by maya (?:today at|\d+ \w{3})/,
    );
    expect(web.complaints).toEqual([]);
  });

  it('keep what was pasted where something in it is no address', async () => {
    await invite('nina@acme.example, not an address');
    expect(await web.notice()).toContain('Nobody was invited');
    const field = web.page.getByLabel('E-mail addresses');
    expect(await field.inputValue()).toBe('nina@acme.example, not an address');
    expect(await field.getAttribute('aria-invalid')).toBe('true');
  });

  it('are sent again with a new link, after which the earlier one is dead, and are revoked', async () => {
    const before = (await invite('again@x.example')).get('again@x.example') ?? '';
    await item('again@x.example').getByRole('button', { name: 'Send again' }).click();
    const link = web.page.getByLabel('again@x.example', { exact: true });
    const after = new URL(await link.inputValue()).pathname;
    expect(after).not.toBe(before);
    expect(await web.open(before)).toBe(404);
    expect(await web.open(after)).toBe(200);
    await web.open('/orgs/acme/invitations');
    await item('again@x.example').getByRole('button', { name: 'Revoke' }).click();
    await web.page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    expect(await web.notice()).toContain('is revoked');
    expect(await web.open(after)).toBe(410);
    expect(await web.page.getByRole('main').innerText()).toContain('was taken back');
  });

  it('lead over the sign-in to their page, join the invited account once, and open in the app', async () => {
    const link = (await invite('priya@northwind.example', 'Admin')).get('priya@northwind.example') ?? '';
    await web.context.clearCookies();
    await web.open(link);
    expect(await web.notice()).toContain('Sign in to see your invitation');
    await web.page.getByLabel('User name or e-mail').fill('priya');
    await web.page.getByLabel('Password').fill(web.server.user('priya').password);
    await web.press('Sign in');
    expect(new URL(web.page.url()).pathname).toBe(link);
    expect(await web.page.getByRole('main').innerText()).toContain(
      'Maya Chen (maya) invites you to become an admin',
    );
    const address = await web.page.getByRole('link', { name: 'Open in Keyhold' }).getAttribute('href');
    expect(readAppLink(address ?? '')).toEqual({
      ...{ kind: 'join', origin: web.server.origin, token: link.split('/').at(-1) },
    });
    await web.press('Join Acme');
    expect(await web.notice()).toContain('You are an admin of acme now');
    expect(new URL(web.page.url()).pathname).toBe('/orgs/acme/projects');
    await web.open(link);
    expect(await web.notice()).toContain('You are a member of acme');
    expect(new URL(web.page.url()).pathname).toBe('/orgs/acme/projects');
    await switchTo('nina');
    expect(await web.open(link)).toBe(410);
    expect(await web.page.getByRole('main').innerText()).toContain('accepted already');
  });

  it('to somebody else offer nothing, and refuse', async () => {
    const link = (await invite('somebody@else.example')).get('somebody@else.example') ?? '';
    await switchTo('nina');
    await web.open(link);
    expect(await web.notice()).toContain('to another e-mail address');
    expect(await web.page.getByRole('button', { name: /^Join/ }).count()).toBe(0);
    expect(await web.page.getByRole('link', { name: 'Open in Keyhold' }).count()).toBe(0);
    expect(await web.post(link, { _csrf: await web.csrf() })).toBe(403);
    // Whoever signs in as somebody else is back at once.
    await web.press('Sign in with another account');
    await web.page.getByLabel('User name or e-mail').fill('jonas');
    await web.page.getByLabel('Password').fill(web.server.user('jonas').password);
    await web.press('Sign in');
    expect(new URL(web.page.url()).pathname).toBe(link);
  });

  it('that are over say so, whoever opens them', async () => {
    const link = (await invite('late@x.example')).get('late@x.example') ?? '';
    const { context } = web.server;
    await context.write({}, (tx) =>
      tx
        .updateTable('invitations')
        .set({ expires_at: context.now().toISOString() })
        .where('email', '=', 'late@x.example')
        .execute(),
    );
    expect(await web.open(link)).toBe(410);
    expect(await web.page.getByRole('main').innerText()).toContain('has expired');
  });

  it('that others make are shown without reloading, and not while a question is open', async () => {
    await web.as('maya');
    await web.open('/orgs/acme/invitations');
    const other = await web.browser.newContext();
    await web.as('maya', other);
    const second = await other.newPage();
    const inviteThere = async (email: string) => {
      await second.goto(`${web.server.origin}/orgs/acme/invitations`);
      await second.getByLabel('E-mail addresses').fill(email);
      await second.getByRole('button', { name: 'Invite' }).click();
      await second.getByText('1 invitation is made').waitFor();
    };
    await inviteThere('live@x.example');
    await item('live@x.example').waitFor();
    await item('live@x.example').getByRole('button', { name: 'Revoke' }).click();
    await inviteThere('later@x.example');
    await web.page.getByRole('button', { name: 'Cancel' }).click();
    await item('later@x.example').waitFor();
    // A tab that nobody sees keeps no connection, and is up to date once it is seen.
    const left = web.page.waitForEvent('requestfailed', (request) => request.url().endsWith('/events'));
    await setHidden(true);
    await left;
    await inviteThere('unseen@x.example');
    expect(await item('unseen@x.example').count()).toBe(0);
    await setHidden(false);
    await item('unseen@x.example').waitFor();
    await web.page.getByRole('searchbox').fill('LATER');
    await item('unseen@x.example').waitFor({ state: 'detached' });
    expect(await item('later@x.example').count()).toBe(1);
    await other.close();
    expect(web.complaints).toEqual([]);
  });
});
