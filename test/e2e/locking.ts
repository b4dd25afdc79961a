import { passphrase } from './fixtures.ts';
import type { RunningApp } from './launch.ts';
import { ShellPage } from './pages/shell.ts';
import { VaultScreens } from './pages/vault-screens.ts';

/** Unlocks and reads from the activity page why the vault was locked last. */
export async function lastLockReason(app: RunningApp): Promise<string> {
  await new VaultScreens(app.window).unlock(passphrase);
  await new ShellPage(app.window).open('Activity');
  const entries = app.window.getByRole('list', { name: 'Activity' }).getByRole('listitem');
  return await entries.filter({ hasText: 'Vault locked' }).first().innerText();
}
