import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { accessibilityProblems, settle } from '../support/accessibility.ts';
import { answerFileDialogs } from './dialogs.ts';
import { expect, passphrase, test } from './fixtures.ts';
import { launchApp, makeHome, type Home } from './launch.ts';
import { copyVault, makeVault } from './make-vault.ts';
import { BackupPage } from './pages/backup.ts';
import { RecoveryCodePage } from './pages/settings.ts';
import { ShellPage } from './pages/shell.ts';
import { VaultScreens } from './pages/vault-screens.ts';
import { signInByCalls } from './sign-in.ts';

const backupPassphrase = 'seven quiet lanterns drift';

function vaultOf(home: Home): string {
  return join(home.dataFolder, 'vault.db');
}

function setAside(home: Home): string[] {
  return readdirSync(home.dataFolder).filter((name) => /^vault\.db\.damaged-[0-9TZ-]+$/.test(name));
}

test('a backup brings a registered key to another computer, whose damaged vault without copies gives way to a new one', async ({
  unlocked: app,
  server,
}) => {
  const { home } = app;
  await signInByCalls(app, server, 'maya');
  await new ShellPage(app.window).open('Settings');
  const page = new BackupPage(app.window);
  await expect(app.window.getByText('1 credential in no backup')).toBeVisible();
  const path = join(home.folder, 'maya.keyhold-backup');
  await answerFileDialogs(app, path);
  await page.save(backupPassphrase);
  await expect(app.window.getByText('1 context and 1 credential in maya.keyhold-backup.')).toBeVisible();
  await expect(app.window.getByText('1 credential in no backup')).toBeHidden();
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readFileSync(path).includes('maya')).toBe(false);

  const elsewhere = makeHome();
  await makeVault(vaultOf(elsewhere), passphrase);
  writeFileSync(vaultOf(elsewhere), 'not a vault any more');
  const second = await launchApp(elsewhere);
  await expect(
    second.window.getByText('There is no copy on this computer that passes the checks.'),
  ).toBeVisible();
  const start = second.window.getByRole('button', { name: 'Set aside and start anew' });
  await expect(start).toBeDisabled();
  await second.window.getByLabel('Type start anew to confirm').fill('start anew');
  await start.click();
  // From here on as on a first start.
  await second.window.getByRole('button', { name: 'Restore from a backup' }).click();
  await new VaultScreens(second.window).createUpToCode('plum anchor velvet lantern');
  await new RecoveryCodePage(second.window).stored();
  const restore = new BackupPage(second.window);
  await restore.restoreDialog.waitFor();
  await answerFileDialogs(second, path);
  await restore.choose();
  await restore.open('plum anchor velvet lantern');
  await expect(restore.restoreDialog.getByRole('alert')).toContainText('does not open this backup');
  await restore.open(backupPassphrase);
  await expect(restore.row('maya')).toContainText('New');
  await settle(second.window);
  expect(await accessibilityProblems(second.window)).toEqual([]);
  await restore.restore();
  await new ShellPage(second.window).open('Status');
  await expect(second.window.getByRole('heading', { name: 'Signed in as Maya Chen' })).toBeVisible();
  await new ShellPage(second.window).open('Activity');
  await expect(second.window.getByText('Backup restored')).toBeVisible();
  await expect(second.window.getByText('Damaged vault file set aside')).toBeVisible();
  const [aside] = setAside(elsewhere);
  expect(readFileSync(join(elsewhere.dataFolder, aside ?? ''), 'utf8')).toBe('not a vault any more');
  await second.electron.close();
  elsewhere.remove();
});

test('a restore merges or replaces, and refuses what is no whole backup', async ({
  unlocked: app,
  server,
}) => {
  const { home } = app;
  await signInByCalls(app, server, 'maya');
  const shell = new ShellPage(app.window);
  await shell.open('Settings');
  const page = new BackupPage(app.window);
  const path = join(home.folder, 'before.keyhold-backup');
  await answerFileDialogs(app, path);
  await page.save(backupPassphrase);
  await expect(app.window.getByText(/in before\.keyhold-backup\.$/)).toBeVisible();
  await signInByCalls(app, server, 'jonas');

  const cut = join(home.folder, 'cut.keyhold-backup');
  writeFileSync(cut, readFileSync(path).subarray(0, 300));
  await answerFileDialogs(app, cut);
  await page.startRestore();
  await page.choose();
  await expect(page.restoreDialog.getByRole('alert')).toContainText('The backup file is damaged');
  await answerFileDialogs(app, path);
  await page.choose();
  await page.open(backupPassphrase);
  await expect(page.row('maya')).toContainText('Same');
  await expect(page.restoreDialog.getByText('Nothing in it is new')).toBeVisible();
  await page.replace();
  await expect(shell.switcher).toContainText('maya');
  const contexts = await app.window.evaluate(() => window.keyhold.contexts.list());
  expect(contexts.ok ? contexts.value.map(({ name }) => name) : contexts).toEqual(['maya']);
  await shell.open('Status');
  await expect(app.window.getByRole('heading', { name: 'Signed in as Maya Chen' })).toBeVisible();
  // What was replaced lies in a copy.
  expect(readdirSync(join(home.dataFolder, 'copies')).some((name) => name.includes('T'))).toBe(true);
});

test('a damaged vault is set aside for a copy, and the log tells of it', async ({ home }) => {
  await makeVault(vaultOf(home), passphrase);
  copyVault(vaultOf(home), new Date('2026-03-01T12:00:00Z'));
  truncateSync(vaultOf(home), 5000);
  const damaged = readFileSync(vaultOf(home));

  const app = await launchApp(home);
  await expect(app.window.getByRole('heading', { name: 'The vault file is damaged' })).toBeVisible();
  await expect(app.window.getByLabel(/^Copy of 1 Mar 2026/)).toBeChecked();
  await settle(app.window);
  expect(await accessibilityProblems(app.window)).toEqual([]);
  await app.window.getByRole('button', { name: 'Set aside and use this copy' }).click();
  await new VaultScreens(app.window).unlock(passphrase);
  const [aside, ...others] = setAside(home);
  expect(others).toEqual([]);
  expect(readFileSync(join(home.dataFolder, aside ?? '')).equals(damaged)).toBe(true);
  await new ShellPage(app.window).open('Activity');
  await expect(app.window.getByText('Vault taken from a copy')).toBeVisible();
  await expect(app.window.getByText('Damaged vault file set aside')).toBeVisible();
  await expect(app.window.getByText(aside ?? 'none')).toBeVisible();
  // The day's own copy, some seconds after unlocking.
  const today = (): string => `vault-${new Date().toISOString().slice(0, 10)}.db`;
  await expect.poll(() => readdirSync(join(home.dataFolder, 'copies'))).toContain(today());
  await app.electron.close();
});
