import { act, fireEvent, screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { openWindow, passTime } from './open-window.tsx';

const locked = { vault: { state: 'locked', retryAfterMs: 0 } } as const;
const field = (): HTMLInputElement => screen.getByLabelText('Passphrase');

describe('unlock screen', () => {
  it('has the focus in the passphrase field and says on the document that it is ready', async () => {
    openWindow({ vault: { ...locked.vault } });
    await screen.findByRole('button', { name: 'Unlock' });
    expect(document.activeElement).toBe(field());
    expect(document.documentElement.dataset['ready']).toBe('unlock');
  });

  it('sends the passphrase as it was typed, empties the field and shows the app', async () => {
    const { user, requests } = openWindow({ vault: { ...locked.vault } });
    await screen.findByRole('button', { name: 'Unlock' });
    const input = field();
    await user.type(input, '  a passphrase with spaces {enter}');
    await screen.findByRole('heading', { name: 'Status' });
    expect(requests('vault.unlock')).toEqual([{ passphrase: '  a passphrase with spaces ' }]);
    expect(input.value).toBe('');
    expect(document.documentElement.dataset['ready']).toBe('shell');
  });

  it('counts down after a wrong passphrase and takes the next try only then', async () => {
    const { user, world, requests } = openWindow({
      vault: { ...locked.vault },
      failures: { 'vault.unlock': { code: 'wrong_passphrase', details: { retryAfterMs: 4000 } } },
    });
    await screen.findByRole('button', { name: 'Unlock' });
    await user.type(field(), 'wrong{enter}');
    expect((await screen.findByRole('alert')).textContent).toBe('Wrong passphrase. Next try in 4 s.');
    expect(screen.getByRole('button', { name: 'Unlock' })).toHaveProperty('disabled', true);
    expect(document.activeElement).toBe(field());

    await user.type(field(), 'too soon{enter}');
    expect(requests('vault.unlock')).toHaveLength(1);

    passTime(2);
    await screen.findByText('Wrong passphrase. Next try in 2 s.');
    passTime(3);
    await screen.findByText('Wrong passphrase. Try again.');
    world.failures = {};
    await user.type(field(), ' right{enter}');
    await screen.findByRole('heading', { name: 'Status' });
  });

  it('says at once how long the next try has to wait from before', async () => {
    openWindow({ vault: { state: 'locked', retryAfterMs: 8000 } });
    expect((await screen.findByRole('alert')).textContent).toBe('Next try in 8 s.');
  });

  it('says what to do when the vault cannot be read at unlock', async () => {
    const { user } = openWindow({
      vault: { ...locked.vault },
      failures: { 'vault.unlock': { code: 'vault_damaged' } },
    });
    await screen.findByRole('button', { name: 'Unlock' });
    await user.type(field(), 'anything{enter}');
    expect((await screen.findByRole('alert')).textContent).toContain('The vault file is damaged');
  });

  it('warns of Caps Lock and shows the passphrase on request', async () => {
    const { user } = openWindow({ vault: { ...locked.vault } });
    await screen.findByRole('button', { name: 'Unlock' });
    fireEvent.keyDown(field(), { key: 'A', modifierCapsLock: true });
    expect(screen.getByText('Caps Lock is on.')).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'Show passphrase' }));
    expect(field().type).toBe('text');
  });

  it('takes the place of the app when the vault locks', async () => {
    const { world, emit } = openWindow();
    await screen.findByRole('heading', { name: 'Status' });
    world.vault.state = 'locked';
    act(() => {
      emit('vaultChanged');
    });
    await screen.findByRole('heading', { name: 'Unlock your vault' });
    expect(screen.queryByText('Production')).toBeNull();
  });
});

describe('vault that cannot be opened', () => {
  it.each([
    ['damaged', 'The vault file is damaged'],
    ['newer', 'This vault needs a newer Keyhold'],
  ] as const)(
    'a %s one is explained, is said to be untouched, and is looked at again',
    async (state, title) => {
      const { user, world } = openWindow({ vault: { state, retryAfterMs: 0 } });
      await screen.findByRole('heading', { name: title });
      expect(screen.getByText(/nothing was changed or deleted/)).toBeDefined();
      world.vault.state = 'locked';
      await user.click(screen.getByRole('button', { name: 'Check again' }));
      await screen.findByRole('heading', { name: 'Unlock your vault' });
    },
  );

  it('an unreadable state is told, and asked for again', async () => {
    const { user, world } = openWindow({ failures: { 'vault.status': { code: 'storage_failed' } } });
    expect((await screen.findByRole('alert')).textContent).toContain('Keyhold could not use its files');
    world.failures = {};
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    await screen.findByRole('heading', { name: 'Status' });
  });
});
