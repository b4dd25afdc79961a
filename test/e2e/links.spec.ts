import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { joinLink } from '../../contracts/domain/app-link.ts';
import { inMain } from '../support/in-main.ts';
import { expect, passphrase, test } from './fixtures.ts';
import { appCommand, type Home } from './launch.ts';
import { ShellPage } from './pages/shell.ts';
import { VaultScreens } from './pages/vault-screens.ts';

/** How the system opens a link: by starting the program with it, which hands it to the one that runs. */
async function openLink(home: Home, link: string): Promise<void> {
  const { command, args } = appCommand(home);
  const [code] = (await once(spawn(command, [...args, link], { env: home.env }), 'close')) as [number | null];
  expect(code).toBe(0);
}

test('an invitation link shows what it would do, after the unlock, and contacts nobody; others are said to be none', async ({
  unlocked: app,
}) => {
  const { window, home } = app;
  const shell = new ShellPage(window);
  const screens = new VaultScreens(window);
  const link = joinLink({ origin: 'https://kisenon.example', token: 'T'.repeat(43) });

  /** How often main has asked whether it may contact a service: the app is used by other tests too. */
  const questions = (): Promise<number> =>
    inMain(
      app.electron,
      () => (globalThis as { serviceQuestions?: unknown[] }).serviceQuestions?.length ?? 0,
    );
  const before = await questions();
  await shell.lock();
  await openLink(home, link);
  expect(await screens.isLocked()).toBe(true);
  await expect(window.getByText('kisenon.example')).toHaveCount(0);
  await screens.unlock(passphrase);
  await expect(shell.title('Invitation')).toBeVisible();
  await expect(window.getByText(/https:\/\/kisenon\.example/)).toBeVisible();
  expect(await questions()).toBe(before);
  await window.getByRole('button', { name: 'Not now' }).click();
  await expect(shell.title('Status')).toBeVisible();

  await openLink(home, `${link}&accept=1`);
  await expect(window.getByText('A link was not opened')).toBeVisible();
  await window.getByRole('button', { name: 'Dismiss' }).click();
  await expect(window.getByText('A link was not opened')).toHaveCount(0);
  await openLink(home, 'keyhold://format-disk');
  await expect(shell.title('Status')).toBeVisible();
  await expect(window.getByText('A link was not opened')).toHaveCount(0);
});
