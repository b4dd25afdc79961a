import { once } from 'node:events';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { limits } from '../../contracts/domain/limits.ts';
import { startPrivateBus } from '../support/private-bus.ts';
import { TrayDesktop, type MenuEntry } from '../support/tray-desktop.ts';
import { clipboardText } from './clipboard.ts';
import { expect, passphrase, test } from './fixtures.ts';
import { launchApp, type RunningApp } from './launch.ts';
import { makeVault } from './make-vault.ts';
import { answer, questionWhile, startAsking } from './pages/approval.ts';
import { ShellPage } from './pages/shell.ts';
import { VaultScreens } from './pages/vault-screens.ts';
import { signInByCalls } from './sign-in.ts';
import { inMain } from '../support/in-main.ts';

function labels(entries: readonly MenuEntry[]): string[] {
  return entries.filter(({ separator }) => !separator).map(({ label }) => label);
}

/** Whether the app's window is on the screen. */
function isShown(app: RunningApp): Promise<boolean> {
  return inMain(app.electron, ({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible() ?? false);
}

/** What the token on the clipboard says, and the text around it. */
async function copiedClaims(app: RunningApp): Promise<{ text: string; sub: string; life: number }> {
  const text = await clipboardText(app);
  const token = /eyJ[\w-]+\.[\w-]+\.[\w-]+/.exec(text)?.[0] ?? '';
  const { sub = '', exp = 0, iat = 0 } = decodeJwt(token);
  return { text, sub, life: exp - iat };
}

function closeWindow(app: RunningApp): Promise<void> {
  return inMain(app.electron, ({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0]?.close();
  });
}

test('started at login, Keyhold waits in the tray, which copies tokens, switches contexts, locks, unlocks and quits; no message on the bus copies a token without a yes', async ({
  home,
  server,
}) => {
  const bus = await startPrivateBus(home.runtimeFolder, 'session-bus');
  const tray = await TrayDesktop.start(bus.address);
  await makeVault(join(home.dataFolder, 'vault.db'), passphrase);
  const env = { DBUS_SESSION_BUS_ADDRESS: bus.address };
  const app = await launchApp(home, { args: ['--at-login'], env });
  expect(labels(await tray.menu())).toEqual(['Locked', 'Unlock Keyhold…', 'Quit Keyhold']);
  expect(await isShown(app), 'at login it waits in the tray').toBe(false);
  await tray.click('Unlock Keyhold…');
  await expect.poll(() => isShown(app)).toBe(true);

  await new VaultScreens(app.window).unlock(passphrase);
  await signInByCalls(app, server, 'priya');
  await signInByCalls(app, server, 'maya');
  await expect.poll(async () => labels(await tray.menu())[0]).toBe('Unlocked, maya');

  await tray.click('Copy token for 1 hour');
  const maya = server.user('maya').id;
  await expect.poll(() => clipboardText(app)).toMatch(/^eyJ/);
  // The life begins a little before now, for services whose clock is slow.
  expect(await copiedClaims(app)).toMatchObject({ sub: maya, life: 3600 + limits.backdate });

  await tray.click('Copy from another context', 'priya', 'Curl command for 24 hours');
  await expect.poll(() => clipboardText(app)).toMatch(/^curl /);
  expect(await copiedClaims(app)).toMatchObject({ sub: server.user('priya').id, life: 86_400 });

  await tray.click('Context', 'priya');
  await expect.poll(async () => labels(await tray.menu())[0]).toBe('Unlocked, priya');
  await expect(new ShellPage(app.window).switcher).toContainText('priya');

  await tray.click('Lock');
  await new VaultScreens(app.window).whenLocked();
  await expect.poll(() => clipboardText(app)).toBe('');
  expect(labels(await tray.menu())).toEqual(['Locked', 'Unlock Keyhold…', 'Quit Keyhold']);

  await test.step('where programs are asked about, so is who sends messages', async () => {
    await new VaultScreens(app.window).unlock(passphrase);
    await app.window.evaluate(async () => {
      const contexts = await window.keyhold.contexts.list();
      const other = contexts.ok ? contexts.value.find(({ current }) => !current) : undefined;
      await window.keyhold.contexts.remove({ contextId: other?.id ?? '' });
    });
    await startAsking(app);
    const labelsOf = (entries: readonly MenuEntry[]): string[] =>
      entries.flatMap(({ label, entries: inner }) => [label, ...labelsOf(inner)]);
    const copies = labelsOf(await tray.menu()).filter((label) => /token|curl/i.test(label));
    expect(copies).toHaveLength(4);
    await inMain(app.electron, ({ clipboard }) => {
      clipboard.clear();
    });

    const deny = async (entry: string): Promise<void> => {
      const { prompt } = await questionWhile(app, () => tray.click(entry));
      await expect(prompt.getByRole('heading')).toHaveText(
        `Copy a token for ${server.host} to the clipboard?`,
      );
      await expect(prompt.getByText('The tray’s menu, or a program on the desktop’s bus')).toBeVisible();
      await expect(prompt.getByRole('button', { name: 'Deny' })).toBeFocused();
      expect(await clipboardText(app)).toBe('');
      await answer(prompt, 'Deny');
      expect(await clipboardText(app)).toBe('');
    };
    // A third no in a row would end the asking; the yes between them begins anew.
    for (const entry of copies.slice(0, 2)) await deny(entry);
    const { prompt } = await questionWhile(app, () => tray.click('Copy token for 24 hours'));
    await expect(prompt.getByText('24 hours')).toBeVisible();
    await answer(prompt, 'Allow');
    await expect.poll(() => clipboardText(app)).toMatch(/^eyJ/);
    await inMain(app.electron, ({ clipboard }) => {
      clipboard.clear();
    });
    for (const entry of copies.slice(2)) await deny(entry);
  });

  await test.step('closing the window leaves Keyhold in the tray if the user wants that', async () => {
    await new ShellPage(app.window).open('Settings');
    await app.window.getByText('Keep running in the tray when the window is closed').click();
    await expect(app.window.getByRole('switch', { name: /^Keep running in the tray/ })).toBeChecked();

    await closeWindow(app);
    await expect.poll(() => isShown(app)).toBe(false);
    await tray.activate();
    await expect.poll(() => isShown(app)).toBe(true);

    const exited = once(app.electron.process(), 'exit');
    await tray.click('Quit Keyhold');
    expect(await exited).toEqual([0, null]);
  });
  tray.stop();
  await bus.stop();
});
