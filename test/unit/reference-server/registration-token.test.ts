import { base64url, exportJWK } from 'jose';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { registerKey } from '../../../reference-server/auth/keys/key-registration.ts';
import { listKeys, revokeKey } from '../../../reference-server/identity/keys.ts';
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
let key: TestKey;

beforeAll(async () => {
  key = await newTestKey();
});
beforeEach(async () => {
  context = await newTestContext();
  await seedCheaply(context);
  maya = await demoOwner(context, 'maya');
  jonas = await demoOwner(context, 'jonas');
});

const register = (token: string, user = maya) => registerKey(context, user, token, by(user));
const token = (change?: TokenChange) => key.registrationToken(maya.id, testOrigin, change);

describe('a registration token', () => {
  it('registers its key under the label it carries', async () => {
    const registered = await register(await token({ claims: { name: 'Work laptop' } }));
    expect(registered).toMatchObject({ kid: key.kid, name: 'Work laptop', last_used_at: null });
    expect(registered.fingerprint).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
    expect(await listKeys(context.db, maya)).toEqual([registered]);
  });

  it('works once', async () => {
    const once = await token();
    await register(once);
    await expect(register(once)).rejects.toMatchObject({ code: 'registration_token_replayed', status: 409 });
  });

  it('does not work again after its key was revoked, nor does a new token of that key', async () => {
    const once = await token();
    await register(once);
    await revokeKey(context, maya, key.kid, by(maya));
    await expect(register(once)).rejects.toMatchObject({ code: 'registration_token_replayed' });
    await expect(register(await token())).rejects.toMatchObject({ code: 'conflict' });
    expect(await listKeys(context.db, maya)).toEqual([]);
  });

  it('cannot take a key over that another user has', async () => {
    await register(await token());
    const takeOver = await key.registrationToken(jonas.id, testOrigin);
    await expect(register(takeOver, jonas)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('can be used by one of two requests at the same time', async () => {
    const once = await token();
    const results = await Promise.allSettled([register(once), register(once)]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('is still good to its last second and refused after it', async () => {
    const first = await token({ claims: { exp: now + 900, iat: now } });
    context.advance(890);
    await register(first);
    const second = await newTestKey();
    const late = await second.registrationToken(maya.id, testOrigin, {
      claims: { exp: now + 900, iat: now },
    });
    context.advance(15);
    await expect(register(late)).rejects.toMatchObject({ code: 'registration_token_expired', status: 400 });
  });

  it('that is refused leaves a failure in the audit log', async () => {
    await expect(register(await token(), jonas)).rejects.toThrow();
    const row = await context.db
      .selectFrom('audit_events')
      .selectAll()
      .orderBy('seq', 'desc')
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({
      action: 'key.registered',
      outcome: 'failure',
      actor_id: jonas.id,
      address: ip,
    });
    expect(row.details).toBe('{"reason":"registration_token_wrong_user"}');
  });

  it('that is refused again and again fills no log', async () => {
    for (let time = 0; time < 30; time += 1) await expect(register('x')).rejects.toThrow();
    const { count } = await context.db
      .selectFrom('audit_events')
      .select((select) => select.fn.countAll<number>().as('count'))
      .where('action', '=', 'key.registered')
      .executeTakeFirstOrThrow();
    expect(count).toBe(5);
  });
});

describe('a registration token is refused', () => {
  const user = 'u_aaaaaaaaaaaaaaaa';
  const changes: [string, TokenChange, string][] = [
    ['for another user', { claims: { iss: user, sub: user } }, 'registration_token_wrong_user'],
    ['for two users', { claims: { iss: user } }, 'registration_token_invalid'],
    ['for another server', { claims: { aud: 'https://other.example' } }, 'registration_token_wrong_origin'],
    ['for a list of servers', { claims: { aud: [testOrigin] } }, 'registration_token_invalid'],
    ['that has expired', { claims: { iat: now - 600, exp: now - 1 } }, 'registration_token_expired'],
    [
      'that lives longer than 15 minutes',
      { claims: { exp: now + 901, iat: now } },
      'registration_token_invalid',
    ],
    ['that ends before it begins', { claims: { exp: now - 10, iat: now } }, 'registration_token_invalid'],
    ['from the future', { claims: { iat: now + 120, exp: now + 600 } }, 'registration_token_invalid'],
    ['without jti', { claims: { jti: undefined } }, 'registration_token_invalid'],
    ['with a claim more', { claims: { admin: true } }, 'registration_token_invalid'],
    ['with a label of two lines', { claims: { name: 'a\nb' } }, 'registration_token_invalid'],
    ['with a label that is too long', { claims: { name: 'x'.repeat(65) } }, 'registration_token_invalid'],
    ['with the typ of an API token', { header: { typ: 'JWT' } }, 'registration_token_invalid'],
    ['with a kid in its header', { header: { kid: 'x' } }, 'registration_token_invalid'],
    [
      'with the address of a key set',
      { header: { jku: 'https://evil.example/' } },
      'registration_token_invalid',
    ],
    ['without a key', { header: { jwk: undefined } }, 'registration_token_invalid'],
  ];
  it.each(changes)('%s', async (_name, change, code) => {
    await expect(register(await token(change))).rejects.toMatchObject({ code, status: 400 });
    expect(await listKeys(context.db, maya)).toEqual([]);
  });

  it('with the private key inside', async () => {
    const jwk = await exportJWK(key.privateKey);
    const change = { header: { jwk: { kty: 'OKP', crv: 'Ed25519', x: key.x, d: jwk.d } } };
    await expect(register(await token(change))).rejects.toMatchObject({ code: 'registration_token_invalid' });
  });

  it('with a key that did not sign it', async () => {
    const other = await newTestKey();
    const change = { header: { jwk: { kty: 'OKP', crv: 'Ed25519', x: other.x } } };
    await expect(register(await token(change))).rejects.toMatchObject({ code: 'registration_token_invalid' });
  });

  it('when it was changed after it was signed', async () => {
    const [header = '', claims = '', signature = ''] = (await token()).split('.');
    const changed = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, unknown>;
    const forged = base64url.encode(JSON.stringify({ ...changed, name: 'Changed' }));
    await expect(register(`${header}.${forged}.${signature}`)).rejects.toMatchObject({
      code: 'registration_token_invalid',
    });
  });

  it('that is the app’s API token, saying where the right one is', async () => {
    const wrong = await key.apiToken(maya.id, testOrigin);
    await expect(register(wrong)).rejects.toThrow(/not a registration token.*choose "Register key"/);
  });

  it('that is a PEM file, an empty text or half a token', async () => {
    const good = await token();
    for (const text of ['', '-----BEGIN PUBLIC KEY-----', good.slice(0, 40), good.slice(0, -10)]) {
      await expect(register(text)).rejects.toMatchObject({ code: 'registration_token_invalid' });
    }
  });
});
