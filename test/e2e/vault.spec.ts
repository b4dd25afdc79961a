import { statSync } from 'node:fs';
import { join } from 'node:path';
import { accessibilityProblems, settle } from '../support/accessibility.ts';
import { expect, passphrase, test } from './fixtures.ts';
import { launchApp } from './launch.ts';
import { ShellPage } from './pages/shell.ts';
import { VaultScreens } from './pages/vault-screens.ts';

test('a first start makes a vault, which opens again with its passphrase only', async ({ home }) => {
  const first = await launchApp(home);
  const screens = new VaultScreens(first.window);
  await expect(screens.passphrase).toBeFocused();
  await settle(first.window);
  expect(await accessibilityProblems(first.window)).toEqual([]);
  await screens.create(passphrase);
  await expect(first.window.getByRole('button', { name: /^Context:/ })).toContainText('No context');
  await first.electron.close();
  expect(statSync(home.dataFolder).mode & 0o777).toBe(0o700);
  expect(statSync(join(home.dataFolder, 'vault.db')).mode & 0o777).toBe(0o600);

  const second = await launchApp(home);
  const again = new VaultScreens(second.window);
  await again.whenLocked();
  await again.tryUnlock('not the passphrase');
  await expect(second.window.getByText(/wrong|does not open|not the passphrase/i).first()).toBeVisible();
  await again.unlock(passphrase);
  await second.electron.close();
});

test('lock takes everything off the screen', async ({ app }) => {
  const screens = new VaultScreens(app.window);
  await screens.unlock(passphrase);
  const shell = new ShellPage(app.window);
  await shell.open('Activity');
  await shell.lock();
  await screens.whenLocked();
  await expect(shell.title('Activity')).toHaveCount(0);
  const answer = await app.window.evaluate(() => window.keyhold.contexts.list());
  expect(answer).toEqual({ ok: false, error: { code: 'vault_locked' } });
});
