import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openWeb } from '../support/web.ts';
import type { Web } from '../support/web.ts';

let web: Web;
beforeAll(async () => {
  web = await openWeb();
  await web.addUser({ username: 'vera', role: 'viewer' });
});
afterAll(() => web.stop());
beforeEach(() => web.reset());

const branch = (name: string) => web.page.locator('#live').getByRole('listitem').filter({ hasText: name });

async function makeProject(name: string): Promise<string> {
  await web.open('/orgs/acme/projects');
  await web.press('New project');
  await web.fill('Name', name);
  await web.press('Make project');
  return new URL(web.page.url()).pathname;
}

describe('projects', () => {
  it('are made with their default branch, and keep what was typed where a name is taken', async () => {
    await web.as('jonas');
    await makeProject('shop');
    expect(await web.notice()).toContain('The project shop is made');
    expect(await branch('main').innerText()).toContain('default');
    await makeProject('shop');
    expect(await web.notice()).toContain('has a project named shop already');
    expect(await web.page.getByRole('dialog').getByLabel('Name', { exact: true }).inputValue()).toBe('shop');
    await web.fill('Name', 'Not A Name');
    await web.press('Make project');
    expect(await web.page.getByRole('dialog').innerText()).toContain('Must be lower-case letters');
    expect(web.complaints).toEqual([]);
  });

  it('are renamed by members, and deleted by admins once the name was typed', async () => {
    await web.as('jonas');
    const path = await makeProject('old');
    await web.page.getByRole('region', { name: 'This project' }).getByLabel('Name').fill('new');
    await web.page
      .getByRole('region', { name: 'This project' })
      .getByRole('button', { name: 'Rename' })
      .click();
    expect(await web.page.getByRole('heading', { level: 1 }).innerText()).toBe('new');
    expect(await web.page.getByRole('button', { name: 'Delete new' }).count()).toBe(0);
    expect(await web.post(`${path}/delete`, { _csrf: await web.csrf(), typed: 'new' })).toBe(403);
    await web.context.clearCookies();
    await web.as('maya');
    await web.open(path);
    expect(await web.post(`${path}/delete`, { _csrf: await web.csrf(), typed: 'old' })).toBe(400);
    await web.press('Delete new');
    await web.fill('Type “new” to confirm', 'new');
    await web.press('Delete project');
    expect(await web.notice()).toContain('new is deleted');
    expect(await web.open(path)).toBe(404);
  });

  it('have branches, of which the default one stays', async () => {
    await web.as('jonas');
    const path = await makeProject('branched');
    await web.press('New branch');
    await web.page.getByRole('dialog').getByLabel('Name', { exact: true }).fill('feature/one');
    await web.press('Make branch');
    expect(await web.notice()).toContain('The branch feature/one is made');
    await branch('feature/one').getByRole('button', { name: 'Rename' }).click();
    await web.page.getByRole('dialog').getByLabel('New name').fill('main');
    await web.page.getByRole('dialog').getByRole('button', { name: 'Rename' }).click();
    expect(await web.notice()).toContain('has a branch named main already');
    await web.page.getByRole('dialog').getByLabel('New name').fill('feature/two');
    await web.page.getByRole('dialog').getByRole('button', { name: 'Rename' }).click();
    expect(await branch('main').getByRole('button', { name: 'Delete' }).count()).toBe(0);
    await branch('feature/two').getByRole('button', { name: 'Delete' }).click();
    await web.press('Delete branch');
    expect(await web.notice()).toContain('The branch feature/two is deleted');
    const main = await web.server.context.db
      .selectFrom('branches')
      .select('id')
      .where('project_id', '=', path.split('/').at(-1) ?? '')
      .executeTakeFirstOrThrow();
    expect(await web.post(`${path}/branches/${main.id}/delete`, { _csrf: await web.csrf() })).toBe(409);
  });

  it('offer nothing to change to viewers', async () => {
    await web.as('vera');
    await web.open('/orgs/acme/projects');
    await web.page.getByRole('link', { name: 'shop' }).click();
    await web.page.getByRole('heading', { name: 'Branches' }).waitFor();
    expect(await web.page.getByRole('main').getByRole('button').allInnerTexts()).toEqual(['Copy', 'Search']);
  });

  it('come in pages, and are searched for in all of them', async () => {
    const { context } = web.server;
    const { id: org_id } = await context.db
      .selectFrom('organizations')
      .select('id')
      .where('slug', '=', 'acme')
      .executeTakeFirstOrThrow();
    const created_at = context.now().toISOString();
    const id = (prefix: string, n: number) =>
      `${prefix}_${'a'.repeat(24)}${String.fromCharCode(97 + Math.floor(n / 26), 97 + (n % 26))}`;
    await context.write({}, async (tx) => {
      for (let n = 0; n < 60; n += 1) {
        const project = { id: id('prj', n), org_id, name: `many-${String(n).padStart(2, '0')}` };
        await tx
          .insertInto('projects')
          .values({ ...project, created_by: '', created_at })
          .execute();
        const main = { id: id('br', n), project_id: project.id, name: 'main', is_default: 1 as const };
        await tx
          .insertInto('branches')
          .values({ ...main, created_at })
          .execute();
      }
    });
    await web.as('vera');
    await web.open('/orgs/acme/projects');
    const names = () => web.page.getByRole('rowheader').getByRole('link').allInnerTexts();
    const first = await names();
    expect(first.length).toBe(50);
    await web.page.getByRole('link', { name: 'Next page' }).click();
    const second = await names();
    expect([...first, ...second]).toEqual([...first, ...second].toSorted());
    expect(first.length + second.length).toBe(62);
    await web.page.getByRole('link', { name: 'First page' }).click();
    await web.page.getByRole('searchbox').fill('many-59');
    await web.page.keyboard.press('Enter');
    await web.page.waitForURL('**?q=many-59');
    expect(await names()).toEqual(['many-59']);
  });
});
