import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeOciLayout } from '../support/oci-image.ts';
import { podman } from '../support/registry-commands.ts';
import { hasTool } from '../support/registry-tools.ts';
import { answerFileDialogs } from './dialogs.ts';
import { expect, test } from './fixtures.ts';
import { MatrixPage } from './pages/matrix.ts';
import { ShellPage } from './pages/shell.ts';
import { signInByCalls } from './sign-in.ts';

const repository = 'acme/web';

test.describe('access that is given in the matrix', () => {
  test.skip(!hasTool('podman'), 'podman is not installed');

  test('counts for podman at once, and no longer than it is given; the app says why', async ({
    maya,
    unlocked,
    server,
  }) => {
    await signInByCalls(unlocked, server, 'jonas', { setUpPodman: true });
    const { home } = unlocked;
    await writeOciLayout(join(home.folder, 'given'), { files: { motd: 'given\n' }, name: 'v1' });
    expect(await podman(home, ['pull', '-q', 'oci:given:v1'])).toMatchObject({ code: 0 });
    const [id = ''] = (await podman(home, ['images', '-q'])).stdout.split('\n');
    const image = `${server.host}/${repository}:by-jonas`;
    const push = async (): Promise<number> =>
      (await podman(home, ['push', '-q', '--tls-verify=false', id, image])).code;
    const pull = async (): Promise<number> =>
      (await podman(home, ['pull', '-q', '--tls-verify=false', image])).code;
    const { window: page } = maya;
    const matrix = new MatrixPage(page);
    expect(await push(), 'who may only pull').not.toBe(0);

    expect(await matrix.give('jonas', repository, 'push')).toContain(
      `jonas gains push on ${repository}, directly; keeps pull directly`,
    );
    expect(await push(), 'right after push was given').toBe(0);
    expect(await pull()).toBe(0);

    await new ShellPage(page).open('Repositories');
    await page.getByRole('button', { name: repository, exact: true }).click();
    await page.getByRole('tab', { name: 'Access' }).click();
    const list = page.getByRole('region', { name: 'Who can access it' });
    await expect(list.getByRole('row', { name: /jonas/ })).toContainText('Pull and push');
    await list.getByRole('button', { name: 'jonas', exact: true }).press('Enter');
    await expect(page.getByRole('list', { name: 'Why' })).toContainText(
      /Pull and push, directly: granted by maya on/,
    );
    await page.keyboard.press('Escape');

    await matrix.give('jonas', repository, 'none');
    expect(await push(), 'right after it was taken away').not.toBe(0);
    expect(await pull(), 'right after it was taken away').not.toBe(0);
    await matrix.undoLast();
    expect(await push(), 'right after that was undone').toBe(0);

    await matrix.give('jonas', repository, 'pull');
    expect(await push(), 'who may only pull again').not.toBe(0);
    await new ShellPage(page).open('Status');
  });
});

interface GrantFile {
  grants: { repository: string; principal: string; actions: string[]; until: string | null }[];
}

test('grants go to a file, are changed there, and come back as changes to look at', async ({ maya }) => {
  const { window: page, home } = maya;
  const matrix = new MatrixPage(page);
  const path = join(home.folder, 'grants.json');
  await matrix.open();
  await answerFileDialogs(maya, path);
  await matrix.files('Export grants as JSON…');
  await page.getByText('Grants exported').waitFor();
  const before = readFileSync(path, 'utf8');
  const file = JSON.parse(before) as GrantFile;
  const ofJonas = file.grants.find(
    (grant) => grant.principal === 'user:jonas' && grant.repository === repository,
  );
  expect(ofJonas?.actions).toEqual(['read']);

  await matrix.files('Import grants…');
  await page.getByText('All is as the file says: there is nothing to change.').waitFor();
  await page.getByRole('button', { name: 'Done' }).click();

  const grants = file.grants.map((grant) =>
    grant === ofJonas ? { ...grant, actions: ['read', 'write'] } : grant,
  );
  writeFileSync(path, JSON.stringify({ ...file, grants }));
  await matrix.files('Import grants…');
  await page.getByRole('button', { name: 'Prepare 1 change' }).click();
  await page.getByText('1 change added').waitFor();
  expect(await matrix.apply()).toContain(`jonas gains push on ${repository}`);

  await matrix.give('jonas', repository, 'pull');
  await matrix.files('Export grants as JSON…');
  await page.getByText('Grants exported').waitFor();
  expect(readFileSync(path, 'utf8')).toBe(before);
  await answerFileDialogs(maya, null);
  await new ShellPage(page).open('Status');
});

test('a template is made, used on somebody and reviewed in the matrix, and deleted', async ({ maya }) => {
  const { window: page } = maya;
  const matrix = new MatrixPage(page);
  await matrix.give('jonas', repository, 'none');
  await page.getByRole('tab', { name: 'Templates' }).click();
  await page.getByRole('button', { name: 'New template' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Reader');
  await page.getByLabel('Repositories of line 1').fill('acme/web');
  await page.getByRole('button', { name: 'Make template' }).click();
  await page.getByRole('button', { name: 'Actions for Reader' }).click();
  await page.getByRole('menuitem', { name: 'Use on…' }).click();
  await page.getByRole('checkbox', { name: 'Select jonas' }).check();
  await page.getByRole('button', { name: 'Prepare for 1' }).click();
  await page.getByText('1 change added').waitFor();
  expect(await matrix.apply()).toContain(`jonas gains pull on ${repository}`);

  await page.getByRole('tab', { name: 'Templates' }).click();
  await page.getByRole('button', { name: 'Actions for Reader' }).click();
  await page.getByRole('menuitem', { name: 'Delete…' }).click();
  await page.getByRole('button', { name: 'Delete template' }).click();
  await page.getByText('No templates yet').waitFor();
  await new ShellPage(page).open('Status');
});
