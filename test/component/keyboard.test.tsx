import { notificationsStore } from '@mantine/notifications';
import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { shortcuts } from '../../renderer/lib/shortcuts.ts';
import { sampleContext } from '../support/samples.ts';
import { fill, openPage, openWindow, type OpenWindow } from './open-window.tsx';

/** Every key of the window but the lock's, which acts everywhere. */
const keys = [
  ...Array.from('123456789'),
  ...Object.values(shortcuts)
    .filter((shortcut) => shortcut !== shortcuts.lock)
    .map(({ key }) => key.toLowerCase()),
];

function pressed(key: string): string {
  return `{Control>}${key}{/Control}`;
}

function page(): HTMLElement {
  const found = document.getElementById('page');
  if (found === null) throw new Error('no page');
  return found;
}

async function openDialog(): Promise<OpenWindow> {
  const opened = await openPage('Keys');
  await opened.user.click(await screen.findByRole('button', { name: 'New key' }));
  await screen.findByRole('dialog', { name: 'New key' });
  return opened;
}

/** Layers over a page, each by how it is opened. */
const layers: Readonly<Record<string, () => Promise<OpenWindow>>> = {
  'a dialog': openDialog,
  'a confirmation': async () => {
    const opened = openWindow();
    await opened.user.click(await screen.findByRole('button', { name: 'Remove context…' }));
    await screen.findByRole('dialog', { name: 'Remove “Production”?' });
    return opened;
  },
  'a sheet': async () => {
    const opened = await openPage('Keys');
    await opened.user.click(await screen.findByRole('button', { name: 'This computer' }));
    await screen.findByRole('dialog', { name: 'This computer' });
    return opened;
  },
  'a menu': async () => {
    const opened = openWindow();
    await opened.user.click(await screen.findByRole('button', { name: 'Theme System' }));
    await screen.findByRole('menu');
    return opened;
  },
};

describe.each(Object.entries(layers))('over a page lies %s', (_name, open) => {
  it('and no key of the window acts on what is behind', async () => {
    const { user, requests } = await open();
    const before = screen.getByRole('heading', { level: 1, hidden: true }).textContent;
    const over = document.querySelectorAll('[role="dialog"], [role="menu"]').length;
    for (const key of keys) await user.keyboard(pressed(key));
    expect(screen.getByRole('heading', { level: 1, hidden: true }).textContent).toBe(before);
    expect(document.querySelectorAll('[role="dialog"], [role="menu"]')).toHaveLength(over);
    expect(requests('vault.lock')).toEqual([]);
  });
});

describe('what was typed', () => {
  it('in a dialog stays, whatever key of the window is pressed', async () => {
    const { user } = await openDialog();
    const field = within(screen.getByRole('dialog')).getByRole('textbox');
    await fill(user, field, 'Laptop in the lab');
    for (const key of keys) await user.keyboard(pressed(key));
    expect(field).toHaveProperty('value', 'Laptop in the lab');
    expect(field.isConnected).toBe(true);
  });

  it('on a page stays, and it is said why the key did nothing', async () => {
    const { user } = openWindow({ contexts: [] });
    await user.click(await screen.findByRole('button', { name: 'Add context' }));
    await user.type(screen.getByLabelText('Service address'), 'registry.acme');
    await user.keyboard(pressed('2'));
    expect(screen.getByLabelText('Service address')).toHaveProperty('value', 'registry.acme');
    await screen.findByText(/what you typed here would be lost/);
    await user.clear(screen.getByLabelText('Service address'));
    await user.keyboard(pressed('2'));
    await screen.findByRole('heading', { level: 1, name: 'Keys' });
    // Not by its own end, some seconds later.
    expect(notificationsStore.getState().notifications).toEqual([]);
  });

  it('is let go by the lock’s keys at once: who presses them walks away', async () => {
    const { user, requests } = await openDialog();
    await user.keyboard(pressed('l'));
    expect(requests('vault.lock')).toEqual([{ by: 'shortcut' }]);
  });

  it('in a filter holds nobody up', async () => {
    const { user } = await openPage('Activity');
    await user.type(await screen.findByLabelText('Filter by context or detail'), 'podman');
    await user.keyboard(pressed('2'));
    await screen.findByRole('heading', { level: 1, name: 'Keys' });
  });
});

describe('the focus', () => {
  it('stays in a sheet whose content goes away under it', async () => {
    const { user, world } = await openPage('Repositories');
    world.tags = [];
    const rows = await screen.findAllByRole('button', { name: /^acme\// });
    rows[0]?.focus();
    await user.keyboard('{Enter}');
    const sheet = await screen.findByRole('dialog');
    await within(sheet).findByText('No tags');
    await waitFor(() => {
      expect(sheet.contains(document.activeElement)).toBe(true);
    });
    await user.keyboard('{Enter}');
    expect(screen.getAllByRole('dialog')).toHaveLength(1);
    await user.keyboard('{Escape}');
    await waitFor(() => {
      expect(document.activeElement).toBe(rows[0]);
    });
  });

  it('is in the page after a dialog whose opener went away with what it did', async () => {
    const { user } = openWindow({ contexts: [sampleContext({ state: 'pending' })] });
    await user.click(await screen.findByRole('button', { name: 'Remove context…' }));
    await user.click(
      within(await screen.findByRole('dialog')).getByRole('button', { name: 'Remove context' }),
    );
    await screen.findByRole('heading', { name: 'Add your first context' });
    await waitFor(() => {
      expect(document.activeElement).not.toBe(document.body);
    });
  });

  it('is in the new page when it was in the page before', async () => {
    const { user } = await openPage('Activity');
    (await screen.findByLabelText('Filter by context or detail')).focus();
    await user.keyboard(pressed('2'));
    await screen.findByRole('heading', { level: 1, name: 'Keys' });
    expect(document.activeElement).toBe(page());
  });
});

it('each page begins at its top', async () => {
  const { user } = await openPage('Settings');
  for (const key of '123456789') {
    page().scrollTop = 400;
    await user.keyboard(pressed(key));
    expect(page().scrollTop).toBe(0);
  }
  page().scrollTop = 400;
  act(() => {
    screen.getByRole('link', { name: 'Keys' }).click();
  });
  expect(page().scrollTop).toBe(0);
});
