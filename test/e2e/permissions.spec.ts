import { join } from 'node:path';
import { writeOciLayout } from '../support/oci-image.ts';
import { skopeoPush } from '../support/registry-commands.ts';
import { hasTool } from '../support/registry-tools.ts';
import { giveAccess, undoAccess } from './access.ts';
import { expect, test } from './fixtures.ts';
import { ShellPage } from './pages/shell.ts';
import { signInByCalls } from './sign-in.ts';

test.skip(!hasTool('skopeo'), 'skopeo is not installed');

const repository = 'acme/web';

test('skopeo sees at once what is given, taken away and given back, and the app says why', async ({
  maya,
  unlocked,
  server,
}) => {
  await signInByCalls(unlocked, server, 'priya', { setUpPodman: true });
  const { home } = unlocked;
  const image = `${server.host}/${repository}:by-priya`;
  const layout = await writeOciLayout(join(home.folder, 'given'), { files: { motd: 'given\n' } });
  const push = async (): Promise<number> => (await skopeoPush(home, layout.reference, image)).code;
  const priya = `user:${server.user('priya').id}`;
  expect(await push(), 'without a grant').not.toBe(0);

  const given = await giveAccess(maya, { principal: priya, repository, actions: ['read', 'write'] });
  expect(await push(), 'right after the grant').toBe(0);
  const { window: page } = maya;
  await new ShellPage(page).open('Repositories');
  await page.getByRole('button', { name: repository, exact: true }).click();
  await page.getByRole('tab', { name: 'Access' }).click();
  const list = page.getByRole('region', { name: 'Who can access it' });
  await expect(list.getByRole('row', { name: /priya/ })).toContainText('Read and write');
  await list.getByRole('button', { name: 'priya', exact: true }).press('Enter');
  await expect(page.getByRole('list', { name: 'Why' })).toContainText(
    /Read and write, directly: granted by maya on/,
  );
  await page.keyboard.press('Escape');

  const taken = await giveAccess(maya, { principal: priya, repository, actions: [] });
  expect(await push(), 'right after it was taken away').not.toBe(0);
  await undoAccess(maya, taken);
  expect(await push(), 'right after that was undone').toBe(0);
  expect(await undoAccess(maya, given)).toMatchObject({ kind: 'changed_meanwhile' });

  await giveAccess(maya, { principal: priya, repository, actions: [] });
  await new ShellPage(page).open('Status');
});
