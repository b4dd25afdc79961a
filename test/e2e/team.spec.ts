import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { projectPath, projectsPath } from '../../contracts/server-api/kisenon/index.ts';
import { hasTool } from '../support/registry-tools.ts';
import { call, signIn } from '../support/server-client.ts';
import { clipboardText } from './clipboard.ts';
import { expect, test } from './fixtures.ts';
import { ApiKeysPage } from './pages/api-keys.ts';
import { OrgSwitcher } from './pages/org-switcher.ts';
import { ProjectsPage } from './pages/projects.ts';
import { ShellPage } from './pages/shell.ts';
import { signInByCalls } from './sign-in.ts';

/** What the shell prints for a command that was pasted into it. */
async function shell(command: string): Promise<string> {
  return (await promisify(execFile)('sh', ['-c', command], { timeout: 120_000 })).stdout;
}

test('a key is made for one project with the picker, used by curl, refused outside of it, and kept as a context', async ({
  unlocked,
  server,
}) => {
  test.skip(!hasTool('curl'), 'curl is not installed');
  await signInByCalls(unlocked, server, 'maya');
  const { window: page } = unlocked;
  const projects = new ProjectsPage(page);
  await projects.open();
  const [shop, web] = [await projects.make('e2e-shop'), await projects.make('e2e-web')];

  const keys = new ApiKeysPage(page);
  await keys.open();
  await keys.describe({ name: 'Read the shop', projects: ['e2e-shop'], may: 'Read' });
  await expect(keys.sentence).toHaveText(/^May read the project e2e-shop until .*; may change nothing\.$/);
  await keys.make('Read the shop');
  await keys.copy('Read the shop', 'curl command');
  const line = await clipboardText(unlocked);
  const secret = /nsk_[\w-]{43}/.exec(line)?.[0] ?? '';
  expect(await page.content()).not.toContain(secret);
  expect(JSON.parse(await shell(line))).toMatchObject({
    user: { username: 'maya' },
    auth: { method: 'api-key' },
  });

  const status = (path: string, options = ''): Promise<string> =>
    shell(
      line
        .replace('/v1/whoami', path)
        .replace('curl ', `curl -sS -o /dev/null -w '%{http_code}' ${options} `),
    );
  expect(await status(projectPath(shop))).toBe('200');
  expect(await status(projectPath(web))).toBe('403');
  expect(await status(projectPath(shop), '-X DELETE')).toBe('403');
  expect(await status('/v1/orgs/acme/members')).toBe('403');

  const made = keys.made('Read the shop');
  await made.getByRole('button', { name: 'Save as a context of its own…' }).click();
  await made.getByLabel('Context name').fill('Shop reader');
  await made.getByRole('button', { name: 'Save context' }).click();
  await made.getByText('Saved as the context Shop reader').waitFor();
  await keys.done('Read the shop');

  // Nothing is polled: what somebody else does comes by the stream.
  const session = await signIn(server, 'maya');
  await shell(line);
  await projects.open();
  expect((await call(server, projectsPath, { token: session, body: { name: 'e2e-live' } })).status).toBe(201);
  await page.getByRole('button', { name: 'e2e-live', exact: true }).waitFor();

  const frame = new ShellPage(page);
  await frame.choose('Shop reader');
  await frame.open('Projects');
  await page.getByRole('button', { name: 'e2e-shop', exact: true }).waitFor();
  await expect(page.getByRole('button', { name: 'e2e-web', exact: true })).toHaveCount(0);
  await page.getByText('This context’s API key is for projects alone: it may not make projects.').waitFor();
  await new OrgSwitcher(page).expectFixed();

  await frame.choose('maya');
  await keys.open();
  await expect(keys.row('Read the shop')).toContainText('curl/');
  await keys.row('Read the shop').getByRole('button', { name: 'Actions for Read the shop' }).click();
  await page.getByRole('menuitem', { name: 'Revoke…' }).click();
  await page
    .getByRole('dialog')
    .getByText(/was used .* by curl\//)
    .waitFor();
  await page.getByRole('button', { name: 'Revoke key' }).click();
  await page.getByText('Revoked “Read the shop”').waitFor();
  expect(await status(projectPath(shop))).toBe('401');
});

test('another organization of the account is switched to, and everything belongs to it', async ({
  unlocked,
  server,
}) => {
  await signInByCalls(unlocked, server, 'maya');
  const { window: page } = unlocked;
  const orgs = new OrgSwitcher(page);
  await new ShellPage(page).open('Members');
  await page.getByText('Who belongs to Acme, and what they may do.').waitFor();
  await orgs.choose('Northwind');
  await page.getByText('Who belongs to Northwind, and what they may do.').waitFor();
  await page.getByRole('button', { name: 'Priya Nair' }).waitFor();
  await expect(page.getByRole('button', { name: 'Invite people' })).toHaveCount(0);
  await expect(orgs.target).toContainText('member');
});
