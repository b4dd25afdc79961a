import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { membersPath } from '../../contracts/server-api/kisenon/organizations.ts';
import { call, signIn } from '../support/server-client.ts';
import { openWeb } from '../support/web.ts';
import type { Web } from '../support/web.ts';

let web: Web;
beforeAll(async () => {
  web = await openWeb();
  await web.addUser({ username: 'adam', displayName: 'Adam Admin', role: 'admin' });
  await web.addUser({ username: 'vera', displayName: 'Vera Viewer', role: 'viewer' });
});
afterAll(() => web.stop());
beforeEach(() => web.reset());

const row = (name: string) => web.page.getByRole('row').filter({ hasText: name });

async function roleIn(slug: string, username: string): Promise<string | undefined> {
  const found = await web.server.context.db
    .selectFrom('memberships')
    .innerJoin('organizations', 'organizations.id', 'memberships.org_id')
    .innerJoin('users', 'users.id', 'memberships.user_id')
    .select('memberships.role')
    .where('slug', '=', slug)
    .where('username', '=', username)
    .executeTakeFirst();
  return found?.role;
}

/** As another owner does it. */
async function giveRole(username: string, role: string): Promise<void> {
  const { id } = await web.server.context.db
    .selectFrom('users')
    .select('id')
    .where('username', '=', username)
    .executeTakeFirstOrThrow();
  const token = await signIn(web.server, 'maya');
  const { status } = await call(web.server, `${membersPath('acme')}/${id}`, {
    method: 'PATCH',
    token,
    body: { role },
  });
  expect(status).toBe(200);
}

describe('organizations', () => {
  it('are made by whoever wants one, who is then in it', async () => {
    await web.as('maya');
    await web.open('/orgs');
    await web.press('New organization');
    await web.fill('Name', 'Tools & Toys');
    await web.press('Make organization');
    expect(await web.notice()).toContain('“Tools & Toys” is made');
    expect(new URL(web.page.url()).pathname).toBe('/orgs/tools-toys/members');
    expect(await roleIn('tools-toys', 'maya')).toBe('owner');
    // The next page that names none is about it still, and says nothing of it again.
    await web.open('/orgs');
    expect(await web.page.locator('.notice').count()).toBe(0);
    await web.page.getByRole('button', { name: 'Organization: Tools & Toys' }).waitFor();
    expect(web.complaints).toEqual([]);
  });

  it('keep what was typed when the slug is taken, at the field that is wrong', async () => {
    await web.as('maya');
    await web.open('/orgs');
    await web.press('New organization');
    await web.fill('Name', 'Second Acme');
    await web.fill('Slug', 'acme');
    await web.press('Make organization');
    expect(await web.notice()).toContain('acme is taken');
    expect(await web.page.getByLabel('Name', { exact: true }).inputValue()).toBe('Second Acme');
    // Closed, the question gives the focus back to what asks it.
    await web.page.keyboard.press('Escape');
    const opener = web.page.getByRole('button', { name: 'New organization' });
    expect(await opener.evaluate((each) => each === document.activeElement)).toBe(true);
    await web.page.keyboard.press('Enter');
    await web.fill('Slug', 'second-acme');
    await web.press('Make organization');
    expect(new URL(web.page.url()).pathname).toBe('/orgs/second-acme/members');
  });

  it('are switched to, on the same page of the other one, by the keyboard alone', async () => {
    await web.as('maya');
    await web.open('/orgs/acme/settings');
    await web.page.getByRole('button', { name: 'Organization: Acme' }).focus();
    await web.page.keyboard.press('Enter');
    await web.page.keyboard.press('Tab');
    const choices = web.page.getByRole('group', { name: 'Organizations' }).getByRole('link');
    expect(await choices.nth(0).evaluate((each) => each === document.activeElement)).toBe(true);
    // Her own, and northwind, lie between.
    for (let presses = 0; presses < 3; presses += 1) await web.page.keyboard.press('Tab');
    await web.page.keyboard.press('Enter');
    await web.page.waitForURL('**/orgs/second-acme/settings');
    await web.open('/dashboard/keys');
    await web.page.getByRole('button', { name: 'Organization: Second Acme' }).waitFor();
  });

  it('are listed as people look names up, and nobody is invited to a personal one', async () => {
    await web.as('maya');
    await web.open('/orgs/acme/settings');
    const form = { _csrf: await web.csrf(), name: 'Übung 10' };
    expect(await web.post('/orgs/acme/settings/rename', form)).toBe(303);
    await web.open('/orgs/acme/invitations');
    const invitations = web.page.getByRole('link', { name: 'Invitations' });
    const ofTeam = await invitations.count();
    await web.page.getByRole('button', { name: 'Organization: Übung 10' }).click();
    const choices = web.page.getByRole('group', { name: 'Organizations' }).getByRole('link');
    const texts = await choices.allInnerTexts();
    await choices.nth(0).click();
    await web.page.waitForURL('**/projects');
    await web.page.getByRole('link', { name: 'Members' }).click();
    await web.page.getByRole('heading', { name: 'Members' }).waitFor();
    const ofPerson = [await invitations.count(), await web.page.getByText('Invite people').count()];
    const before = { _csrf: await web.csrf(), name: 'Acme' };
    expect(await web.post('/orgs/acme/settings/rename', before)).toBe(303);
    const names = texts.map((text) => text.split('\n').find((line) => line.length > 2));
    const own = ['Maya Chen', 'Northwind', 'Second Acme', 'Tools & Toys', 'Übung 10'];
    expect(names).toEqual([...own, 'All organizations']);
    expect([ofTeam, ofPerson]).toEqual([1, [0, 0]]);
  });

  it('are what one is in as soon as one looks at them, but not what a script looks at behind one’s back', async () => {
    await web.as('maya');
    await web.open('/orgs/acme/members');
    expect(await web.page.title()).toBe('Members · Acme · Keyhold reference server');
    const form = { _csrf: await web.csrf(), name: 'Second Acme' };
    expect(await web.post('/orgs/second-acme/settings/rename', form)).toBe(303);
    await web.page.evaluate(() => fetch('/orgs/second-acme/members'));
    await web.page.getByRole('link', { name: 'Public keys' }).click();
    await web.page.getByRole('button', { name: 'Organization: Acme' }).waitFor();
    expect(await web.notice()).toContain('It is called “Second Acme” now');
    expect(await web.page.title()).toBe('Public keys · Keyhold reference server');
    await web.page.getByRole('link', { name: 'Organizations' }).click();
    await web.page.getByRole('link', { name: 'Second Acme', exact: true }).click();
    await web.page.getByRole('link', { name: 'Public keys' }).click();
    await web.page.getByRole('button', { name: 'Organization: Second Acme' }).waitFor();
  });

  it('that somebody is let into show without reloading', async () => {
    await web.as('vera');
    await web.open('/orgs');
    await web.page.getByText('Acme', { exact: true }).last().waitFor();
    expect(await row('Northwind').count()).toBe(0);
    await web.server.context.write({}, async (tx) => {
      const org = tx.selectFrom('organizations').select('id').where('slug', '=', 'northwind');
      const user = tx.selectFrom('users').select('id').where('username', '=', 'vera');
      const ids = {
        org_id: await org.executeTakeFirstOrThrow(),
        user_id: await user.executeTakeFirstOrThrow(),
      };
      const created_at = web.server.context.now().toISOString();
      const row = { org_id: ids.org_id.id, user_id: ids.user_id.id, role: 'viewer', created_at } as const;
      await tx.insertInto('memberships').values(row).execute();
    });
    await row('Northwind').waitFor();
    expect(web.complaints).toEqual([]);
  });

  it('are renamed, and refuse a name that hides something', async () => {
    await web.as('maya');
    await web.open('/orgs/second-acme/settings');
    await web.fill('Name', 'Paypal\u202Eemca');
    await web.press('Rename');
    expect(await web.notice()).toContain('was not renamed');
    expect(await web.page.getByLabel('Name', { exact: true }).getAttribute('aria-invalid')).toBe('true');
    await web.fill('Name', 'Acme Two');
    await web.press('Rename');
    expect(await web.notice()).toContain('It is called “Acme Two” now');
  });

  it('are deleted once their slug was typed, and say before what is lost', async () => {
    await web.as('maya');
    await web.open('/orgs/acme/settings');
    await web.press('Delete Acme');
    const dialog = web.page.getByRole('dialog', { name: 'Delete Acme' });
    expect(await dialog.innerText()).toMatch(/3 repositories with their images[^]*4 memberships/);
    await web.open('/orgs/second-acme/settings');
    await web.press('Delete Acme Two');
    // The browser keeps a wrong name back; whoever has no script is told by the server.
    expect(
      await web.post('/orgs/second-acme/settings/delete', { _csrf: await web.csrf(), typed: 'acme' }),
    ).toBe(400);
    expect(await roleIn('second-acme', 'maya')).toBe('owner');
    await web.fill('Type “second-acme” to confirm', 'second-acme');
    await web.press('Delete organization');
    expect(await web.notice()).toContain('second-acme is deleted');
    expect(await roleIn('second-acme', 'maya')).toBeUndefined();
    expect(await web.open('/orgs/second-acme/settings')).toBe(404);
  });
});

describe('members', () => {
  it('are found by name, and shown with what the viewer may do about each', async () => {
    await web.as('adam');
    await web.open('/orgs/acme/members');
    expect(await row('Maya Chen').getByRole('button').count()).toBe(0);
    expect(await row('Adam Admin').getByRole('button').count()).toBe(0);
    const options = await row('Jonas Weber').getByRole('option').allInnerTexts();
    expect(options).toEqual(['viewer', 'member', 'admin']);
    // All are searched while somebody types.
    const search = web.page.getByRole('searchbox');
    await search.fill('no such person');
    await web.page.getByText('Nobody found').waitFor();
    expect(await web.page.getByRole('status').innerText()).toBe('0 members');
    await search.fill('vera');
    await row('Vera Viewer').waitFor();
    expect(web.page.url()).toMatch(/members\?q=vera$/);
    expect(await search.evaluate((each) => each === document.activeElement)).toBe(true);
    // What others do meanwhile shows, and changes nothing about what is searched for.
    for (const role of ['member', 'viewer']) {
      await giveRole('vera', role);
      await row('Vera Viewer').locator(`option[selected]:text-is("${role}")`).waitFor({ state: 'attached' });
    }
    expect(await row('Jonas Weber').count()).toBe(0);
    await web.context.clearCookies();
    await web.as('vera');
    await web.open('/orgs/acme/members');
    expect(await web.page.getByRole('main').getByRole('combobox').count()).toBe(0);
    expect(await web.page.getByRole('button', { name: /^Remove/ }).count()).toBe(0);
  });

  it('get another role at once, by the keyboard', async () => {
    await web.as('maya');
    await web.open('/orgs/acme/members');
    const role = web.page.getByLabel('Role of Jonas Weber');
    const change = web.page.getByRole('button', { name: 'Change the role of Jonas Weber' });
    expect(await change.isVisible()).toBe(false);
    await role.focus();
    await role.selectOption('viewer');
    await web.page.keyboard.press('Tab');
    await web.page.keyboard.press('Enter');
    await web.page.locator('.notice').waitFor();
    expect(await web.notice()).toContain('Jonas Weber is a viewer now');
    expect(await roleIn('acme', 'jonas')).toBe('viewer');
  });

  it('are removed after a question that says what ends; Escape leaves all as it is', async () => {
    await web.as('adam');
    await web.open('/orgs/acme/members');
    await web.press('Remove Jonas Weber');
    const dialog = web.page.getByRole('dialog');
    expect(await dialog.innerText()).toContain('their API keys in this organization');
    // What does no harm has the focus.
    expect(
      await dialog
        .getByRole('button', { name: 'Cancel' })
        .evaluate((each) => each === document.activeElement),
    ).toBe(true);
    await web.page.keyboard.press('Escape');
    expect(await dialog.count()).toBe(0);
    expect(await roleIn('acme', 'jonas')).toBe('viewer');
    await web.press('Remove Jonas Weber');
    await dialog.getByRole('button', { name: 'Remove' }).click();
    expect(await web.notice()).toContain('The member is removed');
    expect(await roleIn('acme', 'jonas')).toBeUndefined();
  });

  it('who are removed meanwhile are said to be gone, and the last owner stays', async () => {
    await web.as('maya');
    await web.open('/orgs/acme/members');
    const csrf = await web.csrf();
    expect(await web.post(`/orgs/acme/members/${web.server.user('jonas').id}/remove`, { _csrf: csrf })).toBe(
      404,
    );
    const maya = web.server.user('maya').id;
    expect(await web.post(`/orgs/acme/members/${maya}/remove`, { _csrf: csrf })).toBe(409);
    const demote = `/orgs/acme/members/${maya}/role`;
    expect(await web.post(demote, { _csrf: csrf, role: 'viewer' })).toBe(409);
    expect(await web.post(demote, { _csrf: csrf, role: 'king' })).toBe(400);
    expect(await roleIn('acme', 'maya')).toBe('owner');
  });

  it('are handed the organization, after which the one before is an admin', async () => {
    await web.as('maya');
    await web.open('/orgs/acme/settings');
    await web.press('Hand over Acme');
    const heir = web.page.getByLabel('User name or e-mail of the new owner');
    await heir.fill('priya');
    await web.press('Hand over');
    await web.page.locator('.error', { hasText: 'No member of acme has that user name' }).waitFor();
    expect(await roleIn('acme', 'maya')).toBe('owner');
    expect(await heir.inputValue()).toBe('priya');
    await heir.fill('Adam');
    await web.press('Hand over');
    expect(await web.notice()).toContain('It is handed over');
    expect([await roleIn('acme', 'maya'), await roleIn('acme', 'adam')]).toEqual(['admin', 'owner']);
    expect(await web.page.getByRole('button', { name: /^Delete/ }).count()).toBe(0);
    await web.press('Leave Acme');
    await web.page.getByRole('dialog').getByRole('button', { name: 'Leave', exact: true }).click();
    expect(await web.notice()).toContain('You have left acme');
    expect(await web.open('/orgs/acme/members')).toBe(404);
  });
});
