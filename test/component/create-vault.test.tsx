import { screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { openWindow, type OpenWindow } from './open-window.tsx';

async function create(passphrase: string, repeat: string, facts = {}): Promise<OpenWindow> {
  const opened = openWindow({ vault: { state: 'missing', retryAfterMs: 0 }, contexts: [], ...facts });
  await screen.findByRole('heading', { name: 'Create your vault' });
  if (passphrase !== '') await opened.user.type(screen.getByLabelText('Passphrase'), passphrase);
  if (repeat !== '') await opened.user.type(screen.getByLabelText('Repeat passphrase'), repeat);
  await opened.user.click(screen.getByRole('button', { name: 'Create vault' }));
  return opened;
}

describe('first start', () => {
  it('says that the passphrase cannot be recovered', async () => {
    openWindow({ vault: { state: 'missing', retryAfterMs: 0 } });
    expect(await screen.findByText('It cannot be recovered.')).toBeDefined();
    expect(document.documentElement.dataset['ready']).toBe('create');
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

  it('takes a complaint back as soon as something is typed', async () => {
    const { user } = await create('short', 'short');
    await screen.findByRole('alert');
    await user.type(screen.getByLabelText('Passphrase'), '!');
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('creates the vault and says what to do next', async () => {
    const { requests } = await create('long enough to pass', 'long enough to pass');
    await screen.findByRole('heading', { name: 'Add your first context' });
    expect(requests('vault.create')).toEqual([{ passphrase: 'long enough to pass' }]);
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
