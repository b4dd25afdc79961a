import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { passphraseSlotOf } from '../../../../main/core/vault/header.ts';
import {
  addContext,
  newVault,
  passphrase,
  removeVaults,
  restart,
  storedHeader,
  unlock,
  type VaultParts,
} from './vault-parts.ts';

afterEach(removeVaults);

const better = 'plum anchor velvet lantern';

function change({ slots }: VaultParts, old = passphrase, to = better): Promise<void> {
  return slots.changePassphrase({ old: Buffer.from(old), new: Buffer.from(to) });
}

async function makeCode({ slots }: VaultParts): Promise<string> {
  return slots.codes.read(await slots.makeRecoveryCode(Buffer.from(passphrase))).code;
}

function recover({ slots }: VaultParts, code: string, to = better): Promise<void> {
  return slots.recover(code, Buffer.from(to));
}

function kinds(parts: VaultParts): string[] {
  return parts.slots.list().map(({ kind }) => kind);
}

function logged({ activity }: VaultParts): string[] {
  return activity
    .list({ before: null, limit: 50 })
    .entries.map(({ kind }) => kind)
    .reverse();
}

function signs({ keys }: VaultParts, kid: string): void {
  expect(keys.signJwt(kid, { alg: 'Ed25519', typ: 'JWT' }, {})).toMatch(/^ey/);
}

function isZero(bytes: Buffer): boolean {
  return bytes.equals(Buffer.alloc(bytes.length));
}

describe('changing the passphrase', () => {
  it('lets the new one in and the old one no more; what was sealed opens as before', async () => {
    const parts = await newVault();
    const { kid } = parts.keys.create(addContext(parts.vault), 'laptop');
    await change(parts);
    signs(parts, kid);
    const again = restart(parts);
    await expect(unlock(again.vault)).rejects.toMatchObject({ code: 'wrong_passphrase' });
    await unlock(again.vault, better);
    signs(again, kid);
    expect(again.activity.verify().brokenAt).toBeNull();
    expect(logged(again)).toContain('vault.passphrase_changed');
  });

  it('leaves the other ways in as they are', async () => {
    const parts = await newVault();
    await parts.slots.addKeychain(Buffer.from(passphrase));
    const code = await makeCode(parts);
    await change(parts);
    const byKeychain = restart(parts);
    await byKeychain.slots.unlockWithKeychain();
    expect(byKeychain.vault.isUnlocked).toBe(true);
    const byCode = restart(byKeychain);
    await recover(byCode, code, passphrase);
    expect(byCode.vault.isUnlocked).toBe(true);
  });

  it('needs the old one; wrong ones count as at the unlock screen', async () => {
    const parts = await newVault();
    const before = storedHeader(parts.path);
    for (const retryAfterMs of [0, 0, 1000]) {
      await expect(change(parts, 'not the passphrase')).rejects.toMatchObject({
        code: 'wrong_passphrase',
        details: { retryAfterMs },
      });
    }
    await expect(change(parts)).rejects.toMatchObject({ code: 'unlock_delayed' });
    expect(storedHeader(parts.path)).toEqual(before);
    expect(parts.vault.isUnlocked).toBe(true);
    parts.clock.time += 1000;
    await change(parts);
    expect(parts.vault.session.store().throttle.retryAfterMs()).toBe(0);
  });

  it.each([
    ['short', 'nine char', 'passphrase_too_short'],
    ['weak', 'password12', 'passphrase_too_weak'],
  ])('to a %s one is refused before anything is derived', async (_what, to, code) => {
    const parts = await newVault();
    const derived = parts.kdf.keys.length;
    await expect(change(parts, passphrase, to)).rejects.toMatchObject({ code });
    expect(parts.kdf.keys).toHaveLength(derived);
  });

  it('leaves nothing of the old slot in the files', async () => {
    const parts = await newVault();
    const old = passphraseSlotOf(storedHeader(parts.path)).wrapped.ciphertext;
    await change(parts);
    const folder = dirname(parts.path);
    const having = (text: string): string[] =>
      readdirSync(folder).filter((name) => readFileSync(join(folder, name)).includes(text));
    expect(having(old)).toEqual([]);
    expect(having(passphraseSlotOf(storedHeader(parts.path)).wrapped.ciphertext)).not.toEqual([]);
  });

  it('is given up when the vault is locked meanwhile', async () => {
    const parts = await newVault();
    const derived = parts.kdf.keys.length;
    // The first derivation proves the old passphrase, the second is for the new slot.
    parts.kdf.meanwhile = (run) => {
      if (run === derived + 2) parts.vault.lock();
    };
    await expect(change(parts)).rejects.toMatchObject({ code: 'vault_locked' });
    expect(parts.kdf.keys).toHaveLength(derived + 2);
    await unlock(parts.vault);
    expect(parts.vault.isUnlocked).toBe(true);
  });
});

describe('the system keychain', () => {
  it('opens the vault without a passphrase', async () => {
    const parts = await newVault();
    const { kid } = parts.keys.create(addContext(parts.vault), 'laptop');
    expect(parts.slots.waysIn().keychain).toBe('none');
    await parts.slots.addKeychain(Buffer.from(passphrase));
    expect(parts.slots.list()).toContainEqual({
      kind: 'keychain',
      createdAt: '2026-03-01T12:00:00.000Z',
      backend: 'gnome_libsecret',
    });
    const again = restart(parts);
    await again.slots.unlockWithKeychain();
    signs(again, kid);
    expect(logged(again)).toContain('vault.keychain_added');
    expect(again.activity.list({ before: null, limit: 1 }).entries[0]).toMatchObject({
      kind: 'vault.unlocked',
      detail: 'system keychain',
    });
  });

  it('is asked by itself once after a start, and not after a lock', async () => {
    const parts = await newVault();
    await parts.slots.addKeychain(Buffer.from(passphrase));
    const again = restart(parts);
    expect(again.slots.waysIn()).toEqual({ keychain: 'automatic', recovery: false });
    again.keychain.forgetAll();
    await again.slots.unlockWithKeychain().catch(() => undefined);
    expect(again.slots.waysIn().keychain).toBe('offered');
    const later = restart(again);
    await unlock(later.vault);
    later.vault.lock();
    expect(later.slots.waysIn().keychain).toBe('offered');
  });

  it.each<[string, string, (parts: VaultParts) => void]>([
    ['is gone', 'unavailable', ({ keychain }) => (keychain.name = null)],
    ['is another one', 'changed', ({ keychain }) => (keychain.name = 'kwallet6')],
    [
      'was emptied',
      'lost',
      ({ keychain }) => {
        keychain.forgetAll();
      },
    ],
  ])('that %s says so, and the passphrase opens', async (_what, keychain, happens) => {
    const parts = await newVault();
    await parts.slots.addKeychain(Buffer.from(passphrase));
    const again = restart(parts);
    happens(again);
    await expect(again.slots.unlockWithKeychain()).rejects.toMatchObject({
      code: 'keychain_failed',
      details: { keychain },
    });
    expect(again.vault.status()).toEqual({ state: 'locked', retryAfterMs: 0, changed: false });
    await unlock(again.vault);
    expect(again.vault.isUnlocked).toBe(true);
  });

  it('that does not protect, or refuses, is not added', async () => {
    const parts = await newVault();
    parts.keychain.name = null;
    await expect(parts.slots.addKeychain(Buffer.from(passphrase))).rejects.toMatchObject({
      code: 'keychain_failed',
    });
    parts.keychain.name = 'gnome_libsecret';
    parts.keychain.refuses = true;
    await expect(parts.slots.addKeychain(Buffer.from(passphrase))).rejects.toMatchObject({
      code: 'keychain_failed',
    });
    expect(kinds(parts)).toEqual(['passphrase']);
  });

  it('is added by nobody who only finds the vault open', async () => {
    const parts = await newVault();
    const given = Buffer.from('not the passphrase');
    let asked = false;
    parts.keychain.meanwhile = () => {
      asked = true;
    };
    await expect(parts.slots.addKeychain(given)).rejects.toMatchObject({ code: 'wrong_passphrase' });
    expect(given.equals(Buffer.alloc(given.length))).toBe(true);
    expect(asked).toBe(false);
    expect(kinds(parts)).toEqual(['passphrase']);
    expect(logged(parts)).toContain('vault.unlock_failed');
  });

  it('gives nothing to a vault that is locked while it answers', async () => {
    const parts = await newVault();
    parts.keychain.meanwhile = () => {
      parts.vault.lock();
    };
    await expect(parts.slots.addKeychain(Buffer.from(passphrase))).rejects.toMatchObject({
      code: 'vault_locked',
    });
    expect(storedHeader(parts.path).slots).toHaveLength(1);
    parts.keychain.meanwhile = () => undefined;
    await unlock(parts.vault);
    await parts.slots.addKeychain(Buffer.from(passphrase));
    const again = restart(parts);
    again.keychain.meanwhile = () => {
      again.vault.lock();
    };
    await expect(again.slots.unlockWithKeychain()).rejects.toMatchObject({ code: 'vault_locked' });
    expect(again.vault.isUnlocked).toBe(false);
  });

  it('that waits for its own password keeps nobody from the vault', async () => {
    const parts = await newVault();
    await parts.slots.addKeychain(Buffer.from(passphrase));
    const again = restart(parts);
    again.keychain.hangs = true;
    void again.slots.unlockWithKeychain();
    await unlock(again.vault);
    void again.slots.addKeychain(Buffer.from(passphrase));
    void again.slots.rekey(Buffer.from(passphrase));
    await change(again);
  });

  it('no longer opens the vault once it is switched off', async () => {
    const parts = await newVault();
    await parts.slots.addKeychain(Buffer.from(passphrase));
    await parts.slots.remove('keychain');
    await parts.slots.remove('keychain');
    expect(logged(parts).filter((kind) => kind === 'vault.keychain_removed')).toHaveLength(1);
    const again = restart(parts);
    await expect(again.slots.unlockWithKeychain()).rejects.toMatchObject({ code: 'keychain_failed' });
  });
});

describe('the recovery code', () => {
  it('opens the vault after the passphrase was forgotten, and sets a new one', async () => {
    const parts = await newVault();
    const { kid } = parts.keys.create(addContext(parts.vault), 'laptop');
    const code = await makeCode(parts);
    const again = restart(parts);
    expect(again.slots.waysIn().recovery).toBe(true);
    await recover(again, code.toLowerCase().replaceAll('-', ' '));
    signs(again, kid);
    const later = restart(again);
    await expect(unlock(later.vault)).rejects.toMatchObject({ code: 'wrong_passphrase' });
    await unlock(later.vault, better);
    signs(later, kid);
    expect(later.activity.verify().brokenAt).toBeNull();
    expect(logged(later)).toEqual(expect.arrayContaining(['vault.recovery_made', 'vault.recovered']));
  });

  it('that was mistyped is not tried', async () => {
    const parts = await newVault();
    const code = await makeCode(parts);
    const again = restart(parts);
    const first = code.startsWith('0') ? '1' : '0';
    for (let tries = 0; tries < 5; tries += 1) {
      await expect(recover(again, `${first}${code.slice(1)}`)).rejects.toMatchObject({
        code: 'recovery_code_mistyped',
      });
    }
    await recover(again, code);
    expect(again.vault.isUnlocked).toBe(true);
  });

  it('of another vault is refused, slower and slower, and delays the right one and the passphrase', async () => {
    const other = await makeCode(await newVault());
    const parts = await newVault();
    const code = await makeCode(parts);
    const again = restart(parts);
    for (const retryAfterMs of [0, 0, 1000]) {
      await expect(recover(again, other)).rejects.toMatchObject({
        code: 'wrong_recovery_code',
        details: { retryAfterMs },
      });
    }
    await expect(recover(again, code)).rejects.toMatchObject({ code: 'unlock_delayed' });
    await expect(unlock(again.vault)).rejects.toMatchObject({ code: 'unlock_delayed' });
    again.clock.time += 1000;
    await recover(again, code);
    expect(again.activity.list({ before: null, limit: 9 }).entries).toContainEqual(
      expect.objectContaining({ kind: 'vault.unlock_failed', detail: 'recovery code' }),
    );
  });

  it.each([
    ['short', 'nine char', 'passphrase_too_short'],
    ['weak', 'password12', 'passphrase_too_weak'],
  ])('does not open the vault for a %s new passphrase', async (_what, to, refusal) => {
    const parts = await newVault();
    const code = await makeCode(parts);
    const again = restart(parts);
    await expect(recover(again, code, to)).rejects.toMatchObject({ code: refusal });
    expect(again.vault.isUnlocked).toBe(false);
    await unlock(again.vault);
  });

  it('opens nothing by half: neither when the disk is full nor when the vault is locked meanwhile', async () => {
    const parts = await newVault();
    const code = await makeCode(parts);
    const again = restart(parts);
    const before = storedHeader(again.path);
    again.kdf.meanwhile = () => {
      again.vault.lock();
    };
    await expect(recover(again, code)).rejects.toMatchObject({ code: 'vault_locked' });
    expect(again.kdf.keys).toHaveLength(1);
    again.kdf.meanwhile = () => undefined;
    again.vault
      .sql()
      .exec('CREATE TRIGGER full BEFORE UPDATE ON vault_header BEGIN SELECT raise(ABORT, 1); END');
    await expect(recover(again, code)).rejects.toThrow();
    expect(again.vault.isUnlocked).toBe(false);
    expect(storedHeader(again.path)).toEqual(before);
  });

  it('is replaced by a new one, and asks for the passphrase', async () => {
    const parts = await newVault();
    const old = await makeCode(parts);
    await expect(parts.slots.makeRecoveryCode(Buffer.from('not the passphrase'))).rejects.toMatchObject({
      code: 'wrong_passphrase',
    });
    const code = await makeCode(parts);
    expect(kinds(parts)).toEqual(['passphrase', 'recovery']);
    const again = restart(parts);
    await expect(recover(again, old)).rejects.toMatchObject({ code: 'wrong_recovery_code' });
    await recover(again, code);
  });

  it('no longer opens the vault once it is removed', async () => {
    const parts = await newVault();
    const code = await makeCode(parts);
    await parts.slots.remove('recovery');
    const again = restart(parts);
    expect(again.slots.waysIn().recovery).toBe(false);
    await expect(recover(again, code)).rejects.toMatchObject({ code: 'wrong_recovery_code' });
  });

  it('is shown once, and is known to nothing once it is stored, replaced, removed or locked away', async () => {
    const parts = await newVault();
    const { codes } = parts.slots;
    const first = await parts.slots.makeRecoveryCode(null);
    expect(codes.reveal(first)).toBe(codes.read(first).code);
    expect(() => codes.reveal(first)).toThrow('recovery_code_gone');
    const second = await parts.slots.makeRecoveryCode(null);
    expect(() => codes.read(first)).toThrow('recovery_code_gone');
    codes.forget(first);
    expect(codes.read(second).madeAt).toBe('2026-03-01T12:00:00.000Z');
    codes.forget(second);
    expect(() => codes.read(second)).toThrow('recovery_code_gone');
    const third = await parts.slots.makeRecoveryCode(null);
    await parts.slots.remove('recovery');
    expect(() => codes.read(third)).toThrow('recovery_code_gone');
    const fourth = await parts.slots.makeRecoveryCode(null);
    parts.vault.lock();
    expect(() => codes.read(fourth)).toThrow('recovery_code_gone');
  });
});

describe('a locked vault', () => {
  it('changes none of its slots', async () => {
    const { slots, path } = restart(await newVault());
    const before = storedHeader(path);
    const refused = { code: 'vault_locked' };
    await expect(slots.addKeychain(Buffer.from(passphrase))).rejects.toMatchObject(refused);
    await expect(slots.remove('recovery')).rejects.toMatchObject(refused);
    await expect(slots.makeRecoveryCode(Buffer.from(passphrase))).rejects.toMatchObject(refused);
    await expect(slots.rekey(Buffer.from(passphrase))).rejects.toMatchObject(refused);
    const passphrases = { old: Buffer.from(passphrase), new: Buffer.from(better) };
    await expect(slots.changePassphrase(passphrases)).rejects.toMatchObject(refused);
    expect(storedHeader(path)).toEqual(before);
  });
});

describe('secrets of the slots', () => {
  it('are zeroed: passphrases, the keychain’s secret, the code’s bits and what was derived', async () => {
    const parts = await newVault();
    const given = [passphrase, better, better, better, passphrase].map((text) => Buffer.from(text));
    const [old, to, proof, again, last] = given as [Buffer, Buffer, Buffer, Buffer, Buffer];
    await parts.slots.changePassphrase({ old, new: to });
    await parts.slots.addKeychain(Buffer.from(better));
    const code = parts.slots.codes.read(await parts.slots.makeRecoveryCode(proof)).code;
    await parts.slots.rekey(again);
    parts.vault.lock();
    await parts.slots.unlockWithKeychain();
    parts.vault.lock();
    await expect(parts.slots.recover(code, last)).rejects.toMatchObject({ code: 'wrong_recovery_code' });
    expect(given.map(isZero)).toEqual(given.map(() => true));
    expect(parts.kdf.keys.map(isZero)).toEqual(parts.kdf.keys.map(() => true));
    expect(parts.keychain.revealed.map(isZero)).toEqual([true]);
    // Secrets have 20 and 32 bytes; nonces and salts have 12 and 16.
    const secrets = parts.random.given.filter(({ length }) => length === 20 || length === 32);
    expect(secrets.length).toBeGreaterThanOrEqual(6);
    expect(secrets.map(isZero)).toEqual(secrets.map(() => true));
  });
});
