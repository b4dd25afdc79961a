import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { canonicalJson, parseHeader, type VaultHeader } from '../../../../main/core/vault/header.ts';
import { newVault, removeVaults, restart, unlock, type VaultParts, vaultParts } from './vault-parts.ts';

afterEach(removeVaults);

function storedHeader(path: string): VaultHeader {
  const database = new Database(path, { readonly: true });
  const row = database.prepare<[], { header: string }>('SELECT header FROM vault_header').get();
  database.close();
  return parseHeader(row?.header ?? '');
}

/** Changes the stored header as someone with an editor for SQLite files could. */
function writeHeader(path: string, text: string): void {
  const database = new Database(path);
  database.prepare('UPDATE vault_header SET header = ?').run(text);
  database.close();
}

/** A closed vault whose header was changed, and how a start of the app finds it. */
async function tampered(change: (header: VaultHeader) => void): Promise<VaultParts> {
  const { vault, path, folder } = await newVault();
  vault.close();
  const header = storedHeader(path);
  change(header);
  writeHeader(path, canonicalJson(header));
  return vaultParts(folder);
}

function slotOf(header: VaultHeader): VaultHeader['slots'][number] {
  const slot = header.slots[0];
  if (slot === undefined) throw new Error('The vault has no slot.');
  return slot;
}

function flipped(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  bytes.writeUInt8(bytes.readUInt8(0) ^ 1, 0);
  return bytes.toString('base64');
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
      format: 1,
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
    ['more iterations', (header) => (slotOf(header).kdf.iterations = 2)],
    ['more memory', (header) => (slotOf(header).kdf.memoryKiB = 9 * 1024)],
    ['another salt', (header) => (slotOf(header).kdf.salt = flipped(slotOf(header).kdf.salt))],
    ['another nonce', (header) => (slotOf(header).wrapped.nonce = flipped(slotOf(header).wrapped.nonce))],
    [
      'another wrapped key',
      (header) => (slotOf(header).wrapped.ciphertext = flipped(slotOf(header).wrapped.ciphertext)),
    ],
    ['another slot id', (header) => (slotOf(header).id = '9f0f8a52-4c6c-4c0f-9d6e-0d7c2f0c7b11')],
    ['another slot time', (header) => (slotOf(header).createdAt = '2020-01-01T00:00:00.000Z')],
    ['another vault id', (header) => (header.vaultId = '9f0f8a52-4c6c-4c0f-9d6e-0d7c2f0c7b11')],
  ])('to %s does not open', async (_what, change) => {
    const { vault } = await tampered(change);
    await expect(unlock(vault)).rejects.toMatchObject({ code: 'wrong_passphrase' });
    expect(vault.isUnlocked).toBe(false);
  });

  it.each<[string, (header: VaultHeader) => void]>([
    ['its time', (header) => (header.createdAt = '2020-01-01T00:00:00.000Z')],
    ['a second slot', (header) => header.slots.push({ ...slotOf(header), id: header.vaultId })],
  ])('in %s is found by its authentication code', async (_what, change) => {
    const { vault, random } = await tampered(change);
    await expect(unlock(vault)).rejects.toMatchObject({ code: 'vault_damaged' });
    expect(vault.isUnlocked).toBe(false);
    expect(random.given.every((bytes) => bytes.equals(Buffer.alloc(bytes.length)))).toBe(true);
  });

  it.each<[string, (header: VaultHeader) => void]>([
    ['memory below the least', (header) => (slotOf(header).kdf.memoryKiB = 8 * 1024 - 1)],
    ['memory above the most', (header) => (slotOf(header).kdf.memoryKiB = 1024 * 1024 + 1)],
    ['iterations above the most', (header) => (slotOf(header).kdf.iterations = 65)],
    ['no iterations', (header) => (slotOf(header).kdf.iterations = 0)],
    ['half an iteration', (header) => (slotOf(header).kdf.iterations = 1.5)],
    ['too many threads', (header) => (slotOf(header).kdf.parallelism = 17)],
    ['no slot', (header) => (header.slots = [])],
    ['too many slots', (header) => (header.slots = Array.from({ length: 17 }, () => slotOf(header)))],
    ['a short salt', (header) => (slotOf(header).kdf.salt = Buffer.alloc(15).toString('base64'))],
    ['another format', (header) => Object.assign(header, { format: 2 })],
    ['another KDF', (header) => Object.assign(slotOf(header).kdf, { name: 'pbkdf2' })],
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
    writeHeader(path, text(storedHeader(path)));
    expect(vaultParts(folder).vault.status().state).toBe('damaged');
  });

  it('back to that of another vault does not open with the other passphrase', async () => {
    const mine = await newVault();
    const other = vaultParts();
    await other.vault.create(Buffer.from('the passphrase of an attacker'));
    other.vault.close();
    const text = canonicalJson(storedHeader(other.path));
    mine.vault.close();
    writeHeader(mine.path, text);
    const { vault } = restart(mine);
    await expect(unlock(vault, 'the passphrase of an attacker')).rejects.toMatchObject({
      code: 'vault_damaged',
    });
  });
});
