import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openWeb } from '../support/web.ts';
import type { Web } from '../support/web.ts';

let web: Web;
beforeAll(async () => {
  web = await openWeb();
});
afterAll(() => web.stop());
beforeEach(() => web.reset());

async function endSession(): Promise<void> {
  await web.server.context.write({}, (tx) => tx.deleteFrom('sessions').execute());
}

async function signInAs(username: string): Promise<void> {
  await web.page.getByLabel('User name or e-mail').fill(username);
  await web.page.getByLabel('Password').fill(web.server.user(username).password);
  await web.press('Sign in');
}

async function countOf(table: 'invitations' | 'organizations' | 'api_keys'): Promise<number> {
  return (await web.server.context.db.selectFrom(table).select('id').execute()).length;
}

/** Fills in the form that invites people, and sends it once the session has ended. */
async function inviteTooLate(emails: string): Promise<void> {
  await web.as('maya');
  await web.open('/orgs/acme/invitations');
  await web.fill('E-mail addresses', emails);
  await web.page.getByLabel('Admin').check();
  await endSession();
  await web.press('Invite');
}

describe('a form whose session has ended', () => {
  it('is filled in again after the sign-in, and done by its own button only', async () => {
    const before = await countOf('invitations');
    await inviteTooLate('a@x.example, b@x.example');
    expect(await web.notice()).toContain('You were signed out');
    await web.page.getByLabel('User name or e-mail').fill('maya');
    await web.page.getByLabel('Password').fill('wrong');
    await web.press('Sign in');
    await signInAs('maya');
    expect(new URL(web.page.url()).pathname).toBe('/orgs/acme/invitations');
    expect(await web.notice()).toContain('Nothing of it was done yet');
    expect(await web.page.getByLabel('E-mail addresses').inputValue()).toBe('a@x.example, b@x.example');
    expect(await web.page.getByLabel('Admin').isChecked()).toBe(true);
    expect(await countOf('invitations')).toBe(before);
    await web.press('Invite');
    await web.page.getByText('2 invitations are made').waitFor();
    expect(await countOf('invitations')).toBe(before + 2);
    // It is over then.
    await web.open('/orgs/acme/invitations');
    expect(await web.page.getByLabel('E-mail addresses').inputValue()).toBe('');
    expect(web.complaints).toEqual([]);
  });

  it('is shown to nobody else who signs in on that browser', async () => {
    await inviteTooLate('secret@x.example');
    await signInAs('jonas');
    await web.open('/orgs');
    await endSession();
    await web.as('maya');
    await web.open('/orgs/acme/invitations');
    expect(await web.page.getByLabel('E-mail addresses').inputValue()).toBe('');
  });

  it('is not kept in the browser where it has a credential', async () => {
    await web.as('maya');
    const keptOf = async (path: string, action: string): Promise<number> => {
      await web.open(path);
      return web.page.evaluate((formAction) => {
        sessionStorage.clear();
        document.addEventListener('submit', (event) => {
          event.preventDefault();
        });
        const form = document.querySelector<HTMLFormElement>(`form[action="${formAction}"]`);
        form?.querySelectorAll('textarea').forEach((field) => {
          field.value = 'secret';
        });
        form?.requestSubmit();
        return sessionStorage.length;
      }, action);
    };
    expect(await keptOf('/dashboard/keys', '/dashboard/keys')).toBe(0);
    expect(await keptOf('/orgs/acme/invitations', '/orgs/acme/invitations')).toBe(1);
  });

  it('is asked about again where it was a question', async () => {
    await web.as('maya');
    await web.open('/orgs');
    await web.press('New organization');
    await web.fill('Name', 'Kept');
    await endSession();
    const before = await countOf('organizations');
    await web.press('Make organization');
    await signInAs('maya');
    const dialog = web.page.getByRole('dialog', { name: 'New organization' });
    expect(await dialog.getByLabel('Name', { exact: true }).inputValue()).toBe('Kept');
    expect(await countOf('organizations')).toBe(before);
    await web.press('Make organization');
    expect(await web.notice()).toContain('“Kept” is made');
  });
});

describe('a form whose page was too old', () => {
  it('is filled in again, and done at the second click', async () => {
    const before = await countOf('api_keys');
    await web.as('maya');
    await web.open('/orgs/acme/keys/new');
    await web.fill('Name', 'Patient');
    await web.page.getByText('Read and write', { exact: true }).click();
    await web.context.clearCookies({ name: 'keyhold_csrf' });
    await web.press('Continue');
    expect(await web.notice()).toContain('That page was too old');
    expect(await web.page.getByLabel('Name', { exact: true }).inputValue()).toBe('Patient');
    await web.press('Continue');
    expect(await web.page.getByRole('main').innerText()).toContain('May do in acme all that its creator may');
    expect(await countOf('api_keys')).toBe(before);
  });
});

describe('without scripts', () => {
  it('organizations, keys and lists work all the same', async () => {
    const context = await web.browser.newContext({ javaScriptEnabled: false });
    await web.as('maya', context);
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
    await page.goto(`${web.server.origin}/orgs`);
    await press('New organization');
    await page.getByLabel('Name', { exact: true }).fill('Plain');
    await press('Make organization');
    await page.getByText('“Plain” is made').waitFor();
    await page.goto(`${web.server.origin}/orgs/acme/members`);
    await page.getByRole('searchbox').fill('jonas');
    await press('Search');
    expect(await page.getByRole('row').count()).toBe(2);
    await press('Remove Jonas Weber');
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await page.goto(`${web.server.origin}/orgs/acme/keys/new`);
    await page.getByLabel('Name', { exact: true }).fill('No script');
    await press('Continue');
    await press('Make key');
    // Nothing that needs a script is there.
    expect(await page.getByRole('button', { name: 'Copy key' }).count()).toBe(0);
    await page.getByText('Reveal').click();
    expect(await page.locator('#secret').innerText()).toMatch(/^nsk_/);
    await context.close();
  });
});
