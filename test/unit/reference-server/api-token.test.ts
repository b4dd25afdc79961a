import { SignJWT, base64url, exportSPKI, importJWK } from 'jose';
import { createHmac } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { registerKey } from '../../../reference-server/auth/keys/key-registration.ts';
import { verifyApiToken } from '../../../reference-server/auth/keys/api-token.ts';
import { revokeKey } from '../../../reference-server/identity/keys.ts';
import type { KeyOwner } from '../../../reference-server/identity/keys.ts';
import { seedCheaply } from '../../support/demo-seed.ts';
import { demoOwner, newTestContext, testOrigin } from '../../support/server-context.ts';
import type { TestContext } from '../../support/server-context.ts';
import { newTestKey, nowInSeconds } from '../../support/test-key.ts';
import type { TestKey, TokenChange } from '../../support/test-key.ts';

const ip = '192.0.2.1';
const by = ({ id, name }: KeyOwner) => ({ id, name, ip });
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
  await registerKey(context, maya, await key.registrationToken(maya.id, testOrigin), by(maya));
});

const verify = (token: string) => verifyApiToken(context, token, ip);
const token = (change?: TokenChange) => key.apiToken(maya.id, testOrigin, change);
const now = nowInSeconds();

describe('an API token', () => {
  it('of a registered key names its user, key and end', async () => {
    const verified = await verify(await token());
    expect(verified).toMatchObject({ owner: { id: maya.id }, kid: key.kid });
    expect(verified.expiresAt.getTime() / 1000).toBeGreaterThan(now);
  });

  it('may say EdDSA instead of Ed25519', async () => {
    await expect(verify(await token({ header: { alg: 'EdDSA' } }))).resolves.toMatchObject({ kid: key.kid });
  });

  it('may live exactly 24 hours and be made by a clock 60 seconds ahead', async () => {
    const iat = now + 55;
    const claims = { iat, nbf: iat, exp: iat + 24 * 3600 };
    await expect(verify(await token({ claims }))).resolves.toMatchObject({ kid: key.kid });
  });

  it('may carry claims that nobody knows', async () => {
    await expect(verify(await token({ claims: { client: 'keyhold/1' } }))).resolves.toMatchObject({
      kid: key.kid,
    });
  });
});

describe('an API token is refused', () => {
  const otherJwk = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' };
  const changes: [string, TokenChange, string][] = [
    ['for another server', { claims: { aud: 'https://other.example' } }, 'token_wrong_origin'],
    ['for the same server with a slash more', { claims: { aud: `${testOrigin}/` } }, 'token_invalid'],
    ['for a list of servers', { claims: { aud: [testOrigin] } }, 'token_invalid'],
    ['without a server', { claims: { aud: undefined } }, 'token_invalid'],
    ['that has expired', { claims: { iat: now - 100, nbf: now - 100, exp: now - 1 } }, 'token_expired'],
    ['that lives longer than 24 hours', { claims: { exp: now + 24 * 3600 + 120 } }, 'token_ttl_exceeded'],
    ['that never ends', { claims: { exp: undefined } }, 'token_invalid'],
    ['that ends before it begins', { claims: { exp: now - 10 } }, 'token_invalid'],
    ['from the future', { claims: { iat: now + 120, exp: now + 600 } }, 'token_invalid'],
    ['not valid yet', { claims: { nbf: now + 120 } }, 'token_invalid'],
    ['without nbf', { claims: { nbf: undefined } }, 'token_invalid'],
    ['with a time that is text', { claims: { exp: String(now + 600) } }, 'token_invalid'],
    ['without jti', { claims: { jti: undefined } }, 'token_invalid'],
    [
      'of a user who does not own the key',
      { claims: { iss: 'u_aaaaaaaaaaaaaaaa', sub: 'u_aaaaaaaaaaaaaaaa' } },
      'token_invalid',
    ],
    ['with two different users', { claims: { iss: 'u_aaaaaaaaaaaaaaaa' } }, 'token_invalid'],
    ['with another typ', { header: { typ: 'registration+jwt' } }, 'token_invalid'],
    ['without typ', { header: { typ: undefined } }, 'token_invalid'],
    ['with a key inside', { header: { jwk: otherJwk } }, 'token_invalid'],
    ['with the address of a key set', { header: { jku: 'https://evil.example/jwks' } }, 'token_invalid'],
    ['with the address of a certificate', { header: { x5u: 'https://evil.example/x5u' } }, 'token_invalid'],
    ['with a certificate inside', { header: { x5c: ['AA=='] } }, 'token_invalid'],
    ['with SQL as kid', { header: { kid: "' OR 1=1 --" } }, 'token_invalid'],
    ['with a path as kid', { header: { kid: '../../../../dev/null' } }, 'token_invalid'],
    ['without kid', { header: { kid: undefined } }, 'token_invalid'],
    ['with an unknown kid', { header: { kid: 'A'.repeat(43) } }, 'key_not_registered'],
  ];
  it.each(changes)('%s', async (_name, change, code) => {
    await expect(verify(await token(change))).rejects.toMatchObject({ code, status: 401 });
  });

  it('with crit, even one that the server could know', async () => {
    const crit = await new SignJWT({})
      .setProtectedHeader({ alg: 'Ed25519', typ: 'JWT', kid: key.kid, crit: ['b64'], b64: true })
      .sign(key.privateKey);
    await expect(verify(crit)).rejects.toMatchObject({ code: 'token_invalid' });
  });

  it('signed by another key under a known kid', async () => {
    const other = await newTestKey();
    const forged = await other.apiToken(maya.id, testOrigin, { header: { kid: key.kid } });
    await expect(verify(forged)).rejects.toMatchObject({ code: 'token_invalid' });
  });

  it('unsigned, with alg none in any letter case', async () => {
    const [, claims = ''] = (await token()).split('.');
    for (const alg of ['none', 'None', 'NONE', 'nOnE']) {
      const header = base64url.encode(JSON.stringify({ alg, typ: 'JWT', kid: key.kid }));
      for (const signature of ['', 'AA']) {
        await expect(verify(`${header}.${claims}.${signature}`)).rejects.toMatchObject({
          code: 'token_invalid',
        });
      }
    }
  });

  it('signed with HS256 and the public key as secret, in each spelling of the key', async () => {
    const [, claims = ''] = (await token()).split('.');
    const publicKey = await importJWK({ kty: 'OKP', crv: 'Ed25519', x: key.x }, 'Ed25519', {
      extractable: true,
    });
    const spki = await exportSPKI(publicKey);
    for (const secret of [spki, key.x, Buffer.from(key.x, 'base64url'), key.kid]) {
      for (const alg of ['HS256', 'Ed25519']) {
        const signed = `${base64url.encode(JSON.stringify({ alg, typ: 'JWT', kid: key.kid }))}.${claims}`;
        const mac = createHmac('sha256', secret).update(signed).digest('base64url');
        await expect(verify(`${signed}.${mac}`)).rejects.toMatchObject({ code: 'token_invalid' });
      }
    }
  });

  it('in any other spelling of the same token', async () => {
    const good = await token();
    const [header = '', claims = '', signature = ''] = good.split('.');
    const lastBits =
      signature.slice(0, -1) +
      (signature.endsWith('A') ? 'B' : String.fromCharCode(signature.charCodeAt(85) + 1));
    const spellings = [
      ` ${good}`,
      `${good}\n`,
      `${good}=`,
      `${good}==`,
      `${header} .${claims}.${signature}`,
      `${header}.${claims.slice(0, 5)}\n${claims.slice(5)}.${signature}`,
      `${header}..${signature}`,
      `${good}.`,
      `${good}.${signature}`,
      `${header}.${claims}.${lastBits}`,
      `${header}.${claims}.${Buffer.from(signature, 'base64url').toString('base64')}`,
      '',
    ];
    for (const spelling of spellings) {
      await expect(verify(spelling)).rejects.toMatchObject({ code: 'token_invalid' });
      // Refused by its form, before a signature is looked at.
      await expect(verify(spelling)).rejects.toThrow(/^This is not an API token: its? /);
    }
  });

  it('larger than 16 KiB, before anything else is looked at', async () => {
    const huge = await token({ claims: { filler: 'x'.repeat(17 * 1024) } });
    await expect(verify(huge)).rejects.toThrow(/not an API token: it is longer than 16384/);
  });

  it('as soon as its key is revoked', async () => {
    const good = await token();
    await verify(good);
    await revokeKey(context, maya, key.kid, by(maya));
    await expect(verify(good)).rejects.toMatchObject({ code: 'key_revoked', status: 401 });
  });

  it('when the account is not active any more', async () => {
    await context.db.updateTable('users').set({ status: 'disabled' }).where('id', '=', maya.id).execute();
    await expect(verify(await token())).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});

describe('the audit log', () => {
  it('keeps refusals of a known key, five at most per address, and none of unknown keys', async () => {
    const stranger = await newTestKey();
    await expect(verify(await stranger.apiToken(jonas.id, testOrigin))).rejects.toMatchObject({
      code: 'key_not_registered',
    });
    for (let round = 0; round < 7; round += 1) {
      await expect(verify(await token({ claims: { aud: 'https://other.example' } }))).rejects.toThrow();
    }
    const rows = await context.db
      .selectFrom('audit_events')
      .selectAll()
      .where('action', '=', 'auth.token_refused')
      .execute();
    expect(rows).toHaveLength(5);
    expect(rows[0]).toMatchObject({
      actor_id: maya.id,
      target: key.kid,
      details: '{"reason":"token_wrong_origin"}',
    });
  });
});
