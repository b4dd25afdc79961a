import { hostOf, makeVaultOfMany } from '../support/many-contexts.ts';
import { expect, passphrase, test } from './fixtures.ts';
import { askHelper } from './helper.ts';
import { launchApp } from './launch.ts';
import { RegistriesPage } from './pages/registries.ts';
import { ShellPage } from './pages/shell.ts';
import { VaultScreens } from './pages/vault-screens.ts';

const count = 10_000;
const last = count - 1;

test('a vault with ten thousand contexts opens; the last is found, switched to and used', async ({
  home,
}) => {
  await makeVaultOfMany(home.dataFolder, passphrase, count, (index) => index === 0 || index === last);
  const app = await launchApp(home);
  try {
    const { window } = app;
    const shell = new ShellPage(window);
    await new VaultScreens(window).unlock(passphrase);
    await expect(shell.switcher).toContainText('Cluster 0');

    await window.keyboard.press('ControlOrMeta+J');
    await expect(shell.search).toBeFocused();
    await expect(shell.option('^Cluster 0 ')).toBeVisible();
    expect(await shell.option().count()).toBeLessThan(30);
    await window.keyboard.press('End');
    await expect(shell.option(`^Cluster ${String(last)} `)).toHaveAttribute('aria-posinset', String(count));
    await expect(shell.option(`^Cluster ${String(last)} `)).toBeInViewport();
    await window.keyboard.press('Home');
    await expect(shell.option('^Cluster 0 ')).toBeInViewport();
    await window.keyboard.type(hostOf(last));
    await expect(shell.option()).toHaveCount(1);
    await window.keyboard.press('Enter');
    await expect(shell.switcher).toContainText(`Cluster ${String(last)}`);

    await shell.open('Keys');
    await expect(window.getByRole('button', { name: 'laptop', exact: true })).toBeVisible();

    await window.keyboard.press('ControlOrMeta+K');
    await window.getByRole('combobox', { name: /Search pages/ }).fill(hostOf(4321));
    await expect(window.getByRole('option')).toHaveCount(1);
    await window.keyboard.press('Escape');

    await shell.open('Registries');
    await expect(window.getByText('10,000 registries')).toBeVisible();
    expect(await window.getByRole('row').count()).toBeLessThan(40);
    await window.getByLabel('Filter by host or context').fill(hostOf(4321));
    const registries = new RegistriesPage(window);
    await expect(registries.row(hostOf(4321))).toContainText('Signed out');
    await window.getByLabel('Filter by host or context').fill(hostOf(last));
    await registries.preview(hostOf(last));
    await registries.confirm();
    // Set up, and the sign-in is said not to work: no service is there.
    await expect(registries.row(hostOf(last))).toContainText('Doctor: Sign-in');
    await expect(registries.row(hostOf(last))).toContainText('Undo');
    expect(askHelper(home, hostOf(last)).credential?.username).toBe(`user-${String(count)}`);

    await shell.lock();
    await new VaultScreens(window).unlock(passphrase);
    await expect(shell.switcher).toContainText(`Cluster ${String(last)}`);
  } finally {
    await app.electron.close();
  }
});
