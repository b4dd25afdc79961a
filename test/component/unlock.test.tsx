import { act, fireEvent, screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { World } from '../support/world.ts';
import { openWindow, passTime, type OpenWindow } from './open-window.tsx';

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
    expect(screen.getByRole('button', { name: 'Unlock' }).getAttribute('aria-disabled')).toBe('true');
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

describe('the system keychain', () => {
  const offered = { state: 'locked', retryAfterMs: 0, keychain: 'offered' } as const;

  it('is asked by itself right after the start', async () => {
    const { requests } = openWindow({ vault: { ...offered, keychain: 'automatic' } });
    await screen.findByRole('heading', { name: 'Status' });
    expect(requests('vault.unlockWithKeychain')).toHaveLength(1);
    expect(requests('vault.unlock')).toEqual([]);
  });

  it('is asked on a click only after that', async () => {
    const { user, requests } = openWindow({ vault: { ...offered } });
    const button = await screen.findByRole('button', { name: 'Unlock with the system keychain' });
    expect(requests('vault.unlockWithKeychain')).toEqual([]);
    await user.click(button);
    await screen.findByRole('heading', { name: 'Status' });
  });

  it.each([
    ['unavailable', 'The system keychain does not answer'],
    ['changed', 'The system keychain is another one than before'],
    ['lost', 'The system keychain no longer holds the key to this vault'],
  ] as const)(
    'that is %s is named as the reason why the passphrase is asked for',
    async (keychain, title) => {
      const { user } = openWindow({
        vault: { ...offered, keychain: 'automatic' },
        failures: { 'vault.unlockWithKeychain': { code: 'keychain_failed', details: { keychain } } },
      });
      expect(await screen.findByText(title)).toBeDefined();
      expect(screen.getByText(/passphrase/, { selector: 'div' })).toBeDefined();
      expect(document.activeElement).toBe(field());
      await user.type(field(), 'right{enter}');
      await screen.findByRole('heading', { name: 'Status' });
    },
  );

  it('that lets wait does not keep the passphrase from being typed', async () => {
    const { user } = openWindow({
      vault: { ...offered, keychain: 'automatic' },
      hanging: ['vault.unlockWithKeychain'],
    });
    await screen.findByRole('button', { name: 'Asking the system keychain…' });
    await user.type(field(), 'right{enter}');
    await screen.findByRole('heading', { name: 'Status' });
  });
});

describe('the recovery code', () => {
  const forgotten = { state: 'locked', retryAfterMs: 0, recovery: true } as const;

  async function recover(facts: Partial<World> = {}): Promise<OpenWindow> {
    const opened = openWindow({ vault: { ...forgotten }, ...facts });
    const { user } = opened;
    await user.click(await screen.findByRole('button', { name: 'Forgot passphrase?' }));
    await user.type(screen.getByLabelText('Recovery code'), ' 04hm asw9 ');
    await user.type(screen.getByLabelText('New passphrase'), 'long enough to pass');
    await user.type(screen.getByLabelText('Repeat new passphrase'), 'long enough to pass');
    await user.click(screen.getByRole('button', { name: 'Open vault and set passphrase' }));
    return opened;
  }

  it('is not offered where there is none', async () => {
    openWindow({ vault: { ...locked.vault } });
    await screen.findByRole('button', { name: 'Unlock' });
    expect(screen.queryByRole('button', { name: 'Forgot passphrase?' })).toBeNull();
  });

  it('opens the vault and sets a new passphrase; main gets it as it was typed', async () => {
    const { requests } = await recover();
    await screen.findByRole('heading', { name: 'Status' });
    expect(requests('vault.recover')).toEqual([{ code: ' 04hm asw9 ', passphrase: 'long enough to pass' }]);
  });

  it('with a typing mistake is complained about at its field', async () => {
    const { user } = await recover({ failures: { 'vault.recover': { code: 'recovery_code_mistyped' } } });
    expect((await screen.findByRole('alert')).textContent).toContain(
      'There is a typing mistake in the code.',
    );
    expect(document.activeElement).toBe(screen.getByLabelText('Recovery code'));
    await user.type(screen.getByLabelText('Recovery code'), 'x');
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('of another vault makes the next try wait', async () => {
    await recover({
      failures: { 'vault.recover': { code: 'wrong_recovery_code', details: { retryAfterMs: 4000 } } },
    });
    expect((await screen.findByRole('alert')).textContent).toBe(
      'The code does not open this vault. Next try in 4 s.',
    );
    const open = screen.getByRole('button', { name: 'Open vault and set passphrase' });
    expect(open.getAttribute('aria-disabled')).toBe('true');
  });

  it('complains about a weak new passphrase at that field', async () => {
    await recover({
      failures: { 'vault.recover': { code: 'passphrase_too_weak', details: { hint: 'common' } } },
    });
    expect((await screen.findByRole('alert')).textContent).toBe('The passphrase is too easy to guess.');
    expect(document.activeElement).toBe(screen.getByLabelText('New passphrase'));
  });

  it('can be left for the passphrase again', async () => {
    const { user } = openWindow({ vault: { ...forgotten } });
    await user.click(await screen.findByRole('button', { name: 'Forgot passphrase?' }));
    expect(document.documentElement.dataset['ready']).toBe('recover');
    await user.click(screen.getByRole('button', { name: 'Back to the passphrase' }));
    expect(document.activeElement).toBe(field());
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
