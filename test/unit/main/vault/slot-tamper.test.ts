import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { canonicalJson, slotOf, type Slot, type VaultHeader } from '../../../../main/core/vault/header.ts';
import { encodeRecoveryCode } from '../../../../main/core/vault/recovery-code.ts';
import {
  unwrapWithKeychain,
  unwrapWithRecovery,
  wrapWithKeychain,
  wrapWithRecovery,
} from '../../../../main/core/vault/slots.ts';
import { systemRandom } from '../../../../main/adapters/random.ts';
import {
  flipped,
  newVault,
  passphrase,
  removeVaults,
  storedHeader,
  unlock,
  type VaultParts,
  vaultParts,
  writeStoredHeader,
  withBitFlipped,
} from './vault-parts.ts';

const better = 'plum anchor velvet lantern';
const otherId = '9f0f8a52-4c6c-4c0f-9d6e-0d7c2f0c7b11';

type Kind = 'keychain' | 'recovery';

interface Full extends VaultParts {
  code: string;
}

/** A vault with all three slots, closed. */
async function fullVault(): Promise<Full> {
  const parts = await newVault();
  await parts.slots.addKeychain(Buffer.from(passphrase));
  const { code } = parts.slots.codes.read(await parts.slots.makeRecoveryCode(null));
  parts.vault.close();
  return { ...parts, code };
}

/** How a start of the app finds the vault after its header was changed. */
async function tampered(change: (header: VaultHeader, parts: Full) => void): Promise<Full> {
  const parts = await fullVault();
  const header = storedHeader(parts.path);
  change(header, parts);
  writeStoredHeader(parts.path, canonicalJson(header));
  return { ...vaultParts(parts.folder, parts.keychain), code: parts.code };
}

function slot<K extends Kind>(header: VaultHeader, kind: K): Extract<Slot, { kind: K }> {
  const found = slotOf(header, kind);
  if (found === undefined) throw new Error(`The vault has no ${kind} slot.`);
  return found;
}

afterEach(removeVaults);

describe('a keychain or recovery slot that was changed', () => {
  const changes: [string, (header: VaultHeader, kind: Kind) => unknown][] = [
    ['another nonce', (h, k) => (slot(h, k).wrapped.nonce = flipped(slot(h, k).wrapped.nonce))],
    ['another key', (h, k) => (slot(h, k).wrapped.ciphertext = flipped(slot(h, k).wrapped.ciphertext))],
    ['another id', (h, k) => (slot(h, k).id = otherId)],
    ['another time', (h, k) => (slot(h, k).createdAt = '2020-01-01T00:00:00.000Z')],
    ['another vault', (h) => (h.vaultId = otherId)],
  ];

  it.each(changes)('to %s does not open, and says so', async (_what, change) => {
    const { slots, vault, code } = await tampered((header) => {
      change(header, 'keychain');
      if (header.vaultId !== otherId) change(header, 'recovery');
    });
    await expect(slots.unlockWithKeychain()).rejects.toMatchObject({
      code: 'keychain_failed',
      details: { keychain: 'lost' },
    });
    await expect(slots.recover(code, Buffer.from(better))).rejects.toMatchObject({
      code: 'wrong_recovery_code',
    });
    expect(vault.isUnlocked).toBe(false);
  });

  it.each<[string, string, (header: VaultHeader) => unknown]>([
    ['another secret', 'lost', (h) => (slot(h, 'keychain').secret = flipped(slot(h, 'keychain').secret))],
    ['another back end', 'changed', (h) => (slot(h, 'keychain').backend = 'kwallet6')],
  ])('to %s falls back to the passphrase, which finds the change', async (_what, keychain, change) => {
    const { slots, vault } = await tampered(change);
    await expect(slots.unlockWithKeychain()).rejects.toMatchObject({ details: { keychain } });
    await expect(unlock(vault)).rejects.toMatchObject({ code: 'vault_damaged' });
  });

  it.each<[string, (header: VaultHeader) => unknown]>([
    ['an absurdly long secret', (h) => (slot(h, 'keychain').secret = Buffer.alloc(1025).toString('base64'))],
    ['no secret', (h) => (slot(h, 'keychain').secret = '')],
    ['a back end with a strange name', (h) => (slot(h, 'keychain').backend = '../../etc/passwd')],
    ['a back end with a long name', (h) => (slot(h, 'keychain').backend = 'k'.repeat(33))],
    ['a short nonce', (h) => (slot(h, 'recovery').wrapped.nonce = Buffer.alloc(11).toString('base64'))],
    ['a short key', (h) => (slot(h, 'recovery').wrapped.ciphertext = Buffer.alloc(47).toString('base64'))],
    ['a loose spelling of base64', (h) => (slot(h, 'recovery').wrapped.nonce += '\n')],
    ['another member', (h) => Object.assign(slot(h, 'recovery'), { kdf: 'none' })],
    ['an unknown kind', (h) => Object.assign(slot(h, 'recovery'), { kind: 'backdoor' })],
    ['a second keychain', (h) => h.slots.push({ ...slot(h, 'keychain'), id: otherId })],
    ['a second code', (h) => h.slots.push({ ...slot(h, 'recovery'), id: otherId })],
    ['no passphrase', (h) => (h.slots = h.slots.filter(({ kind }) => kind !== 'passphrase'))],
  ])('to have %s is damage, and nothing is asked or derived', async (_what, change) => {
    const { vault, slots, kdf, keychain, code } = await tampered(change);
    expect(vault.status().state).toBe('damaged');
    await expect(slots.unlockWithKeychain()).rejects.toMatchObject({ code: 'vault_damaged' });
    await expect(slots.recover(code, Buffer.from(better))).rejects.toMatchObject({ code: 'vault_damaged' });
    expect(kdf.keys).toHaveLength(0);
    expect(keychain.revealed).toHaveLength(0);
  });

  it.each<[string, (header: VaultHeader) => unknown]>([
    ['taken out', (h) => (h.slots = h.slots.filter(({ kind }) => kind !== 'recovery'))],
    ['put in another order', (h) => h.slots.reverse()],
  ])('so that one was %s is found by every way in', async (_what, change) => {
    const { vault, slots } = await tampered(change);
    await expect(slots.unlockWithKeychain()).rejects.toMatchObject({ code: 'vault_damaged' });
    await expect(unlock(vault)).rejects.toMatchObject({ code: 'vault_damaged' });
    expect(vault.isUnlocked).toBe(false);
  });

  it('to the slots of another vault opens neither vault', async () => {
    const other = await fullVault();
    const theirs = storedHeader(other.path);
    const { vault, slots } = await tampered((header) => {
      header.slots = [...header.slots.filter(({ kind }) => kind === 'passphrase'), slot(theirs, 'recovery')];
    });
    await expect(slots.recover(other.code, Buffer.from(better))).rejects.toMatchObject({
      code: 'wrong_recovery_code',
    });
    await expect(unlock(vault, passphrase)).rejects.toMatchObject({ code: 'vault_damaged' });
  });

  it('to an attacker’s own slot, with the attacker’s own data key, opens nothing of this vault', async () => {
    const secret = Buffer.alloc(20, 7);
    const { vault, slots } = await tampered((header) => {
      const wrapping = { vaultId: header.vaultId, dataKey: Buffer.alloc(32, 9), createdAt: header.createdAt };
      const mine = wrapWithRecovery(systemRandom, wrapping, secret);
      header.slots = [...header.slots.filter(({ kind }) => kind !== 'recovery'), mine];
    });

    const code = encodeRecoveryCode(secret).toString('latin1');
    await expect(slots.recover(code, Buffer.from(better))).rejects.toMatchObject({ code: 'vault_damaged' });
    expect(vault.isUnlocked).toBe(false);
  });
});

describe('wrapped keys', () => {
  const vaultId = otherId;
  const createdAt = '2026-03-01T12:00:00.000Z';
  const dataKey = Buffer.alloc(32, 5);
  const secret = Buffer.alloc(32, 3);
  let keychain: ReturnType<typeof wrapWithKeychain>;
  let recovery: ReturnType<typeof wrapWithRecovery>;
  beforeAll(() => {
    const wrapping = { vaultId, createdAt, dataKey };
    const sealed = Buffer.alloc(64, 1);
    keychain = wrapWithKeychain(systemRandom, wrapping, { backend: 'kwallet6', secret, sealed });
    recovery = wrapWithRecovery(systemRandom, wrapping, secret);
  });
  afterAll(removeVaults);

  it('open with their secret in their vault', () => {
    expect(unwrapWithKeychain(vaultId, keychain, secret)).toEqual(dataKey);
    expect(unwrapWithRecovery(vaultId, recovery, secret)).toEqual(dataKey);
  });

  it('do not open as those of the other kind, even with the same secret', () => {
    const asRecovery = { ...recovery, wrapped: keychain.wrapped };
    const asKeychain = { ...keychain, wrapped: recovery.wrapped };
    expect(unwrapWithRecovery(vaultId, asRecovery, secret)).toBeNull();
    expect(unwrapWithKeychain(vaultId, asKeychain, secret)).toBeNull();
  });

  it('do not open with any bit of secret or wrapped key flipped', () => {
    for (let bit = 0; bit < secret.length * 8; bit += 1) {
      expect(unwrapWithKeychain(vaultId, keychain, withBitFlipped(secret, bit))).toBeNull();
      expect(unwrapWithRecovery(vaultId, recovery, withBitFlipped(secret, bit))).toBeNull();
    }
    for (const part of ['nonce', 'ciphertext'] as const) {
      const bytes = Buffer.from(recovery.wrapped[part], 'base64');
      for (let bit = 0; bit < bytes.length * 8; bit += 1) {
        const wrapped = { ...recovery.wrapped, [part]: withBitFlipped(bytes, bit).toString('base64') };
        expect(unwrapWithRecovery(vaultId, { ...recovery, wrapped }, secret)).toBeNull();
      }
    }
  });
});
