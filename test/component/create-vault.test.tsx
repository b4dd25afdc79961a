import { act, screen, waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { recoveryCodeId, recoveryCodeText } from '../support/samples.ts';
import { fill, openWindow, type OpenWindow } from './open-window.tsx';

async function create(passphrase: string, repeat: string, facts = {}): Promise<OpenWindow> {
  const opened = openWindow({ vault: { state: 'missing', retryAfterMs: 0 }, contexts: [], ...facts });
  await screen.findByRole('heading', { name: 'Create your vault' });
  if (passphrase !== '') await fill(opened.user, screen.getByLabelText('Passphrase'), passphrase);
  if (repeat !== '') await fill(opened.user, screen.getByLabelText('Repeat passphrase'), repeat);
  await opened.user.click(screen.getByRole('button', { name: 'Create vault' }));
  return opened;
}

describe('first start', () => {
  it('says that nobody can reset the passphrase, and offers no keychain where there is none', async () => {
    const { requests } = openWindow({ vault: { state: 'missing', retryAfterMs: 0 } });
    expect(await screen.findByText('Nobody can reset it.')).toBeDefined();
    expect(document.documentElement.dataset['ready']).toBe('create');
    await waitFor(() => {
      expect(requests('vault.keychain')).toHaveLength(1);
    });
    expect(screen.queryByRole('checkbox')).toBeNull();
  });

  it('refuses a short passphrase at the field, without a call', async () => {
    const { requests } = await create('nine char', 'nine char');
    expect((await screen.findByRole('alert')).textContent).toBe('Use 10 characters or more.');
    expect(document.activeElement).toBe(screen.getByLabelText('Passphrase'));
    expect(requests('vault.create')).toEqual([]);
  });

  it('counts characters as people do, not code units', async () => {
    const { requests } = await create('🔑🔑🔑🔑🔑', '🔑🔑🔑🔑🔑');
    await screen.findByRole('alert');
    expect(requests('vault.create')).toEqual([]);
  });

  it('refuses a repetition that differs, at its field', async () => {
    const { requests } = await create('long enough to pass', 'long enough to past');
    expect((await screen.findByRole('alert')).textContent).toBe('The two passphrases differ.');
    expect(document.activeElement).toBe(screen.getByLabelText('Repeat passphrase'));
    expect(requests('vault.create')).toEqual([]);
  });

  it('takes a repetition that is the same in another spelling', async () => {
    const text = 'pl\u00fcm anch\u00f6r v\u00e9lvet';
    const { requests } = await create(text, text.normalize('NFD').replaceAll(' ', '\u00a0'));
    await waitFor(() => {
      expect(requests('vault.create')).toHaveLength(1);
    });
  });

  it('counts a letter and its accent as one character', async () => {
    const nine = '\u00e4\u00f6\u00fc'.repeat(3).normalize('NFD');
    const { requests } = await create(nine, nine);
    expect((await screen.findByRole('alert')).textContent).toBe('Use 10 characters or more.');
    expect(requests('vault.create')).toEqual([]);
  });

  it('takes a complaint back as soon as something is typed', async () => {
    const { user } = await create('short', 'short');
    await screen.findByRole('alert');
    await user.type(screen.getByLabelText('Passphrase'), '!');
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('weighs the passphrase once typing pauses', async () => {
    const { user, requests } = openWindow({
      vault: { state: 'missing', retryAfterMs: 0 },
      strength: { score: 1, hint: 'common' },
    });
    await screen.findByRole('heading', { name: 'Create your vault' });
    const meter = screen.getByRole('meter', { name: 'Strength' });
    expect(meter.getAttribute('aria-valuetext')).toBe('No passphrase yet');
    await user.type(screen.getByLabelText('Passphrase'), 'password12');
    await waitFor(() => {
      expect(meter.getAttribute('aria-valuetext')).toBe('Weak');
    });
    expect(screen.getByText(/among the first that are tried/)).toBeDefined();
    expect(requests('vault.strength')).toEqual([{ passphrase: 'password12' }]);
    await user.clear(screen.getByLabelText('Passphrase'));
    await waitFor(() => {
      expect(meter.getAttribute('aria-valuetext')).toBe('No passphrase yet');
    });
  });

  it('says at the field that main finds the passphrase too weak', async () => {
    await create('password12', 'password12', {
      failures: { 'vault.create': { code: 'passphrase_too_weak', details: { hint: 'common' } } },
    });
    expect((await screen.findByRole('alert')).textContent).toBe('The passphrase is too easy to guess.');
    expect(document.activeElement).toBe(screen.getByLabelText('Passphrase'));
  });

  it('creates the vault and goes on to the recovery code, which is let go of once it is stored', async () => {
    const { requests, user } = await create('long enough to pass', 'long enough to pass');
    await screen.findByRole('heading', { name: 'Store your recovery code' });
    expect(document.documentElement.dataset['ready']).toBe('recovery');
    expect(requests('vault.create')).toEqual([{ passphrase: 'long enough to pass', keychain: false }]);
    expect(screen.queryByText(recoveryCodeText)).toBeNull();
    await user.click(screen.getByRole('button', { name: 'I have stored the code' }));
    await screen.findByRole('heading', { name: 'Add your first context' });
    expect(requests('slots.forgetCode')).toEqual([{ codeId: recoveryCodeId }]);
    expect(requests('slots.remove')).toEqual([]);
  });

  it.each([true, false])('offers the keychain where there is one; wanted: %s', async (wanted) => {
    const { user, requests } = openWindow({
      vault: { state: 'missing', retryAfterMs: 0 },
      keychain: 'gnome_libsecret',
    });
    const box = await screen.findByRole('checkbox', { name: 'Unlock with the system keychain' });
    expect(box).toHaveProperty('checked', true);
    if (!wanted) await user.click(box);
    await fill(user, screen.getByLabelText('Passphrase'), 'long enough to pass');
    await fill(user, screen.getByLabelText('Repeat passphrase'), 'long enough to pass');
    await user.click(screen.getByRole('button', { name: 'Create vault' }));
    await screen.findByRole('heading', { name: 'Store your recovery code' });
    expect(requests('vault.create')).toEqual([{ passphrase: 'long enough to pass', keychain: wanted }]);
  });

  it('removes the code of those who go on without one, after saying what that means', async () => {
    const { requests, user, world } = await create('long enough to pass', 'long enough to pass');
    await user.click(await screen.findByRole('button', { name: 'Continue without a recovery code' }));
    expect(screen.getByText(/Then only the passphrase opens the vault/)).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'Back to the code' }));
    await user.click(await screen.findByRole('button', { name: 'Continue without a recovery code' }));
    expect(requests('slots.remove')).toEqual([]);
    await user.click(screen.getByRole('button', { name: 'Continue without a code' }));
    await screen.findByRole('heading', { name: 'Add your first context' });
    expect(requests('slots.remove')).toEqual([{ kind: 'recovery' }]);
    expect(world.slots.map(({ kind }) => kind)).toEqual(['passphrase']);
  });

  it('asks for the passphrase when the vault is locked before the code was stored', async () => {
    const { world, emit, user } = await create('long enough to pass', 'long enough to pass');
    await screen.findByRole('heading', { name: 'Store your recovery code' });
    world.vault.state = 'locked';
    act(() => {
      emit('vaultChanged');
    });
    await screen.findByRole('heading', { name: 'Unlock your vault' });
    await user.type(screen.getByLabelText('Passphrase'), 'long enough to pass{enter}');
    await screen.findByRole('heading', { name: 'Add your first context' });
  });

  it('says when a vault is there already', async () => {
    await create('long enough to pass', 'long enough to pass', {
      failures: { 'vault.create': { code: 'vault_exists' } },
    });
    expect((await screen.findByRole('alert')).textContent).toContain(
      'There is a vault on this computer already',
    );
  });
});
