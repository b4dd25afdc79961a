import type { Locator } from '@playwright/test';
import { reach as reachIn } from './by-keyboard.ts';
import { expect, test } from './fixtures.ts';
import { addByToken, signIn } from './keeper.ts';
import { RulesPage } from './pages/rules.ts';

test('roles are made, written, saved, tried and compared without the mouse', async ({ unlocked, server }) => {
  const { window } = unlocked;
  const { keyboard } = window;
  const rules = new RulesPage(window);
  await addByToken(window, server, 'With a dev token', server.keeper?.dev_token ?? '');
  await signIn(window);
  await expect(window.getByText('You are signed in with the dev token')).toBeVisible();

  const reach = (place: Locator, key?: string): Promise<void> => reachIn(window, place, key);
  const tab = (name: string): Locator => window.getByRole('tab', { name, exact: true });
  const make = async (name: string): Promise<void> => {
    await reach(window.getByRole('button', { name: 'New role' }));
    await keyboard.press('Enter');
    await expect(window.getByLabel('Name', { exact: true })).toBeFocused();
    await keyboard.type(name);
    await keyboard.press('Enter');
    await window.getByRole('heading', { level: 2, name, exact: true }).waitFor();
    await expect(rules.field, 'a new role is there to be written').toBeFocused();
  };

  await keyboard.press('ControlOrMeta+g');
  await keyboard.press('z');
  await window.getByRole('heading', { level: 1, name: 'Rules' }).waitFor();

  await test.step('a role, its rules by completion', async () => {
    await make('Hot wallets');
    await keyboard.type('tk');
    await keyboard.press('Tab');
    await keyboard.type('key.wallet-h');
    await keyboard.press('ArrowDown');
    await keyboard.press('Enter');
    await keyboard.type('sig');
    await keyboard.press('Tab');
    await expect(rules.field).toHaveValue(/^tkeeper\.key\.wallet-h[a-z-]*\.sign$/);
    await keyboard.press('Enter');
    await keyboard.type('-tkeeper.key.master-*.*');
    await keyboard.press('Escape');
    await keyboard.press('ControlOrMeta+s');
    await expect(window.getByText('Hot wallets is saved')).toBeVisible();
  });

  await test.step('what must stay so', async () => {
    const form = window.getByRole('form', { name: 'New test' });
    await reach(form.getByRole('combobox', { name: 'Key' }));
    await keyboard.type('master-root');
    await reach(form.getByRole('button', { name: 'Add test' }));
    await keyboard.press('Enter');
    await expect(rules.tests).toContainText('Holds');
    await reach(rules.field, 'Shift+Tab');
    await keyboard.press('ControlOrMeta+s');
    await expect(window.getByText('Not saved')).toBeHidden();
  });

  await test.step('another role, and how they differ', async () => {
    await reach(window.getByRole('button', { name: 'New role' }), 'Shift+Tab');
    await make('Readers');
    await keyboard.type('tkeeper.key.*.public');
    await keyboard.press('Escape');
    await keyboard.press('ControlOrMeta+s');
    await expect(window.getByText('Readers is saved')).toBeVisible();
    await reach(tab('Roles'), 'Shift+Tab');
    await keyboard.press('ArrowRight');
    await keyboard.press('ArrowRight');
    await expect(tab('Compare')).toHaveAttribute('aria-selected', 'true');
    await expect(window.getByRole('region', { name: 'Only Readers allows' })).toContainText('public');
  });

  await test.step('who may, and with one more line', async () => {
    await keyboard.press('ArrowLeft');
    await expect(tab('Simulator')).toHaveAttribute('aria-selected', 'true');
    await reach(window.getByRole('checkbox', { name: 'My token' }));
    await keyboard.press('Space');
    await reach(window.getByRole('checkbox', { name: 'Hot wallets' }));
    await keyboard.press('Space');
    await reach(window.getByRole('combobox', { name: 'Key', exact: true }));
    await keyboard.press('ControlOrMeta+a');
    await keyboard.type('master-root');
    await expect(rules.answer).toContainText('Denied by -tkeeper.key.master-*.*, line 2 of Hot wallets.');
    await reach(window.getByRole('textbox', { name: 'One more line' }));
    await keyboard.type('tkeeper.recover');
    await expect(rules.effects('Gained')).toContainText('recover');
    await reach(window.getByRole('grid', { name: 'Operations by keys' }));
    await keyboard.press('ControlOrMeta+ArrowDown');
    await expect(rules.answer).toContainText('No rule grants it.');
    await keyboard.press('Enter');
    await expect(rules.answer).toBeFocused();
  });
});
