import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createBranch } from '../../reference-server/identity/branches.ts';
import { createProject } from '../../reference-server/identity/projects.ts';
import { problemsInBothSchemes } from '../support/accessibility.ts';
import { call } from '../support/server-client.ts';
import { openWeb } from '../support/web.ts';
import type { Web } from '../support/web.ts';

let web: Web;
const ids: Record<string, string> = {};
beforeAll(async () => {
  web = await openWeb();
  await web.addUser({ username: 'vera', role: 'viewer' });
  const { context } = web.server;
  const { id } = await context.db
    .selectFrom('organizations')
    .select('id')
    .where('slug', '=', 'acme')
    .executeTakeFirstOrThrow();
  const org = { id, slug: 'acme', role: 'owner' } as const;
  const maya = { id: web.server.user('maya').id, name: 'maya', ip: '127.0.0.1' };
  for (const name of ['shop', 'web', 'billing']) {
    const project = await createProject(context, org, { name, default_branch: 'main' }, maya);
    ids[name] = project.id;
  }
  const next = await createBranch(context, org, ids['shop'] ?? '', 'next', maya);
  ids['shop/next'] = next.id;
});
afterAll(() => web.stop());
beforeEach(() => web.reset());

const row = (name: string) => web.page.getByRole('row').filter({ hasText: name });
const body = () => web.page.getByRole('main').innerText();
/** Ticks a box, or one of the rings of a question. */
const check = (words: string) => web.page.getByRole('main').getByText(words, { exact: true }).click();

/** Fills in the form of a new key, up to the words about it. */
async function describeKey(name: string, boxes: readonly string[]): Promise<void> {
  await web.open('/orgs/acme/keys/new');
  await web.fill('Name', name);
  for (const box of boxes) await check(box);
  await web.press('Continue');
}

/** Makes a key; gives the key itself. */
async function makeKey(name: string, boxes: readonly string[]): Promise<string> {
  await describeKey(name, boxes);
  await web.press('Make key');
  await web.page.getByText('Reveal').click();
  return web.page.locator('#secret').innerText();
}

async function keysNamed(name: string): Promise<number> {
  const { db } = web.server.context;
  return (await db.selectFrom('api_keys').select('id').where('name', '=', name).execute()).length;
}

async function projects(token: string): Promise<string[]> {
  const { body: answer } = await call(web.server, '/v1/projects', { token });
  return (answer as { projects: { name: string }[] }).projects.map(({ name }) => name);
}

describe('a new API key', () => {
  it('is said in plain words before it is made, shown once, and does what they say', async () => {
    await web.as('maya');
    await describeKey('Nightly report', ['Projects', 'shop', 'web', 'Until a day']);
    // A key that ends on a day needs the day; nothing that was chosen is lost.
    expect(await web.notice()).toContain('The key was not made');
    expect(await web.page.getByLabel('shop', { exact: true }).isChecked()).toBe(true);
    await web.fill('Last day, in UTC', '2099-03-01');
    await web.press('Continue');
    const words = 'May read the projects shop and web until 1 March 2099; may change nothing.';
    expect(await body()).toContain(words);
    expect(await problemsInBothSchemes(web.page)).toEqual([]);
    expect(await keysNamed('Nightly report')).toBe(0);
    await web.press('Change');
    expect(await web.page.getByLabel('Name', { exact: true }).inputValue()).toBe('Nightly report');
    await web.press('Continue');
    await web.press('Make key');
    expect(await web.page.locator('#secret').isVisible()).toBe(false);
    expect(await problemsInBothSchemes(web.page)).toEqual([]);
    await web.page.getByText('Reveal').click();
    const secret = await web.page.locator('#secret').innerText();
    expect(secret).toMatch(/^nsk_[\w-]{43}$/);
    expect(await projects(secret)).toEqual(['shop', 'web']);
    const refused = await call(web.server, '/v1/projects', { token: secret, body: { name: 'more' } });
    expect(refused.status).toBe(403);
    await web.page.getByRole('link', { name: 'Done' }).click();
    expect(await row('Nightly report').innerText()).toContain(words);
    expect(await web.page.content()).not.toContain(secret);
    expect(web.complaints).toEqual([]);
  });

  it('is made once, also when its page is loaded anew', async () => {
    await web.as('maya');
    await makeKey('Once', []);
    await web.page.reload();
    expect(await web.notice()).toContain('The key is there already');
    expect(await keysNamed('Once')).toBe(1);
    await web.press('Continue');
    await web.press('Make key');
    expect(await keysNamed('Once')).toBe(2);
  });

  it('is copied as it is, as a line of a .env file and as a header', async () => {
    const { origin } = web.server;
    await web.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin });
    await web.as('maya');
    const secret = await makeKey('Copied', ['Read and write', 'No end']);
    for (const [what, text] of [
      ['secret', secret],
      ['env-line', `KISENON_API_KEY=${secret}`],
      ['header', `Authorization: Bearer ${secret}`],
    ] as const) {
      const button = web.page.locator(`[data-copy=${what}]`);
      await button.click();
      await button.and(web.page.getByText('Copied')).waitFor();
      expect(await web.page.evaluate(() => navigator.clipboard.readText())).toBe(text);
    }
  });

  it('is for branches that are searched for, while what is chosen stays', async () => {
    await web.as('maya');
    await web.open('/orgs/acme/keys/new');
    await web.fill('Name', 'One branch');
    expect(await web.page.getByRole('searchbox').isVisible()).toBe(false);
    await check('Branches');
    await check('billing/main');
    const search = web.page.getByRole('searchbox');
    await search.fill('shop next');
    expect(await web.page.getByLabel('web/main', { exact: true }).isVisible()).toBe(false);
    await search.press('Enter');
    await check('shop/next');
    expect(await web.page.getByLabel('billing/main', { exact: true }).isChecked()).toBe(true);
    await web.page.getByLabel('billing/main', { exact: true }).uncheck();
    await check('Work as an agent');
    await web.press('Continue');
    expect(await body()).toContain('May read and delete the branch shop/next until');
    await web.press('Make key');
    await web.page.getByText('Reveal').click();
    expect(await projects(await web.page.locator('#secret').innerText())).toEqual(['shop']);
  });

  it('is made by the keyboard alone', async () => {
    await web.as('jonas');
    await web.open('/orgs/acme/keys/new');
    // The name has the focus; Enter goes on from it.
    await web.page.locator('#name:focus').waitFor();
    await web.page.keyboard.type('Typed');
    await web.page.keyboard.press('Enter');
    await web.page.getByText('May read everything in acme').waitFor();
    await web.page.getByRole('button', { name: 'Make key' }).focus();
    await web.page.keyboard.press('Enter');
    const reveal = web.page.locator('summary');
    await reveal.focus();
    await web.page.keyboard.press('Enter');
    expect(await web.page.locator('#secret').innerText()).toMatch(/^nsk_/);
  });

  it('needs something that it is for, and a day that is to come', async () => {
    await web.as('maya');
    await describeKey('For nothing', ['Projects']);
    expect(await body()).toContain('Choose at least one');
    await web.page.getByLabel('Everything here').check();
    await check('Until a day');
    await web.fill('Last day, in UTC', '2099-01-01');
    const csrf = await web.csrf();
    const past = { _csrf: csrf, name: 'Past', kind: 'org', life: 'date', date: '2020-01-01', step: 'make' };
    expect(await web.post('/orgs/acme/keys/new', past)).toBe(400);
    // Of another organization, or nobody's.
    const foreign = { ...past, life: 'never', kind: 'project', projects: `prj_${'a'.repeat(26)}` };
    expect(await web.post('/orgs/acme/keys/new', foreign)).toBe(404);
    expect(await web.post('/orgs/acme/keys/new', { ...foreign, projects: 'shop' })).toBe(400);
  });
});

describe('the list of API keys', () => {
  it('is renamed and revoked in place, and says what used a key last', async () => {
    await web.as('maya');
    const secret = await makeKey('Old name', []);
    await fetch(`${web.server.origin}/v1/projects`, {
      headers: { authorization: `Bearer ${secret}`, 'user-agent': 'deploy-bot/2.1' },
    });
    await web.open('/orgs/acme/keys');
    await row('Old name').getByRole('button', { name: 'Rename' }).click();
    const field = web.page.getByRole('dialog').getByLabel('New name');
    await field.fill(' ');
    await web.page.getByRole('dialog').getByRole('button', { name: 'Rename' }).click();
    // The dialog is open again, with what is wrong.
    const dialog = web.page.getByRole('dialog', { name: 'Rename “Old name”' });
    expect(await dialog.getByLabel('New name').getAttribute('aria-invalid')).toBe('true');
    await field.fill('New name of it');
    await dialog.getByRole('button', { name: 'Rename' }).click();
    expect(await web.notice()).toContain('It is called “New name of it” now');
    await row('New name of it').getByRole('button', { name: 'Revoke' }).click();
    expect(await web.page.getByRole('dialog').innerText()).toContain('by deploy-bot/2.1');
    await web.press('Revoke key');
    expect(await web.notice()).toContain('The key is revoked');
    expect(await row('New name of it').count()).toBe(0);
    expect((await call(web.server, '/v1/projects', { token: secret })).status).toBe(401);
  });

  it('shows keys that were never used, that end soon, and that are for nothing any more', async () => {
    await web.as('maya');
    await makeKey('Ends soon', ['7 days', 'Projects', 'billing']);
    const used = await makeKey('In use', ['No end']);
    await projects(used);
    await web.open('/orgs/acme/keys');
    await web.page.getByRole('link', { name: 'Never used' }).click();
    expect(await row('In use').count()).toBe(0);
    await web.page.getByRole('link', { name: 'Ends soon' }).click();
    expect(await row('Ends soon').innerText()).toContain('Soon');
    expect(await web.page.getByRole('row').count()).toBe(2);
    await web.open(`/orgs/acme/projects/${ids['billing'] ?? ''}`);
    await web.press('Delete billing');
    expect(await web.page.getByRole('dialog').innerText()).toContain('“Ends soon” of maya');
    await web.fill('Type “billing” to confirm', 'billing');
    await web.press('Delete project');
    await web.open('/orgs/acme/keys?q=soon');
    expect(await row('Ends soon').innerText()).toMatch(/Inert[^]*May do nothing/);
  });

  it('has the keys of others for admins alone, and none can be touched by others', async () => {
    await web.as('jonas');
    await web.open('/orgs/acme/keys');
    expect(await row('In use').count()).toBe(0);
    const { id } = await web.server.context.db
      .selectFrom('api_keys')
      .select('id')
      .where('name', '=', 'In use')
      .executeTakeFirstOrThrow();
    const csrf = await web.csrf();
    expect(await web.post(`/orgs/acme/keys/${id}/revoke`, { _csrf: csrf })).toBe(404);
    expect(await web.post(`/orgs/acme/keys/${id}/rename`, { _csrf: csrf, name: 'Mine' })).toBe(404);
    await web.context.clearCookies();
    await web.as('vera');
    await web.open('/orgs/acme/keys');
    expect(await web.page.getByRole('link', { name: 'New API key' }).count()).toBe(0);
    expect(await body()).toContain('Members, admins and owners can make some.');
  });
});
