import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { canonicalJson, passphraseSlotOf, type VaultHeader } from '../../../../main/core/vault/header.ts';
import {
  flipped,
  newVault,
  removeVaults,
  restart,
  storedHeader,
  unlock,
  type VaultParts,
  vaultParts,
  writeStoredHeader,
} from './vault-parts.ts';

afterEach(removeVaults);

/** A closed vault whose header was changed, and how a start of the app finds it. */
async function tampered(change: (header: VaultHeader) => void): Promise<VaultParts> {
  const { vault, path, folder } = await newVault();
  vault.close();
  const header = storedHeader(path);
  change(header);
  writeStoredHeader(path, canonicalJson(header));
  return vaultParts(folder);
}

describe('canonical JSON', () => {
  it('has sorted members and no white space', () => {
    expect(canonicalJson({ b: [2, { d: null, c: 'x y' }], a: 1 })).toBe(
      '{"a":1,"b":[2,{"c":"x y","d":null}]}',
    );
  });

  it('is the same for the same value, whatever the order of its members', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const turned = Object.fromEntries(Object.entries(value).reverse());
        expect(canonicalJson(turned)).toBe(canonicalJson(value));
      }),
    );
  });
});

describe('the header of a new vault', () => {
  it('names its format, its slot and the cost of that', async () => {
    const { path } = await newVault();
    const header = storedHeader(path);
    expect(header).toMatchObject({
      format: 2,
      slots: [
        {
          kind: 'passphrase',
          kdf: { name: 'argon2id', version: 19, memoryKiB: 8192, iterations: 1, parallelism: 1 },
        },
      ],
    });
  });
});

describe('a header that was changed', () => {
  it.each<[string, (header: VaultHeader) => void]>([
    ['more iterations', (header) => (passphraseSlotOf(header).kdf.iterations = 2)],
    ['more memory', (header) => (passphraseSlotOf(header).kdf.memoryKiB = 9 * 1024)],
    [
      'another salt',
      (header) => (passphraseSlotOf(header).kdf.salt = flipped(passphraseSlotOf(header).kdf.salt)),
    ],
    [
      'another nonce',
      (header) => (passphraseSlotOf(header).wrapped.nonce = flipped(passphraseSlotOf(header).wrapped.nonce)),
    ],
    [
      'another wrapped key',
      (header) =>
        (passphraseSlotOf(header).wrapped.ciphertext = flipped(passphraseSlotOf(header).wrapped.ciphertext)),
    ],
    ['another slot id', (header) => (passphraseSlotOf(header).id = '9f0f8a52-4c6c-4c0f-9d6e-0d7c2f0c7b11')],
    ['another slot time', (header) => (passphraseSlotOf(header).createdAt = '2020-01-01T00:00:00.000Z')],
    ['another vault id', (header) => (header.vaultId = '9f0f8a52-4c6c-4c0f-9d6e-0d7c2f0c7b11')],
  ])('to %s does not open', async (_what, change) => {
    const { vault } = await tampered(change);
    await expect(unlock(vault)).rejects.toMatchObject({ code: 'wrong_passphrase' });
    expect(vault.isUnlocked).toBe(false);
  });

  it.each<[string, (header: VaultHeader) => void]>([
    ['its time', (header) => (header.createdAt = '2020-01-01T00:00:00.000Z')],
  ])('in %s is found by its authentication code', async (_what, change) => {
    const { vault, random } = await tampered(change);
    await expect(unlock(vault)).rejects.toMatchObject({ code: 'vault_damaged' });
    expect(vault.isUnlocked).toBe(false);
    expect(random.given.every((bytes) => bytes.equals(Buffer.alloc(bytes.length)))).toBe(true);
  });

  it.each<[string, (header: VaultHeader) => void]>([
    ['memory below the least', (header) => (passphraseSlotOf(header).kdf.memoryKiB = 8 * 1024 - 1)],
    ['memory above the most', (header) => (passphraseSlotOf(header).kdf.memoryKiB = 256 * 1024 + 1)],
    [
      'much memory many times',
      (header) => Object.assign(passphraseSlotOf(header).kdf, { memoryKiB: 256 * 1024, iterations: 17 }),
    ],
    ['iterations above the most', (header) => (passphraseSlotOf(header).kdf.iterations = 65)],
    ['no iterations', (header) => (passphraseSlotOf(header).kdf.iterations = 0)],
    ['half an iteration', (header) => (passphraseSlotOf(header).kdf.iterations = 1.5)],
    ['too many threads', (header) => (passphraseSlotOf(header).kdf.parallelism = 17)],
    [
      'a second passphrase slot',
      (header) => header.slots.push({ ...passphraseSlotOf(header), id: header.vaultId }),
    ],
    ['no slot', (header) => (header.slots = [])],
    [
      'too many slots',
      (header) => (header.slots = Array.from({ length: 17 }, () => passphraseSlotOf(header))),
    ],
    ['a short salt', (header) => (passphraseSlotOf(header).kdf.salt = Buffer.alloc(15).toString('base64'))],
    ['another format', (header) => Object.assign(header, { format: 3 })],
    ['another KDF', (header) => Object.assign(passphraseSlotOf(header).kdf, { name: 'pbkdf2' })],
    ['another member', (header) => Object.assign(header, { extra: true })],
  ])('to %s is damage, found without a derivation', async (_what, change) => {
    const { vault, kdf, path } = await tampered(change);
    const before = createHash('sha256').update(readFileSync(path)).digest('hex');
    expect(vault.status().state).toBe('damaged');
    await expect(unlock(vault)).rejects.toMatchObject({ code: 'vault_damaged' });
    expect(kdf.keys).toHaveLength(0);
    vault.close();
    expect(createHash('sha256').update(readFileSync(path)).digest('hex')).toBe(before);
  });

  it.each([
    ['not JSON', () => 'no header'],
    ['not canonical', (header: VaultHeader) => JSON.stringify(header, null, 1)],
    ['nothing', () => ''],
  ])('so that it is %s is damage', async (_what, text) => {
    const { vault, path, folder } = await newVault();
    vault.close();
    writeStoredHeader(path, text(storedHeader(path)));
    expect(vaultParts(folder).vault.status().state).toBe('damaged');
  });

  it('back to that of another vault does not open with the other passphrase', async () => {
    const mine = await newVault();
    const other = vaultParts();
    await other.vault.create(Buffer.from('the passphrase of an attacker'));
    other.vault.close();
    const text = canonicalJson(storedHeader(other.path));
    mine.vault.close();
    writeStoredHeader(mine.path, text);
    const { vault } = restart(mine);
    await expect(unlock(vault, 'the passphrase of an attacker')).rejects.toMatchObject({
      code: 'vault_damaged',
    });
  });
});
