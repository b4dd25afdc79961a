import { createDecipheriv, hkdfSync } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newVault, removeVaults, withBitFlipped, type VaultParts } from './vault-parts.ts';

const place = { table: 'keys', row: 'row-1', column: 'sealed_seed' };
const secret = Buffer.from('a secret of some length');

let parts: VaultParts;
beforeAll(async () => {
  parts = await newVault();
});
afterAll(removeVaults);

describe('a sealed value', () => {
  it('opens at its place, whatever it holds', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
        const sealed = parts.vault.seal(place, Buffer.from(bytes));
        expect(parts.vault.open(place, sealed)).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it('is version, nonce, cipher text and tag, and never the same twice', () => {
    const first = parts.vault.seal(place, secret);
    const second = parts.vault.seal(place, secret);
    expect(first[0]).toBe(1);
    expect(first).toHaveLength(1 + 12 + secret.length + 16);
    expect(first.subarray(1, 13)).not.toEqual(second.subarray(1, 13));
    expect(first.subarray(13)).not.toEqual(second.subarray(13));
  });

  it('is what its format says, computed here once more', () => {
    const dataKey = parts.random.given.find((bytes) => bytes.length === 32) ?? Buffer.alloc(0);
    const { vaultId } = JSON.parse(
      parts.vault.sql().get<{ header: string }>('SELECT header FROM vault_header')?.header ?? '',
    ) as { vaultId: string };
    const sealed = parts.vault.seal(place, secret);
    const key = Buffer.from(hkdfSync('sha256', dataKey, '', 'keyhold seal keys.sealed_seed v1', 32));
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, 13));
    const bound = ['keyhold sealed', '1', vaultId, 'keys', 'row-1', 'sealed_seed'];
    const prefixed = bound.map((text) => `${String.fromCharCode(0, 0, 0, text.length)}${text}`);
    decipher.setAAD(Buffer.from(prefixed.join('')));
    decipher.setAuthTag(sealed.subarray(-16));
    const plain = Buffer.concat([decipher.update(sealed.subarray(13, -16)), decipher.final()]);
    expect(plain).toEqual(secret);
  });

  it.each([
    ['row', { ...place, row: 'row-2' }],
    ['column', { ...place, column: 'before_sealed' }],
    ['table', { ...place, table: 'registry_setups' }],
    ['border between table and row', { table: 'keysr', row: 'ow-1', column: 'sealed_seed' }],
    ['border between table and column', { table: 'keys.sealed', row: 'row-1', column: 'seed' }],
  ])('does not open at another %s', (_what, elsewhere) => {
    const sealed = parts.vault.seal(place, secret);
    expect(() => parts.vault.open(elsewhere, sealed)).toThrow('vault_damaged');
  });

  it('does not open in another vault', async () => {
    const other = await newVault();
    const sealed = parts.vault.seal(place, secret);
    expect(() => other.vault.open(place, sealed)).toThrow('vault_damaged');
  });

  it('does not open when any of its bits was flipped', () => {
    const sealed = parts.vault.seal(place, secret);
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      expect(() => parts.vault.open(place, withBitFlipped(sealed, bit)), `bit ${bit}`).toThrow(
        'vault_damaged',
      );
    }
  });

  it('does not open when it was cut short or made longer', () => {
    const sealed = parts.vault.seal(place, secret);
    for (let length = 0; length < sealed.length; length += 1) {
      expect(() => parts.vault.open(place, sealed.subarray(0, length))).toThrow('vault_damaged');
    }
    expect(() => parts.vault.open(place, Buffer.concat([sealed, Buffer.alloc(1)]))).toThrow('vault_damaged');
  });
});
