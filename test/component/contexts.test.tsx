import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { productionId, sampleContext, sampleRegistry, stagingId, notSetUp } from '../support/samples.ts';
import { fill, openPage, openWindow, type OpenWindow } from './open-window.tsx';

describe('editing a context', () => {
  async function openSheet(facts: Parameters<typeof openWindow>[0] = {}): Promise<OpenWindow> {
    const opened = openWindow(facts);
    await opened.user.click(await screen.findByRole('button', { name: 'Edit' }));
    await screen.findByRole('dialog', { name: 'Edit context' });
    return opened;
  }

  it('changes name, label and colour, and shows them where contexts are chosen', async () => {
    const { user, requests } = await openSheet();
    await fill(user, screen.getByLabelText('Name'), ' Live ');
    await fill(user, screen.getByLabelText('Label'), 'prod');
    await user.click(screen.getByRole('radio', { name: 'Red' }));
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await screen.findByText('Saved “Live”');
    expect(requests('contexts.edit')).toEqual([
      { contextId: productionId, name: 'Live', label: 'prod', colour: 'red' },
    ]);
    expect(await screen.findByRole('button', { name: /^Context: Live prod/ })).toBeDefined();
  });

  it('takes a label away, and chooses a colour by the keyboard', async () => {
    const { user, requests } = await openSheet({ contexts: [sampleContext({ label: 'prod' })] });
    await user.clear(screen.getByLabelText('Label'));
    screen.getByRole('radio', { name: 'Indigo' }).focus();
    await user.keyboard('{ArrowRight}');
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await screen.findByText('Saved “Production”');
    expect(requests('contexts.edit')).toMatchObject([{ label: null, colour: 'blue' }]);
  });

  it('says at the field what is wrong with it', async () => {
    const { user, world, requests } = await openSheet();
    await user.clear(screen.getByLabelText('Name'));
    await user.click(screen.getByRole('button', { name: 'Save' }));
    expect(screen.getByText('Enter a name for the context.')).toBeDefined();
    expect(requests('contexts.edit')).toEqual([]);
    await fill(user, screen.getByLabelText('Name'), 'Production');
    await fill(user, screen.getByLabelText('Label'), '<b>');
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await screen.findByText(/^Start with a letter or digit/);
    expect(screen.getByLabelText('Label').getAttribute('aria-invalid')).toBe('true');
    await fill(user, screen.getByLabelText('Label'), 'prod');
    world.failures = { 'contexts.edit': { code: 'name_taken' } };
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await screen.findByText('Another context has that name. Choose a different one.');
    expect(screen.getByLabelText('Name').getAttribute('aria-invalid')).toBe('true');
  });
});

/** The option that the search field names as the active one; it must be drawn to be found. */
function activeOption(): HTMLElement | null {
  const id = screen.getByRole('combobox').getAttribute('aria-activedescendant');
  return id === null ? null : document.getElementById(id);
}

describe('the context switcher', () => {
  it('opens by its key and switches by the keyboard', async () => {
    const { user, requests } = openWindow();
    await screen.findByRole('heading', { name: 'Status' });
    await user.keyboard('{Control>}j{/Control}');
    const search = await screen.findByRole('combobox', { name: 'Search contexts' });
    await waitFor(() => {
      expect(document.activeElement).toBe(search);
    });
    await waitFor(() => {
      expect(activeOption()?.textContent).toContain('Production');
    });
    await user.keyboard('{ArrowDown}{Enter}');
    await screen.findByRole('button', { name: /^Context: Staging/ });
    expect(requests('contexts.setCurrent')).toEqual([{ contextId: stagingId }]);
  });

  it('says which contexts are signed out', async () => {
    const { user } = openWindow({ contexts: [sampleContext({ state: 'signed_out' })] });
    await user.click(await screen.findByRole('button', { name: /^Context: .* signed out$/ }));
    expect(await screen.findByRole('option', { name: /^Production Signed out/ })).toBeDefined();
    expect(screen.queryByRole('button', { name: 'Sign out of all…' })).toBeNull();
  });
});

describe('the switcher with ten thousand contexts', () => {
  const contexts = Array.from({ length: 10_000 }, (_, index) =>
    sampleContext({
      id: crypto.randomUUID(),
      name: `Cluster ${String(index)}`,
      host: `registry-${String(index)}.acme.example`,
      current: index === 5000,
    }),
  );
  const last = contexts.at(-1);

  async function openSwitcher(): Promise<OpenWindow> {
    const opened = openWindow({ contexts });
    await screen.findByRole('heading', { name: 'Status' });
    await opened.user.keyboard('{Control>}j{/Control}');
    const search = await screen.findByRole('combobox', { name: 'Search contexts' });
    await waitFor(() => {
      expect(document.activeElement).toBe(search);
    });
    await screen.findAllByRole('option');
    return opened;
  }

  it('reads none of them for the first screen but the current one', async () => {
    const { requests } = openWindow({ contexts });
    await screen.findByRole('button', { name: /^Context: Cluster 5000/ });
    await screen.findByRole('heading', { name: 'Signed in as Ada Lindqvist' });
    expect(requests('contexts.current')).toHaveLength(1);
    expect(requests('contexts.list')).toEqual([]);
  });

  it('draws a window of them around the current one and says where in the list each is', async () => {
    await openSwitcher();
    const options = screen.getAllByRole('option');
    expect(options.length).toBeGreaterThan(5);
    expect(options.length).toBeLessThan(60);
    expect(activeOption()?.textContent).toContain('Cluster 5000');
    expect(activeOption()?.getAttribute('aria-posinset')).toBe('5001');
    expect(activeOption()?.getAttribute('aria-setsize')).toBe('10000');
    expect(activeOption()?.getAttribute('aria-selected')).toBe('true');
  });

  it('goes to both ends and back by the keyboard, page by page, and not beyond', async () => {
    const { user } = await openSwitcher();
    const place = (): string | null | undefined => activeOption()?.getAttribute('aria-posinset');
    for (const [keys, expected] of [
      ['{End}', '10000'],
      ['{ArrowDown}', '10000'],
      ['{PageUp}', '9992'],
      ['{Home}', '1'],
      ['{ArrowUp}', '1'],
      ['{PageDown}', '9'],
      ['{ArrowUp}', '8'],
    ] as const) {
      await user.keyboard(keys);
      await waitFor(() => {
        expect(place()).toBe(expected);
      });
    }
  });

  it('finds the last by any of its words and switches to it', async () => {
    const { user, requests } = await openSwitcher();
    await user.paste('ACME 9999');
    await screen.findByText(/^1 of 10,000/);
    expect(screen.getAllByRole('option')).toHaveLength(1);
    await user.keyboard('{Enter}');
    await screen.findByRole('button', { name: /^Context: Cluster 9999/ });
    expect(requests('contexts.setCurrent')).toEqual([{ contextId: last?.id }]);
    await waitFor(() => {
      expect(screen.queryByRole('listbox')).toBeNull();
    });
  });

  it('says when none has the words, and Enter does nothing then', async () => {
    const { user, requests } = await openSwitcher();
    await user.keyboard('no such cluster{Enter}');
    await screen.findByText('No context has that in its name or host.');
    expect(screen.getByRole('combobox').getAttribute('aria-activedescendant')).toBeNull();
    expect(requests('contexts.setCurrent')).toEqual([]);
    await user.keyboard('{Escape}');
    await waitFor(() => {
      expect(screen.queryByRole('combobox')).toBeNull();
    });
  });
});

describe('signing out', () => {
  async function signOut(facts: Parameters<typeof openWindow>[0] = {}): Promise<OpenWindow> {
    const opened = openWindow(facts);
    await opened.user.click(await screen.findByRole('button', { name: 'Sign out…' }));
    const dialog = await screen.findByRole('dialog', { name: 'Sign out of “Production”?' });
    expect(within(dialog).getByText(/deleted from this computer and cannot be brought back/)).toBeDefined();
    await opened.user.click(within(dialog).getByRole('button', { name: 'Sign out' }));
    return opened;
  }

  it('reports what was done and leaves the way to sign in again', async () => {
    const { user, requests } = await signOut();
    const dialog = await screen.findByRole('dialog', { name: 'Signed out' });
    expect(within(dialog).getByText('Nothing is left to do.')).toBeDefined();
    expect(within(dialog).getByText(/^Key “This computer” .* revoked by Acme Registry\.$/)).toBeDefined();
    expect(
      within(dialog).getByText('Podman no longer asks Keyhold for registry.acme.example.'),
    ).toBeDefined();
    expect(within(dialog).queryByRole('button', { name: /Open dashboard/ })).toBeNull();
    expect(requests('signOut.run')).toEqual([{ contextId: productionId }]);
    await user.click(within(dialog).getByRole('button', { name: 'Done' }));
    await user.click(await screen.findByRole('button', { name: 'Sign in with a new key' }));
    await screen.findByRole('heading', { name: 'Register key' });
    expect(requests('signOut.signInAgain')).toEqual([{ contextId: productionId, keyLabel: 'This computer' }]);
  });

  it('says what could not be done and offers the dashboard for it', async () => {
    const { user, requests } = await signOut({
      signOut: { revocations: ['unreachable'], left: ['failed'], stuck: [] },
    });
    await screen.findByText('Signed out, with something left to do');
    expect(screen.getByText(/could not be reached\. Revoke it on the dashboard/)).toBeDefined();
    expect(screen.getByText(/could not be undone\. Repair or free Podman’s auth file/)).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'Open dashboard of Production' }));
    expect(requests('contexts.openDashboard')).toEqual([{ contextId: productionId }]);
  });

  it('says when a context is still signed in', async () => {
    await signOut({ signOut: { revocations: ['revoked'], left: ['none'], stuck: [productionId] } });
    await screen.findByText('1 context is still signed in');
    expect(screen.getByText(/the private key is still here/)).toBeDefined();
  });

  it('keeps the question open when it fails as a whole', async () => {
    await signOut({ failures: { 'signOut.run': { code: 'storage_failed' } } });
    const dialog = await screen.findByRole('dialog', { name: 'Sign out of “Production”?' });
    expect((await within(dialog).findByRole('alert')).textContent).toContain('could not use its files');
  });

  it('of all shows how far it is and can be cancelled', async () => {
    const { user, emit, requests } = openWindow({ hanging: ['signOut.run'] });
    await user.click(await screen.findByRole('button', { name: /^Context:/ }));
    await user.click(await screen.findByRole('button', { name: 'Sign out of all…' }));
    await user.click(await screen.findByRole('button', { name: 'Sign out of all' }));
    const bar = await screen.findByRole('progressbar', { name: 'Contexts signed out' });
    act(() => {
      emit('signOutProgress', { done: 1, total: 2, current: ['Staging'] });
    });
    expect(screen.getByText('1 of 2')).toBeDefined();
    expect(bar.getAttribute('aria-valuenow')).toBe('1');
    expect(screen.getByText('Signing out of Staging…')).toBeDefined();
    await user.keyboard('{Escape}');
    expect(screen.getByRole('dialog', { name: 'Signing out' })).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'Cancel the rest' }));
    expect(screen.getByText('Finishing Staging…')).toBeDefined();
    expect(requests('signOut.cancel')).toHaveLength(1);
    expect(requests('signOut.run')).toEqual([{ contextId: null }]);
  });

  it('of ten thousand draws those in sight, before and after', async () => {
    const contexts = Array.from({ length: 10_000 }, (_, index) =>
      sampleContext({ id: crypto.randomUUID(), name: `Cluster ${String(index)}`, current: index === 0 }),
    );
    const { user } = openWindow({ contexts });
    await user.click(await screen.findByRole('button', { name: /^Context:/ }));
    await user.click(await screen.findByRole('button', { name: 'Sign out of all…' }));
    const chosen = within(await screen.findByRole('region', { name: 'Contexts to sign out of' }));
    expect(screen.getByText('For each of these 10,000 contexts:')).toBeDefined();
    const [first, ...more] = chosen.getAllByRole('listitem');
    expect(first?.textContent).toContain('Cluster 0');
    expect(first?.getAttribute('aria-setsize')).toBe('10000');
    expect(more.length).toBeLessThan(60);
    await user.click(screen.getByRole('button', { name: 'Sign out of all' }));
    await screen.findByText('Signed out of 10,000 contexts');
    const done = within(screen.getByRole('region', { name: 'What was done' }));
    expect(done.getAllByRole('listitem').length).toBeLessThan(60);
    expect(done.getByRole('region', { name: 'Cluster 0' })).toBeDefined();
  });

  it('leaves pages that say what is missing', async () => {
    const { user } = openWindow({ contexts: [sampleContext({ state: 'signed_out' })], keys: [] });
    for (const page of ['Status', 'Keys', 'Tokens']) {
      await user.click(await screen.findByRole('link', { name: page }));
      await screen.findByRole('heading', { level: 1, name: page });
      expect(screen.getByRole('button', { name: 'Sign in with a new key' })).toBeDefined();
    }
  });
});

it('a signed-out context offers no set-up of its registry, but the undo that failed', async () => {
  const facts = (canUndo: boolean): Parameters<typeof openPage>[1] => ({
    contexts: [sampleContext({ state: 'signed_out' })],
    registries: [sampleRegistry({ ...(canUndo ? {} : notSetUp()), answers: 'nobody' })],
  });
  const { world, emit } = await openPage('Registries', facts(false));
  await screen.findByText('Signed out');
  expect(screen.queryByRole('button', { name: /^Set up/ })).toBeNull();
  Object.assign(world, facts(true));
  act(() => {
    emit('registriesChanged');
  });
  await screen.findByRole('button', { name: /^Undo Podman/ });
  await screen.findByRole('button', { name: /^Undo Docker/ });
});

describe('two accounts on one registry', () => {
  it('are told apart, and the other one is taken on request', async () => {
    const host = 'registry.acme.example';
    const { user, requests } = await openPage('Registries', {
      contexts: [
        sampleContext(),
        sampleContext({ id: stagingId, name: 'Bot', userId: 'bot:acme/ci', current: false }),
      ],
      registries: [
        sampleRegistry({ host }),
        sampleRegistry({ host, contextId: stagingId, contextName: 'Bot', answers: 'other' }),
      ],
    });
    const row = async (name: string): Promise<HTMLElement> =>
      screen.findByRole('row', { name: new RegExp(name) });
    expect(within(await row('bot:acme/ci')).getByText('Production answers for this host')).toBeDefined();
    expect(within(await row('u_42')).getByRole('button', { name: /^Undo Podman/ })).toBeDefined();
    await user.click(screen.getByRole('button', { name: /^Use this account: Bot/ }));
    await screen.findByText('Bot answers for registry.acme.example');
    expect(requests('registries.use')).toEqual([{ contextId: stagingId }]);
    await waitFor(() => {
      expect(screen.queryByRole('button', { name: /^Use this account: Bot/ })).toBeNull();
    });
    // Its button is gone: the keyboard stays in the table.
    expect(document.activeElement?.closest('table')).toBe(screen.getByRole('table', { name: 'Registries' }));
    expect(requests('contexts.setCurrent'), 'which one is looked at stays').toEqual([]);
    await waitFor(async () => {
      expect(within(await row('u_42')).getByText('Bot answers for this host')).toBeDefined();
    });
  });

  it.each<['signed_out' | 'pending', string]>([
    ['signed_out', 'Bot is chosen, and it is signed out'],
    ['pending', 'Bot is chosen, and its key is not registered'],
  ])('are answered by nothing where the chosen one is %s, and every page says so', async (state, words) => {
    const host = 'registry.acme.example';
    const { user } = await openPage('Registries', {
      contexts: [
        sampleContext(),
        sampleContext({ id: stagingId, name: 'Bot', userId: 'bot:acme/ci', current: false, state }),
      ],
      registries: [
        sampleRegistry({ host, answers: 'other' }),
        sampleRegistry({ host, contextId: stagingId, contextName: 'Bot' }),
      ],
    });
    const row = await screen.findByRole('row', { name: /u_42/ });
    await within(row).findByText(`Nothing answers for this host: ${words}`);
    await user.click(screen.getByRole('link', { name: 'Status' }));
    await screen.findByText(`Not now: ${words}`);
  });
});
