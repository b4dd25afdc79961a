import { verify as verifySignature, createPublicKey } from 'node:crypto';
import { decodeProtectedHeader, importJWK, jwtVerify } from 'jose';
import { afterEach, describe, expect, it } from 'vitest';
import { keySummarySchema } from '../../../../contracts/domain/key.ts';
import { addContext, newVault, removeVaults, restart, unlock } from '../vault/vault-parts.ts';

afterEach(removeVaults);

// Contract schemas want UUIDs.
const contextId = '3f0a3b52-6f5e-4b59-8a77-0d52f5b0c9a1';

describe('a new key', () => {
  it('is summed up as the contract says and can be listed again', async () => {
    const { vault, keys } = await newVault();
    addContext(vault, contextId);
    const key = keys.create(contextId, 'laptop');
    expect(keySummarySchema.parse(key)).toMatchObject({ contextId, label: 'laptop', registeredAt: null });
    expect(keys.list(contextId)).toEqual([key]);
    expect(keys.pending(contextId)).toEqual(key);
    expect(keys.current(contextId)).toBeNull();
  });

  it('is noted in the activity log with its label and the beginning of its fingerprint', async () => {
    const { vault, keys, activity } = await newVault();
    addContext(vault, contextId, 'Work');
    const key = keys.create(contextId, 'laptop');
    const [entry] = activity.list({ before: null, limit: 1 }).entries;
    expect(entry).toMatchObject({ kind: 'key.created', contextName: 'Work' });
    expect(entry?.detail).toBe(`laptop (${key.fingerprint.slice(0, 19)}…)`);
  });

  it('is not made for a context that is not there', async () => {
    const { keys } = await newVault();
    expect(() => keys.create(contextId, 'laptop')).toThrow('context_not_found');
  });

  it('is not made while the vault is locked', async () => {
    const { vault, keys } = await newVault();
    addContext(vault, contextId);
    vault.lock();
    expect(() => keys.create(contextId, 'laptop')).toThrow('vault_locked');
    expect(keys.list(contextId)).toEqual([]);
  });

  it('is gone, with its log entry, when the transaction around it fails', async () => {
    const { vault, keys, activity } = await newVault();
    addContext(vault, contextId);
    expect(() =>
      vault.sql().transaction(() => {
        keys.create(contextId, 'laptop');
        throw new Error('something else failed');
      }),
    ).toThrow('something else failed');
    expect(keys.list(contextId)).toEqual([]);
    expect(activity.list({ before: null, limit: 10 }).entries.map((entry) => entry.kind)).toEqual([
      'vault.created',
    ]);
    expect(activity.verify()).toEqual({ checked: 1, brokenAt: null });
  });

  it('is the one to be registered, also when it was made in the same instant as another', async () => {
    const { vault, keys } = await newVault();
    addContext(vault, contextId);
    keys.create(contextId, 'first');
    const second = keys.create(contextId, 'second');
    expect(keys.pending(contextId)?.kid).toBe(second.kid);
    expect(keys.list(contextId).map((key) => key.label)).toEqual(['second', 'first']);
  });

  it('goes with its context', async () => {
    const { vault, keys } = await newVault();
    addContext(vault, contextId);
    const { kid } = keys.create(contextId, 'laptop');
    vault.sql().run('DELETE FROM contexts');
    expect(keys.list(contextId)).toEqual([]);
    expect(() => keys.publicJwk(kid)).toThrow('context_not_found');
  });
});

describe('the times of a key', () => {
  it('are when it was first registered and when it was last used', async () => {
    const { vault, keys, clock } = await newVault();
    addContext(vault, contextId);
    const { kid } = keys.create(contextId, 'laptop');
    clock.time += 1000;
    keys.markRegistered(kid);
    clock.time += 1000;
    keys.markRegistered(kid);
    keys.markUsed(kid);
    expect(keys.current(contextId)).toMatchObject({
      createdAt: '2026-03-01T12:00:00.000Z',
      registeredAt: '2026-03-01T12:00:01.000Z',
      lastUsedAt: '2026-03-01T12:00:02.000Z',
    });
  });
});

describe('a signed JWT', () => {
  it.each(['Ed25519', 'EdDSA'] as const)('with alg %s verifies with the public key', async (alg) => {
    const { vault, keys } = await newVault();
    addContext(vault, contextId);
    const { kid } = keys.create(contextId, 'laptop');
    const jwt = keys.signJwt(
      kid,
      { typ: 'registration+jwt', alg, jwk: keys.publicJwk(kid) },
      { sub: 'alice' },
    );
    expect(decodeProtectedHeader(jwt)).toEqual({ typ: 'registration+jwt', alg, jwk: keys.publicJwk(kid) });
    const { payload } = await jwtVerify(jwt, await importJWK(keys.publicJwk(kid), alg));
    expect(payload).toEqual({ sub: 'alice' });
    const [header = '', claims = '', signature = ''] = jwt.split('.');
    const publicKey = createPublicKey({ key: { ...keys.publicJwk(kid) }, format: 'jwk' });
    const signed = Buffer.from(`${header}.${claims}`);
    expect(verifySignature(null, signed, publicKey, Buffer.from(signature, 'base64url'))).toBe(true);
  });

  it('is the same key after a restart', async () => {
    const parts = await newVault();
    addContext(parts.vault, contextId);
    const { kid } = parts.keys.create(contextId, 'laptop');
    const jwk = parts.keys.publicJwk(kid);
    const again = restart(parts);
    await unlock(again.vault);
    const jwt = again.keys.signJwt(kid, { typ: 'JWT', alg: 'Ed25519', kid }, {});
    await expect(jwtVerify(jwt, await importJWK(jwk, 'Ed25519'))).resolves.toBeDefined();
  });

  it('is not given while the vault is locked, also by a key that was used before', async () => {
    const { vault, keys } = await newVault();
    addContext(vault, contextId);
    const { kid } = keys.create(contextId, 'laptop');
    const sign = () => keys.signJwt(kid, { typ: 'JWT', alg: 'Ed25519' }, {});
    sign();
    vault.lock();
    expect(sign).toThrow(expect.objectContaining({ code: 'vault_locked' }));
  });

  it('is not given any more when the context was removed', async () => {
    const { vault, keys } = await newVault();
    addContext(vault, contextId);
    const { kid } = keys.create(contextId, 'laptop');
    const sign = () => keys.signJwt(kid, { typ: 'JWT', alg: 'Ed25519' }, {});
    sign();
    vault.sql().run('DELETE FROM contexts');
    expect(sign).toThrow(expect.objectContaining({ code: 'context_not_found' }));
  });

  it('comes from the vault again after it was locked, not from what was kept', async () => {
    const { vault, keys } = await newVault();
    addContext(vault, contextId);
    const { kid } = keys.create(contextId, 'laptop');
    const sign = () => keys.signJwt(kid, { typ: 'JWT', alg: 'Ed25519' }, {});
    sign();
    vault.sql().run('UPDATE keys SET sealed_seed = zeroblob(61)');
    sign();
    vault.lock();
    await unlock(vault);
    expect(sign).toThrow(expect.objectContaining({ code: 'vault_damaged' }));
  });
});
