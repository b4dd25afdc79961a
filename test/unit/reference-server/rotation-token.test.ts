import { SignJWT } from 'jose';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { registerKey, rotateKey } from '../../../reference-server/auth/keys/key-registration.ts';
import { verifyApiToken } from '../../../reference-server/auth/keys/api-token.ts';
import { listKeys, revokeKey } from '../../../reference-server/identity/keys.ts';
import { verifyAudit } from '../../../reference-server/audit/audit-log.ts';
import type { KeyOwner } from '../../../reference-server/identity/keys.ts';
import { seedCheaply } from '../../support/demo-seed.ts';
import { demoOwner, newTestContext, testOrigin } from '../../support/server-context.ts';
import type { TestContext } from '../../support/server-context.ts';
import { newTestKey, nowInSeconds } from '../../support/test-key.ts';
import type { TestKey, TokenChange } from '../../support/test-key.ts';

const ip = '192.0.2.1';
const by = ({ id, name }: KeyOwner) => ({ id, name, ip });
const now = nowInSeconds();
let context: TestContext;
let maya: KeyOwner;
let jonas: KeyOwner;
let oldKey: TestKey;
let newKey: TestKey;

beforeAll(async () => {
  oldKey = await newTestKey();
  newKey = await newTestKey();
});
beforeEach(async () => {
  context = await newTestContext();
  await seedCheaply(context);
  maya = await demoOwner(context, 'maya');
  jonas = await demoOwner(context, 'jonas');
  await registerKey(context, maya, await oldKey.registrationToken(maya.id, testOrigin), by(maya));
});

const registration = (change?: TokenChange) => newKey.registrationToken(maya.id, testOrigin, change);
const rotation = (change?: TokenChange) => oldKey.rotationToken(maya.id, testOrigin, newKey.kid, change);
const rotate = async (tokens: { registration?: string; rotation?: string } = {}) =>
  rotateKey(
    context,
    {
      registration: tokens.registration ?? (await registration()),
      rotation: tokens.rotation ?? (await rotation()),
    },
    ip,
  );
const kids = async () => (await listKeys(context.db, maya)).map(({ kid }) => kid).sort();
const lastEvent = () =>
  context.db.selectFrom('audit_events').selectAll().orderBy('seq', 'desc').executeTakeFirstOrThrow();

describe('a rotation', () => {
  it('registers the new key beside the old one, and both sign in', async () => {
    const registered = await rotate({ registration: await registration({ claims: { name: 'Laptop' } }) });
    expect(registered).toMatchObject({ kid: newKey.kid, name: 'Laptop' });
    expect(await kids()).toEqual([oldKey.kid, newKey.kid].sort());
    for (const key of [oldKey, newKey]) {
      const { owner } = await verifyApiToken(context, await key.apiToken(maya.id, testOrigin), ip);
      expect(owner.id).toBe(maya.id);
    }
    expect(await lastEvent()).toMatchObject({
      action: 'key.rotated',
      outcome: 'success',
      actor_id: maya.id,
      target: newKey.kid,
      details: JSON.stringify({ name: 'Laptop', succeeds: oldKey.kid }),
    });
    expect(await verifyAudit(context.db)).toMatchObject({ valid: true });
  });

  it('can be used by one of two requests at the same time', async () => {
    const tokens = { registration: await registration(), rotation: await rotation() };
    const results = await Promise.allSettled([rotate(tokens), rotate(tokens)]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('is good to its last second and refused after it', async () => {
    const rotationToken = await rotation({ claims: { iat: now, exp: now + 300 } });
    context.advance(310);
    await expect(rotate({ rotation: rotationToken })).rejects.toMatchObject({
      code: 'rotation_token_expired',
      status: 401,
    });
  });
});

describe('a rotation is refused', () => {
  const stranger = 'u_aaaaaaaaaaaaaaaa';
  const changes: [string, TokenChange, string][] = [
    ['for another user', { claims: { iss: stranger, sub: stranger } }, 'rotation_token_invalid'],
    ['for two users', { claims: { iss: stranger } }, 'rotation_token_invalid'],
    ['for another server', { claims: { aud: 'https://other.example' } }, 'token_wrong_origin'],
    ['for a list of servers', { claims: { aud: [testOrigin] } }, 'rotation_token_invalid'],
    ['that has expired', { claims: { iat: now - 200, exp: now - 1 } }, 'rotation_token_expired'],
    ['that lives longer than 5 minutes', { claims: { iat: now, exp: now + 301 } }, 'rotation_token_invalid'],
    ['that ends before it begins', { claims: { iat: now, exp: now - 1 } }, 'rotation_token_invalid'],
    ['from the future', { claims: { iat: now + 120, exp: now + 200 } }, 'rotation_token_invalid'],
    ['without jti', { claims: { jti: undefined } }, 'rotation_token_invalid'],
    ['without a new key', { claims: { new_kid: undefined } }, 'rotation_token_invalid'],
    ['with a claim more', { claims: { admin: true } }, 'rotation_token_invalid'],
    ['with the typ of an API token', { header: { typ: 'JWT' } }, 'rotation_token_invalid'],
    [
      'with the typ of a registration token',
      { header: { typ: 'registration+jwt' } },
      'rotation_token_invalid',
    ],
    ['without typ', { header: { typ: undefined } }, 'rotation_token_invalid'],
    ['with the address of a key set', { header: { jku: 'https://evil.example/' } }, 'rotation_token_invalid'],
    ['of a key that is not known', { header: { kid: 'A'.repeat(43) } }, 'key_not_registered'],
  ];
  it.each(changes)('%s', async (_name, change, code) => {
    await expect(rotate({ rotation: await rotation(change) })).rejects.toMatchObject({ code, status: 401 });
    expect(await kids()).toEqual([oldKey.kid]);
  });

  it('for another new key than the registration token carries', async () => {
    const other = await newTestKey();
    const wrong = await oldKey.rotationToken(maya.id, testOrigin, other.kid);
    await expect(rotate({ rotation: wrong })).rejects.toMatchObject({ code: 'rotation_token_invalid' });
    expect(await kids()).toEqual([oldKey.kid]);
    expect(await lastEvent()).toMatchObject({
      action: 'key.rotated',
      outcome: 'failure',
      target: oldKey.kid,
    });
  });

  it('when the new key wants to belong to another user', async () => {
    const foreign = await newKey.registrationToken(jonas.id, testOrigin);
    await expect(rotate({ registration: foreign })).rejects.toMatchObject({
      code: 'registration_token_wrong_user',
    });
    expect(await listKeys(context.db, jonas)).toEqual([]);
  });

  it('when both tokens name another user: a key has authority for its owner only', async () => {
    const tokens = {
      registration: await newKey.registrationToken(jonas.id, testOrigin),
      rotation: await oldKey.rotationToken(jonas.id, testOrigin, newKey.kid),
    };
    await expect(rotate(tokens)).rejects.toMatchObject({ code: 'rotation_token_invalid' });
    expect(await listKeys(context.db, jonas)).toEqual([]);
  });

  it('when the rotation token is used a second time, for whatever registration token', async () => {
    const once = await rotation();
    await rotate({ rotation: once });
    await expect(rotate({ rotation: once })).rejects.toMatchObject({
      code: 'rotation_token_replayed',
      status: 409,
    });
  });

  it('when the registration token was used before', async () => {
    const once = await registration();
    await rotate({ registration: once });
    await expect(rotate({ registration: once })).rejects.toMatchObject({
      code: 'registration_token_replayed',
    });
  });

  it('once the old key is revoked, and that attempt is in the audit log', async () => {
    const tokens = { registration: await registration(), rotation: await rotation() };
    await revokeKey(context, maya, oldKey.kid, by(maya));
    await expect(rotate(tokens)).rejects.toMatchObject({ code: 'key_revoked', status: 401 });
    expect(await kids()).toEqual([]);
    expect(await lastEvent()).toMatchObject({ action: 'auth.token_refused', target: oldKey.kid });
  });

  it('when a revoked key wants to come back', async () => {
    await registerKey(context, maya, await registration(), by(maya));
    await revokeKey(context, maya, newKey.kid, by(maya));
    await expect(rotate()).rejects.toMatchObject({ code: 'conflict' });
    expect(await kids()).toEqual([oldKey.kid]);
  });

  it('when an API token of the old key is sent in its place', async () => {
    const leaked = await oldKey.apiToken(maya.id, testOrigin, { claims: { new_kid: newKey.kid } });
    await expect(rotate({ rotation: leaked })).rejects.toMatchObject({ code: 'rotation_token_invalid' });
    expect(await kids()).toEqual([oldKey.kid]);
  });

  it('when the new key signs for itself', async () => {
    const own = await newKey.rotationToken(maya.id, testOrigin, newKey.kid, { header: { kid: oldKey.kid } });
    await expect(rotate({ rotation: own })).rejects.toMatchObject({ code: 'rotation_token_invalid' });
  });

  it('with a symmetric signature made from the public key, or with none', async () => {
    const claims = { iss: maya.id, sub: maya.id, aud: testOrigin, jti: 'b'.repeat(12), new_kid: newKey.kid };
    const hmac = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', typ: 'rotation+jwt', kid: oldKey.kid })
      .setIssuedAt(now)
      .setExpirationTime(now + 60)
      .sign(Buffer.from(oldKey.x, 'base64url'));
    await expect(rotate({ rotation: hmac })).rejects.toMatchObject({ code: 'rotation_token_invalid' });
    const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
    const none = encode({ alg: 'none', typ: 'rotation+jwt', kid: oldKey.kid });
    const unsigned = `${none}.${encode({ ...claims, iat: now, exp: now + 60 })}.AA`;
    await expect(rotate({ rotation: unsigned })).rejects.toMatchObject({ code: 'rotation_token_invalid' });
    expect(await kids()).toEqual([oldKey.kid]);
  });
});

describe('a rotation token is nothing else', () => {
  it('neither signs in nor registers', async () => {
    const token = await rotation();
    await expect(verifyApiToken(context, token, ip)).rejects.toMatchObject({ code: 'token_invalid' });
    await expect(registerKey(context, maya, token, by(maya))).rejects.toMatchObject({
      code: 'registration_token_invalid',
    });
  });
});
