import { reach } from './by-keyboard.ts';
import { clipboardText } from './clipboard.ts';
import { expect, test } from './fixtures.ts';
import { RemoteKeysPage } from './pages/remote-keys.ts';

test('a context at a keeper is added and a text signed with a key of it without the mouse', async ({
  unlocked: app,
  server,
}) => {
  const { window } = app;
  const { keyboard } = window;
  const keys = new RemoteKeysPage(window);
  const key = keys.table.getByRole('button', { name: 'release-signing', exact: true });
  const button = (name: string) => window.getByRole('button', { name, exact: true });

  await test.step('address, way and token', async () => {
    await keyboard.press('ControlOrMeta+j');
    await reach(window, button('Add context…'));
    await keyboard.press('Enter');
    await expect(window.getByLabel('Service address')).toBeFocused();
    await keyboard.type(server.origin);
    await keyboard.press('Enter');
    const way = window.getByRole('radio', { name: 'With a dev token' });
    await way.waitFor();
    await reach(window, window.getByRole('radio', { checked: true }));
    for (let ways = 0; ways < 6 && !(await way.isChecked()); ways++) await keyboard.press('ArrowDown');
    await expect(way, 'the keyboard stays with the choice').toBeFocused();
    await reach(window, window.getByLabel('Dev token', { exact: true }));
    await keyboard.type(server.keeper?.dev_token ?? '');
    await reach(window, window.getByLabel('Context name'));
    await keyboard.press('ControlOrMeta+a');
    await keyboard.type('Keeper');
    await keyboard.press('Enter');
    await expect(window.getByText('You are signed in with the dev token')).toBeVisible();
    await expect(window.getByText(/as long as the server’s dev config file has it\./)).toBeVisible();
  });

  await test.step('a key’s sheet', async () => {
    await reach(window, button('Show remote keys'));
    await keyboard.press('Enter');
    await window.getByRole('heading', { level: 1, name: 'Remote keys' }).waitFor();
    await keys.table.waitFor();
    // The list is one stop of Tab; arrow keys walk through it.
    await reach(window, keys.table.getByRole('cell').getByRole('button'));
    await reach(window, key, 'ArrowDown');
    await keyboard.press('Enter');
    await expect(window.getByRole('dialog', { name: 'release-signing', exact: true })).toBeVisible();
  });

  await test.step('a text is signed, and its signature copied', async () => {
    await reach(window, keys.dialog.getByRole('button', { name: 'Sign…', exact: true }));
    await keyboard.press('Enter');
    await expect(keys.dialog.getByLabel('Text that is signed')).toBeFocused();
    await keyboard.type('release 4.2');
    await keyboard.press('Enter');
    await keyboard.type('of today');
    await keyboard.press('ControlOrMeta+Enter');
    await expect(keys.dialog.getByRole('button', { name: 'Copy signature' })).toBeFocused();
    const signature = await keys.dialog.getByLabel('Signature', { exact: true }).innerText();
    expect(signature).toMatch(/^[\w+/]{20,}={0,2}$/);
    await keyboard.press('Enter');
    await expect(window.getByText('Signature copied')).toBeVisible();
    expect(await clipboardText(app)).toBe(signature);
  });

  await test.step('closed, the keyboard is where it came from', async () => {
    await keyboard.press('Escape');
    await expect(keys.dialog.getByRole('button', { name: 'Sign…', exact: true })).toBeFocused();
    await keyboard.press('Escape');
    await expect(keys.dialog).toBeHidden();
    await expect(key).toBeFocused();
  });
});
