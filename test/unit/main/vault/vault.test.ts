import { afterEach, describe, expect, it } from 'vitest';
import {
  addContext,
  newVault,
  passphrase,
  removeVaults,
  restart,
  unlock,
  vaultParts,
} from './vault-parts.ts';

afterEach(removeVaults);

const place = { table: 'keys', row: 'row-1', column: 'sealed_seed' };

describe('a vault', () => {
  it('is missing until it is made, and asking for its state makes no file', () => {
    const { vault, file } = vaultParts();
    expect(vault.status()).toEqual({ state: 'missing', retryAfterMs: 0, changed: false });
    expect(() => vault.sql()).toThrow('vault_missing');
    expect(file.exists()).toBe(false);
  });

  it('is unlocked once it is made, and locked after a restart', async () => {
    const parts = await newVault();
    expect(parts.vault.status()).toEqual({ state: 'unlocked', retryAfterMs: 0, changed: false });
    const { vault } = restart(parts);
    expect(vault.status()).toEqual({ state: 'locked', retryAfterMs: 0, changed: false });
    expect(vault.isUnlocked).toBe(false);
    await unlock(vault);
    expect(vault.status().state).toBe('unlocked');
  });

  it('opens with no other passphrase', async () => {
    const { vault } = restart(await newVault());
    await expect(unlock(vault, `${passphrase} `)).rejects.toMatchObject({ code: 'wrong_passphrase' });
    expect(vault.status().state).toBe('locked');
    await unlock(vault);
    expect(vault.isUnlocked).toBe(true);
  });

  it('is never replaced by a new one', async () => {
    const { vault } = restart(await newVault());
    const other = Buffer.from('another good passphrase');
    await expect(vault.create(other)).rejects.toMatchObject({ code: 'vault_exists' });
    await unlock(vault);
    expect(vault.isUnlocked).toBe(true);
  });

  it('counts the characters of a new passphrase, not its bytes', async () => {
    const { vault } = vaultParts();
    await expect(vault.create(Buffer.from('äöüäöüäöü'))).rejects.toMatchObject({
      code: 'passphrase_too_short',
      details: { minLength: 10 },
    });
    expect(vault.status().state).toBe('missing');
    await vault.create(Buffer.from('zäwölß-ör🔑'));
    expect(vault.isUnlocked).toBe(true);
  });

  it.each([
    ['password12', 'common'],
    ['1234567890', 'common'],
    ['aaaaaaaaaaaa', 'repeat'],
    ['äöüäöüäöü🔑', 'repeat'],
  ])('is not made with the passphrase %s', async (text, hint) => {
    const { vault, kdf } = vaultParts();
    const weak = Buffer.from(text);
    await expect(vault.create(weak)).rejects.toMatchObject({
      code: 'passphrase_too_weak',
      details: { hint },
    });
    expect(vault.status().state).toBe('missing');
    expect(kdf.keys).toHaveLength(0);
    expect(weak.equals(Buffer.alloc(weak.length))).toBe(true);
  });

  it('cannot be unlocked before it is made', async () => {
    const { vault } = vaultParts();
    await expect(unlock(vault)).rejects.toMatchObject({ code: 'vault_missing' });
  });

  it('tells its listeners of each change, until they cancel, and one that throws stops no other', async () => {
    const parts = await newVault();
    const { vault } = parts;
    const seen: string[] = [];
    vault.onChange(() => {
      throw new Error('broken listener');
    });
    const cancel = vault.onChange(() => seen.push(vault.status().state));
    vault.lock();
    await expect(unlock(vault, 'not the passphrase')).rejects.toThrow('wrong_passphrase');
    await unlock(vault);
    expect(seen).toEqual(['locked', 'locked', 'unlocked']);
    cancel();
    vault.lock();
    expect(seen).toHaveLength(3);
  });

  it('says nothing when a locked vault is locked again', async () => {
    const { vault } = restart(await newVault());
    let changes = 0;
    vault.onChange(() => (changes += 1));
    vault.lock();
    expect(changes).toBe(0);
  });

  it('stays locked when it is locked while the key is still being derived', async () => {
    const { vault } = restart(await newVault());
    const unlocking = unlock(vault);
    await Promise.resolve();
    vault.lock();
    await expect(unlocking).rejects.toMatchObject({ code: 'vault_locked' });
    expect(vault.isUnlocked).toBe(false);
  });

  it('stays locked when it is locked before its turn to be unlocked', async () => {
    const { vault } = restart(await newVault());
    const unlocking = unlock(vault);
    vault.lock();
    await expect(unlocking).rejects.toMatchObject({ code: 'vault_locked' });
    expect(vault.isUnlocked).toBe(false);
  });

  it('is not made when it is locked while the key is still being derived', async () => {
    const { vault, file } = vaultParts();
    const creating = vault.create(Buffer.from(passphrase));
    await Promise.resolve();
    vault.lock();
    await expect(creating).rejects.toMatchObject({ code: 'vault_locked' });
    expect(file.exists()).toBe(false);
  });

  it('takes one unlock after the other', async () => {
    const { vault, kdf } = restart(await newVault());
    const tries = await Promise.allSettled([
      unlock(vault, 'wrong one'),
      unlock(vault),
      unlock(vault, 'wrong two'),
    ]);
    expect(tries.map((each) => each.status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    // The third found the vault unlocked, so there was nothing to derive.
    expect(kdf.keys).toHaveLength(2);
  });
});

describe('a locked vault', () => {
  it('gives its public rows and takes no new ones', async () => {
    const made = await newVault();
    addContext(made.vault);
    const { vault } = restart(made);
    expect(() => addContext(vault, 'context-2', 'Play')).toThrow('vault_locked');
    expect(vault.sql().all('SELECT name FROM contexts')).toEqual([{ name: 'Work' }]);
  });

  it('neither seals nor opens nor authenticates', async () => {
    const { vault } = await newVault();
    const sealed = vault.seal(place, Buffer.from('secret'));
    vault.lock();
    expect(() => vault.seal(place, Buffer.from('secret'))).toThrow('vault_locked');
    expect(() => vault.open(place, sealed)).toThrow('vault_locked');
    expect(() => vault.authenticate('anything', Buffer.from('data'))).toThrow('vault_locked');
  });

  it('opens after the next unlock what was sealed before', async () => {
    const parts = await newVault();
    const sealed = parts.vault.seal(place, Buffer.from('secret'));
    const { vault } = restart(parts);
    await unlock(vault);
    expect(vault.open(place, sealed).toString()).toBe('secret');
  });
});
