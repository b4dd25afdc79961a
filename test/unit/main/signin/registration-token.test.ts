import { createHash } from 'node:crypto';
import { compactVerify, decodeJwt, decodeProtectedHeader, importJWK } from 'jose';
import type { JWK } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OddService, userId } from '../contexts/odd-service.ts';
import { ManualClock } from './manual-clock.ts';
import { signInParts } from './sign-in-parts.ts';
import type { SignInParts } from './sign-in-parts.ts';

const start = new Date('2026-11-24T12:00:00.000Z');
const now = start.getTime() / 1000;
const minute = 60_000;
let clock: ManualClock;
let service: OddService;
let parts: SignInParts;
let id: string;

beforeEach(async () => {
  clock = new ManualClock(start);
  [service, parts] = await Promise.all([OddService.start(), signInParts(clock)]);
  ({ id } = await parts.add({ address: service.host, userId }));
});
afterEach(async () => {
  await Promise.all([service.stop(), parts.dispose()]);
});

describe('the registration token', () => {
  it('carries the public key, is signed by it and says for whom, where and until when', async () => {
    const token = parts.registration.token(id);
    const header = decodeProtectedHeader(token);
    expect(header).toEqual({
      alg: 'Ed25519',
      typ: 'registration+jwt',
      jwk: { kty: 'OKP', crv: 'Ed25519', x: expect.stringMatching(/^[\w-]{43}$/) as string },
    });
    expect(decodeJwt(token)).toEqual({
      iss: userId,
      sub: userId,
      aud: service.origin,
      iat: now - 30,
      exp: now + 600,
      jti: expect.any(String) as string,
      name: 'laptop',
    });
    await compactVerify(token, await importJWK(header.jwk as JWK, 'Ed25519'));
  });

  it('is signed with the older algorithm name for a service that says nothing', async () => {
    service.description = { signing_algs: undefined };
    const other = await parts.add({ address: service.host, userId: `${userId}2`, name: 'Old' });
    expect(decodeProtectedHeader(parts.registration.token(other.id)).alg).toBe('EdDSA');
    expect(parts.registration.card(other.id).algorithm).toBe('EdDSA');
  });

  it('has a card that says what is in it', () => {
    const card = parts.registration.card(id);
    const token = parts.registration.token(id);
    const key = parts.keys.pending(id);
    const { x } = decodeProtectedHeader(token).jwk as { x: string };
    const digest = createHash('sha256').update(Buffer.from(x, 'base64url')).digest('base64');
    expect(card).toEqual({
      contextId: id,
      userId,
      audience: service.origin,
      keyLabel: 'laptop',
      fingerprint: `SHA256:${digest.replace('=', '')}`,
      kid: key?.kid,
      jti: decodeJwt(token).jti,
      algorithm: 'Ed25519',
      issuedAt: '2026-11-24T11:59:30.000Z',
      expiresAt: '2026-11-24T12:10:00.000Z',
    });
  });

  it('is the same until it expires', () => {
    const first = parts.registration.card(id);
    clock.advance(10 * minute - 1);
    expect(parts.registration.card(id)).toEqual(first);
    clock.advance(1);
    const next = parts.registration.card(id);
    expect(next.jti).not.toBe(first.jti);
    expect(next.expiresAt).toBe('2026-11-24T12:20:00.000Z');
  });

  it('is another one after renewal, whatever its age', () => {
    const first = parts.registration.card(id);
    const renewed = parts.registration.renew(id);
    expect(renewed.jti).not.toBe(first.jti);
    expect(decodeJwt(parts.registration.token(id)).jti).toBe(renewed.jti);
  });

  it('is dropped when the vault is locked and not made while it is', async () => {
    const first = parts.registration.card(id);
    parts.vault.lock();
    expect(() => parts.registration.card(id)).toThrow(expect.objectContaining({ code: 'vault_locked' }));
    await parts.unlock();
    expect(parts.registration.card(id).jti).not.toBe(first.jti);
  });

  it('is made for pending contexts only', () => {
    parts.contexts.markActive(id);
    for (const deed of ['card', 'renew', 'token'] as const) {
      expect(() => parts.registration[deed](id)).toThrow(expect.objectContaining({ code: 'not_pending' }));
    }
    parts.contexts.remove(id);
    expect(() => parts.registration.card(id)).toThrow(expect.objectContaining({ code: 'context_not_found' }));
  });
});
