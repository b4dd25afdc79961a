import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { productionId, sampleContext, sampleKey, sampleSignIn, stagingId } from '../support/samples.ts';
import { fill, openPage, openWindow } from './open-window.tsx';

describe('frame', () => {
  it('switches the context that the pages are about', async () => {
    const { user, requests } = await openPage('Keys', {
      keys: [sampleKey(), sampleKey({ id: crypto.randomUUID(), contextId: stagingId, label: 'Staging key' })],
    });
    await screen.findByRole('button', { name: 'This computer' });
    await user.click(screen.getByRole('button', { name: /^Context: Production/ }));
    await user.click(await screen.findByRole('option', { name: /^Staging/ }));
    await screen.findByRole('button', { name: 'Staging key' });
    expect(requests('contexts.setCurrent')).toEqual([{ contextId: stagingId }]);
    await waitFor(() => {
      expect(screen.queryByRole('listbox')).toBeNull();
    });
    expect(screen.getByRole('button', { name: /^Context: Staging/ })).toBeDefined();
  });

  it('has a key for each page and for the lock', async () => {
    const { user, requests } = openWindow();
    await screen.findByRole('heading', { name: 'Status' });
    await user.keyboard('{Control>}7{/Control}');
    await screen.findByRole('heading', { name: 'Activity' });
    expect(screen.getByRole('link', { name: 'Activity' }).getAttribute('aria-current')).toBe('page');
    await user.keyboard('{Control>}l{/Control}');
    expect(requests('vault.lock')).toEqual([{ by: 'shortcut' }]);
  });

  it('remembers the collapsed sidebar and keeps the names of its buttons', async () => {
    const { user } = openWindow();
    await user.click(await screen.findByRole('button', { name: 'Collapse sidebar' }));
    expect(screen.getByRole('link', { name: 'Keys' })).toBeDefined();
    expect(screen.getByRole('button', { name: 'Expand sidebar' })).toBeDefined();
    expect(localStorage.getItem('keyhold.sidebar-collapsed')).toBe('true');
  });

  it('leaves the room of a narrow window to the page, until the sidebar is asked for', async () => {
    vi.spyOn(window, 'matchMedia').mockImplementation(
      (media) =>
        Object.assign(new EventTarget(), { media, matches: media.includes('max-width') }) as MediaQueryList,
    );
    const { user } = openWindow();
    await user.click(await screen.findByRole('button', { name: 'Expand sidebar' }));
    await user.click(await screen.findByRole('button', { name: 'Collapse sidebar' }));
    await screen.findByRole('button', { name: 'Expand sidebar' });
    expect(localStorage.getItem('keyhold.sidebar-collapsed'), 'wide windows keep theirs').toBe('false');
    vi.restoreAllMocks();
  });

  it('has the theme kept by the main process, which sets it for window and frame', async () => {
    const { user, requests } = openWindow();
    await user.click(await screen.findByRole('button', { name: 'Theme System' }));
    await user.click(await screen.findByRole('menuitemradio', { name: 'Dark' }));
    await screen.findByRole('button', { name: 'Theme Dark' });
    expect(requests('settings.change')).toEqual([{ theme: 'dark' }]);
  });

  it('says what to do next on every page while there is no context', async () => {
    const { user } = openWindow({ contexts: [], keys: [], registries: [] });
    for (const page of ['Status', 'Keys', 'Tokens', 'Registries']) {
      await user.click(await screen.findByRole('link', { name: page }));
      await screen.findByRole('heading', { name: page });
      expect(screen.getByRole('button', { name: 'Add context' })).toBeDefined();
    }
  });
});

describe('status', () => {
  it('names the cure for a key that the service does not know', async () => {
    const { user, world } = openWindow({
      contexts: [
        sampleContext({ signIn: sampleSignIn('not_accepted') }),
        sampleContext({ id: stagingId, name: 'Staging', current: false }),
      ],
    });
    await user.click(await screen.findByRole('button', { name: 'Remove and add again…' }));
    const dialog = await screen.findByRole('dialog');
    await fill(user, within(dialog).getByLabelText('Type Production to confirm'), 'Production');
    await user.click(within(dialog).getByRole('button', { name: 'Remove and add again' }));
    await screen.findByRole('heading', { name: 'Add context' });
    expect(screen.getByLabelText('Service address')).toHaveProperty('value', 'https://registry.acme.example');
    expect(world.contexts.map(({ id }) => id)).toEqual([stagingId]);
  });

  it('tries again when the service could not be reached', async () => {
    const { user, world, emit } = openWindow({
      contexts: [sampleContext({ signIn: sampleSignIn('unreachable') })],
    });
    await screen.findByText('The service cannot be reached');
    world.contexts = [sampleContext()];
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    act(() => {
      emit('signInChanged');
    });
    await screen.findByRole('heading', { name: 'Signed in as Ada Lindqvist' });
  });

  it('explains a refusal that is not about the key', async () => {
    openWindow({ contexts: [sampleContext({ signIn: sampleSignIn('refused') })] });
    expect(await screen.findByText('The service refused the sign-in')).toBeDefined();
  });
});

describe('removing a context', () => {
  it('says what is lost and asks for the name, because the key cannot be brought back', async () => {
    const { user, requests } = openWindow();
    await user.click(await screen.findByRole('button', { name: 'Remove context…' }));
    const dialog = await screen.findByRole('dialog', { name: 'Remove “Production”?' });
    expect(within(dialog).getByText(/which cannot be brought back/)).toBeDefined();
    const remove = within(dialog).getByRole('button', { name: 'Remove context' });
    expect(remove.getAttribute('aria-disabled')).toBe('true');
    await fill(user, within(dialog).getByLabelText('Type Production to confirm'), 'production');
    expect(remove.getAttribute('aria-disabled')).toBe('true');
    await fill(user, within(dialog).getByLabelText('Type Production to confirm'), 'Production');
    await user.click(remove);
    await screen.findByText('Removed “Production”');
    expect(requests('contexts.remove')).toEqual([{ contextId: productionId }]);
    expect(screen.getByRole('button', { name: /^Context: Staging/ })).toBeDefined();
  });

  it('asks for no name while the key was never registered', async () => {
    const { user } = openWindow({ contexts: [sampleContext({ state: 'pending' })] });
    await user.click(await screen.findByRole('button', { name: 'Remove context…' }));
    await user.click(
      within(await screen.findByRole('dialog')).getByRole('button', { name: 'Remove context' }),
    );
    await screen.findByRole('heading', { name: 'Add your first context' });
  });

  it('keeps the dialog and says why when it fails', async () => {
    const { user } = openWindow({
      contexts: [sampleContext({ state: 'pending' })],
      failures: { 'contexts.remove': { code: 'storage_failed' } },
    });
    await user.click(await screen.findByRole('button', { name: 'Remove context…' }));
    const dialog = await screen.findByRole('dialog');
    await user.click(within(dialog).getByRole('button', { name: 'Remove context' }));
    expect((await within(dialog).findByRole('alert')).textContent).toContain(
      'Keyhold could not use its files',
    );
  });
});

describe('keys', () => {
  it('shows short fingerprints, and the whole of one with its key id in a sheet', async () => {
    const { user } = await openPage('Keys');
    await screen.findByText('SHA256:9Jq2b1…6UvM');
    await user.click(screen.getByRole('button', { name: 'This computer' }));
    const sheet = await screen.findByRole('dialog', { name: 'This computer' });
    expect(within(sheet).getByText(sampleKey().fingerprint)).toBeDefined();
    expect(within(sheet).getByText(sampleKey().kid)).toBeDefined();
  });
});
