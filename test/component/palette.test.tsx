import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { productionId, sampleContext, stagingId } from '../support/samples.ts';
import { openWindow, type OpenWindow } from './open-window.tsx';

async function openPalette(facts: Parameters<typeof openWindow>[0] = {}): Promise<OpenWindow> {
  const opened = openWindow(facts);
  await screen.findByRole('button', { name: /^Context:/ });
  await opened.user.keyboard('{Control>}k{/Control}');
  await screen.findByRole('dialog', { name: 'Command palette' });
  return opened;
}

function results(): string[] {
  return screen.getAllByRole('option').map((option) => option.textContent);
}

describe('the command palette', () => {
  it('copies a token of the current context by three keys', async () => {
    const { user, requests } = await openPalette();
    await user.keyboard('{Enter}');
    await screen.findByText('Token copied');
    expect(requests('tokens.mint')).toEqual([{ contextId: productionId, ttl: '1h' }]);
    expect(requests('tokens.copy')).toMatchObject([{ form: 'raw' }]);
  });

  it('opens a page by its name and closes', async () => {
    const { user } = await openPalette();
    await user.keyboard('regis{Enter}');
    await screen.findByRole('heading', { level: 1, name: 'Registries' });
    await waitFor(() => {
      expect(screen.queryByRole('dialog')).toBeNull();
    });
  });

  it('switches to a context by a part of its host', async () => {
    const { user, requests } = await openPalette();
    await user.paste('staging.acme');
    await waitFor(() => {
      expect(results()).toEqual([expect.stringContaining('Staging')]);
    });
    await user.keyboard('{Enter}');
    await waitFor(() => {
      expect(requests('contexts.setCurrent')).toEqual([{ contextId: stagingId }]);
    });
  });

  it('closes by Escape', async () => {
    const { user } = await openPalette();
    await user.keyboard('{Escape}');
    await waitFor(() => {
      expect(screen.queryByRole('dialog')).toBeNull();
    });
  });

  it('moves by arrow keys and tells the selection to screen readers', async () => {
    const { user, requests } = await openPalette();
    const search = screen.getByRole('combobox', { name: /Search pages/ });
    await user.keyboard('theme{ArrowDown}');
    const selected = (): HTMLElement | undefined =>
      screen.getAllByRole('option').find(({ id }) => id === search.getAttribute('aria-activedescendant'));
    await waitFor(() => {
      expect(selected()?.textContent).toContain('Light theme');
    });
    await user.keyboard('{Enter}');
    expect(requests('settings.change')).toEqual([{ theme: 'light' }]);
  });

  it('edits the current context', async () => {
    const { user } = await openPalette();
    await user.keyboard('edit{Enter}');
    await screen.findByRole('dialog', { name: 'Edit context' });
    expect(screen.getByLabelText('Name')).toHaveProperty('value', 'Production');
  });

  it('signs out of all contexts, once that is confirmed', async () => {
    const { user, requests } = await openPalette();
    await user.keyboard('sign out{Enter}');
    await screen.findByRole('dialog', { name: 'Sign out of all contexts?' });
    expect(requests('signOut.run')).toEqual([]);
    await user.click(screen.getByRole('button', { name: 'Sign out of all' }));
    await screen.findByRole('dialog', { name: 'Signed out' });
    expect(requests('signOut.run')).toEqual([{ contextId: null }]);
  });

  it('offers neither where there is nothing to edit or to sign out of', async () => {
    const first = await openPalette({ contexts: [] });
    await first.user.keyboard('context');
    await waitFor(() => {
      expect(results()).toEqual([expect.stringContaining('Add context')]);
    });
  });

  it('says when nothing has that name, and offers no token that cannot be minted', async () => {
    const { user } = await openPalette({ contexts: [sampleContext({ state: 'pending' })] });
    expect(results().filter((text) => text.startsWith('Copy'))).toEqual([]);
    await user.keyboard('qqqq');
    await screen.findByText('Nothing of that name.');
  });

  it('stays quick with ten thousand contexts: it shows the first and finds the last', async () => {
    const contexts = Array.from({ length: 10_000 }, (_, index) =>
      sampleContext({ id: crypto.randomUUID(), name: `Cluster ${String(index)}`, current: index === 0 }),
    );
    const { user } = await openPalette({ contexts });
    expect(results().length).toBeLessThanOrEqual(50);
    await user.paste('cluster 9999');
    await waitFor(() => {
      expect(results()).toHaveLength(1);
    });
  });
});

describe('the dialog of shortcuts', () => {
  it('opens by its key and names each page and its key', async () => {
    const { user } = openWindow();
    await screen.findByRole('heading', { name: 'Status' });
    await user.keyboard('{Control>}/{/Control}');
    const sheet = within(await screen.findByRole('dialog', { name: 'Keyboard shortcuts' }));
    expect(sheet.getByText('Registries').parentElement?.textContent).toBe('RegistriesCtrl+4Ctrl+G R');
    expect(sheet.getByText('Lock the vault').parentElement?.textContent).toBe('Lock the vaultCtrl+L');
  });
});
