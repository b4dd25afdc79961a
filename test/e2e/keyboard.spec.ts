import { expect, test } from './fixtures.ts';
import { ShellPage } from './pages/shell.ts';

test('a journey by keyboard: into an empty repository and out again, and nothing typed is lost', async ({
  maya: { window },
}) => {
  const { keyboard } = window;
  const heading = (name: string): Promise<void> =>
    window.getByRole('heading', { level: 1, name, includeHidden: true }).waitFor();
  await keyboard.press('ControlOrMeta+5');
  await heading('Repositories');
  const repository = window.getByRole('button', { name: 'acme/base', exact: true });
  await repository.focus();
  await keyboard.press('Enter');
  const sheet = window.getByRole('dialog', { name: 'acme/base' });
  await sheet.getByRole('heading', { name: 'No tags' }).waitFor();
  await expect(sheet.locator(':focus').or(sheet.and(window.locator(':focus')))).toHaveCount(1);
  for (const key of ['1', '2', '9', 'b', 'j', 'k', '/']) await keyboard.press(`ControlOrMeta+${key}`);
  await expect(sheet).toBeVisible();
  await expect(window.getByRole('dialog')).toHaveCount(1);
  await keyboard.press('Escape');
  await expect(repository).toBeFocused();

  await keyboard.press('ControlOrMeta+6');
  await heading('Bots');
  await window.getByRole('button', { name: 'New bot' }).click();
  await keyboard.type('nightly');
  await keyboard.press('ControlOrMeta+2');
  await expect(window.getByLabel('Name')).toHaveValue('nightly');
  await keyboard.press('Escape');

  await keyboard.press('ControlOrMeta+9');
  await heading('Settings');
  await window.locator('#page').evaluate((page) => {
    page.scrollTop = page.scrollHeight;
  });
  await keyboard.press('ControlOrMeta+7');
  await heading('Activity');
  expect(await window.locator('#page').evaluate((page) => page.scrollTop)).toBe(0);
  await new ShellPage(window).open('Status');
});
