import { screen, waitFor, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import { fill, openPage, type OpenWindow } from './open-window.tsx';

async function clickBeside({ user }: OpenWindow): Promise<void> {
  const overlay = document.querySelector('.mantine-Modal-overlay, .mantine-Drawer-overlay');
  if (overlay === null) throw new Error('nothing lies over the page');
  await user.click(overlay);
}

async function openNewKey(): Promise<OpenWindow> {
  const opened = await openPage('Keys');
  await opened.user.click(await screen.findByRole('button', { name: 'New key' }));
  await screen.findByRole('dialog', { name: 'New key' });
  return opened;
}

it('a click beside a dialog closes it while nothing was typed, also after it was taken back', async () => {
  const opened = await openNewKey();
  const field = screen.getByRole('textbox', { name: 'Key label' });
  await fill(opened.user, field, 'Laptop');
  await clickBeside(opened);
  await waitFor(() => {
    expect(screen.getByRole('textbox', { name: 'Key label' })).toHaveProperty('value', 'Laptop');
  });
  expect(document.activeElement, 'what is typed next').toBe(field);
  await opened.user.clear(field);
  await clickBeside(opened);
  await waitFor(() => {
    expect(screen.queryByRole('dialog')).toBeNull();
  });
});

it('a sheet closes again once what was typed in it is saved', async () => {
  const opened = await openPage('Keys');
  await opened.user.click(await screen.findByRole('button', { name: 'This computer' }));
  const sheet = await screen.findByRole('dialog', { name: 'This computer' });
  await fill(opened.user, within(sheet).getByRole('textbox', { name: 'Label' }), 'Lab');
  await clickBeside(opened);
  expect(within(sheet).getByRole('textbox', { name: 'Label' })).toHaveProperty('value', 'Lab');
  await opened.user.click(within(sheet).getByRole('button', { name: 'Rename' }));
  await screen.findByText('Key renamed');
  await clickBeside(opened);
  await waitFor(() => {
    expect(screen.queryByRole('dialog')).toBeNull();
  });
});

it('a refusal stands at the field it is about, which has the focus and what was typed', async () => {
  const opened = await openPage('Bots');
  opened.world.failures = { 'bots.create': { code: 'bot_name_taken' } };
  await opened.user.click(await screen.findByRole('button', { name: 'New bot' }));
  const field = await screen.findByRole('textbox', { name: 'Name' });
  await fill(opened.user, field, 'release');
  await opened.user.keyboard('{Enter}');
  await waitFor(() => {
    expect(field.getAttribute('aria-invalid')).toBe('true');
  });
  expect(document.activeElement).toBe(field);
  expect(field).toHaveProperty('value', 'release');
  screen.getByText(/The organization has a bot of that name/);
});

it('a dialog that a row’s or the switcher’s menu opened gives the focus back to the menu’s button', async () => {
  const { user } = await openPage('Keys');
  const [actions] = await screen.findAllByRole('button', { name: /^Actions for / });
  const ways = [
    [actions, 'menuitem', 'Revoke key…'],
    [screen.getByRole('button', { name: /^Context: / }), 'button', 'Edit this context…'],
  ] as const;
  for (const [button, role, entry] of ways) {
    button?.focus();
    await user.keyboard('{Enter}');
    (await screen.findByRole(role, { name: entry })).focus();
    await user.keyboard('{Enter}');
    await waitFor(() => {
      expect(document.activeElement?.closest('[aria-modal="true"]')).not.toBeNull();
    });
    await user.keyboard('{Escape}');
    await waitFor(() => {
      expect(document.activeElement, entry).toBe(button);
    });
  }
});
