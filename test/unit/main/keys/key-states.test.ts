import { existsSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KeySummary } from '../../../../contracts/domain/key.ts';
import { derivePublicKey } from '../../../../main/core/credentials/keys/ed25519.ts';
import type { KeyService } from '../../../../main/core/credentials/keys/key-service.ts';
import { addContext, newVault, removeVaults, type VaultParts } from '../vault/vault-parts.ts';

const contextId = '3f0a3b52-6f5e-4b59-8a77-0d52f5b0c9a1';
const otherId = '3f0a3b52-6f5e-4b59-8a77-0d52f5b0c9a2';
const day = 24 * 60 * 60 * 1000;
let parts: VaultParts;
let keys: KeyService;

beforeEach(async () => {
  parts = await newVault();
  ({ keys } = parts);
  addContext(parts.vault, contextId);
});
afterEach(removeVaults);

function registered(label: string, age: 30 | null = null): KeySummary {
  parts.clock.time += 1000;
  const { id, kid } = keys.create(contextId, label, age);
  parts.clock.time += 1000;
  keys.markRegistered(kid);
  return keys.get(id);
}

const detailOfLast = (): string | null | undefined =>
  parts.activity.list({ before: null, limit: 1 }).entries[0]?.detail;
const sign = (kid: string): string => keys.signJwt(kid, { typ: 'JWT', alg: 'Ed25519' }, {});

describe('the key that a context signs with', () => {
  it('is the one that was registered last, whichever was made last', () => {
    const first = keys.create(contextId, 'first');
    parts.clock.time += 1000;
    const second = keys.create(contextId, 'second');
    parts.clock.time += 1000;
    keys.markRegistered(second.kid);
    parts.clock.time += 1000;
    keys.markRegistered(first.kid);
    expect(keys.current(contextId)?.id).toBe(first.id);
    expect(keys.list(contextId).map(({ label, state, signs }) => [label, state, signs])).toEqual([
      ['second', 'active', false],
      ['first', 'active', true],
    ]);
  });

  it('is never one that the service does not know', () => {
    const known = registered('known');
    keys.create(contextId, 'unknown');
    expect(keys.current(contextId)?.id).toBe(known.id);
    expect(keys.pending(contextId)?.label).toBe('unknown');
  });

  it('is an older one when the newer is revoked, and none when all are', () => {
    const older = registered('older');
    const newer = registered('newer');
    keys.endings.retire(newer.id, 'key revoked', true);
    expect(keys.current(contextId)?.id).toBe(older.id);
    keys.endings.retire(older.id, 'key revoked', true);
    expect(keys.current(contextId)).toBeNull();
    expect(keys.authority(contextId)).toBeNull();
  });

  it('is an older one from the moment when the newer expires; the expired one keeps its authority', () => {
    const older = registered('older');
    const newer = registered('newer', 30);
    parts.clock.time = Date.parse(newer.createdAt) + 30 * day - 1;
    expect(keys.current(contextId)?.id).toBe(newer.id);
    parts.clock.time += 1;
    expect(keys.current(contextId)?.id).toBe(older.id);
    expect(keys.authority(contextId)?.id).toBe(newer.id);
  });

  it('is not one of another context', () => {
    addContext(parts.vault, otherId, 'Other');
    registered('mine');
    expect(keys.current(otherId)).toBeNull();
  });
});

describe('a retired key', () => {
  it('does not sign any more, not even in the time since it signed last', () => {
    const { id, kid } = registered('laptop');
    sign(kid);
    keys.endings.retire(id, 'key revoked', true);
    expect(() => sign(kid)).toThrow(expect.objectContaining({ code: 'key_not_found' }));
    expect(keys.get(id)).toMatchObject({ state: 'revoked', revokedAt: parts.clock.now().toISOString() });
    expect(detailOfLast()).toBe('laptop: key revoked');
  });

  it('has left no sealed private part in the file', () => {
    const { id } = registered('laptop');
    const sealed = parts.vault
      .sql()
      .get<{ sealed_seed: Buffer }>('SELECT sealed_seed FROM keys WHERE id = ?', id);
    const secret = sealed?.sealed_seed ?? Buffer.alloc(0);
    expect(secret).toHaveLength(61);
    keys.endings.retire(id, 'key revoked', true);
    parts.vault.sql().exec('PRAGMA wal_checkpoint(TRUNCATE)');
    for (const file of [parts.path, `${parts.path}-wal`].filter(existsSync)) {
      expect(readFileSync(file).includes(secret.subarray(1))).toBe(false);
    }
  });

  it('is not taken in again', () => {
    const seed = Buffer.alloc(32, 7);
    const { id } = keys.adopt(contextId, { label: 'old', seed, age: null });
    keys.endings.retire(id, 'key revoked', true);
    expect(() => keys.adopt(contextId, { label: 'old', seed, age: null })).toThrow('key_known');
  });

  it('can be removed', () => {
    const { id } = registered('laptop');
    keys.endings.retire(id, 'key revoked', true);
    keys.endings.remove(id);
    expect(keys.list(contextId)).toEqual([]);
    expect(() => keys.get(id)).toThrow('key_not_found');
  });
});

describe('an imported key', () => {
  it('is one of the context, waits to be registered, and signs as itself', () => {
    const seed = Buffer.alloc(32, 9);
    const key = keys.adopt(contextId, { label: 'laptop', seed, age: 90 });
    expect(key).toMatchObject({ source: 'imported', state: 'pending', label: 'laptop' });
    expect(keys.publicJwk(key.kid).x).toBe(derivePublicKey(seed).toString('base64url'));
    sign(key.kid);
    expect(parts.activity.list({ before: null, limit: 1 }).entries[0]?.kind).toBe('key.imported');
  });

  it('is refused when any context has it already', () => {
    addContext(parts.vault, otherId, 'Other');
    const seed = Buffer.alloc(32, 9);
    keys.adopt(contextId, { label: 'laptop', seed, age: null });
    expect(() => keys.adopt(otherId, { label: 'laptop', seed, age: null })).toThrow('key_known');
    expect(keys.list(otherId)).toEqual([]);
  });
});

describe('what can be changed of a key', () => {
  it('is its label', () => {
    const { id } = registered('laptop');
    expect(keys.rename(id, 'Old laptop').label).toBe('Old laptop');
    expect(detailOfLast()).toBe('laptop renamed Old laptop');
    expect(() => keys.rename(otherId, 'x')).toThrow('key_not_found');
  });

  it('is its age limit, counted from when it was made, but not to a day that is over', () => {
    const { id, createdAt } = registered('laptop', 30);
    parts.clock.time += 100 * day;
    expect(() => keys.setAge(id, 90)).toThrow('expiry_passed');
    expect(keys.current(contextId)).toBeNull();
    const longer = keys.setAge(id, 180);
    expect(longer.expiresAt).toBe(new Date(Date.parse(createdAt) + 180 * day).toISOString());
    expect(keys.current(contextId)?.id).toBe(id);
    expect(keys.setAge(id, null).expiresAt).toBeNull();
    expect(detailOfLast()).toBe('laptop never expires');
  });
});

describe('a key that is made', () => {
  it('expires after a year unless something else is wanted', () => {
    const { createdAt, expiresAt } = keys.create(contextId, 'laptop');
    expect(Date.parse(expiresAt ?? '') - Date.parse(createdAt)).toBe(365 * day);
  });
});
