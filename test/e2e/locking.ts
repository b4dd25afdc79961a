import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../../contracts/domain/settings.ts';
import { passphrase } from './fixtures.ts';
import type { Home, RunningApp } from './launch.ts';
import { ShellPage } from './pages/shell.ts';
import { VaultScreens } from './pages/vault-screens.ts';

/** Settings that the app finds at its next start. */
export function writeSettings(home: Home, settings: Partial<Settings>): void {
  mkdirSync(home.dataFolder, { recursive: true, mode: 0o700 });
  writeFileSync(join(home.dataFolder, 'settings.json'), JSON.stringify({ version: 1, ...settings }));
}

/** Unlocks and reads from the activity page why the vault was locked last. */
export async function lastLockReason(app: RunningApp): Promise<string> {
  await new VaultScreens(app.window).unlock(passphrase);
  await new ShellPage(app.window).open('Activity');
  const entries = app.window.getByRole('list', { name: 'Activity' }).getByRole('listitem');
  return await entries.filter({ hasText: 'Vault locked' }).first().innerText();
}
