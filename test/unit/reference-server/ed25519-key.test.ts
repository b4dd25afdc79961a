import { verifyAsync } from '@noble/ed25519';
import { describe, expect, it } from 'vitest';
import { registrationTokenHeaderSchema } from '../../../contracts/server-api/tokens.ts';
import { fingerprint, isSoundPublicKey, thumbprint } from '../../../reference-server/identity/ed25519-key.ts';
import { verifyRegistrationToken } from '../../../reference-server/auth/keys/registration-token.ts';
import { nowInSeconds } from '../../support/test-key.ts';

/** The key of RFC 8037, appendix A. */
const rfcKey = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo';

/** Encodings of points whose order divides 8, canonical and not (RFC 8032 with the sign bit either way). */
const smallOrderKeys = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0000000000000000000000000000000000000000000000000000000000000080',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000080',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
].map((hex) => Buffer.from(hex, 'hex').toString('base64url'));

describe('thumbprint and fingerprint', () => {
  it('are those of the specifications', () => {
    // RFC 8037, appendix A.3; the fingerprint is computed with OpenSSL.
    expect(thumbprint(rfcKey)).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k');
    expect(fingerprint(rfcKey)).toBe('SHA256:If4x36FUomFia/hUBG/SJxt77UtqvkWqWId+9H+XIbk');
  });
});

describe('a public key', () => {
  it('of an honest pair is sound', () => {
    expect(isSoundPublicKey(rfcKey)).toBe(true);
  });

  it.each(smallOrderKeys)('of small order is refused: %s', (x) => {
    expect(isSoundPublicKey(x)).toBe(false);
  });

  it('that is no point, too short or not canonical base64url is refused', () => {
    expect(isSoundPublicKey(Buffer.alloc(32, 2).toString('base64url'))).toBe(false);
    expect(isSoundPublicKey(rfcKey.slice(0, 40))).toBe(false);
    expect(isSoundPublicKey(`${rfcKey.slice(0, -1)}p`)).toBe(false);
  });
});

describe('a registration token under a key of small order', () => {
  it('is refused though the equation of its signature holds without any private key', async () => {
    // With the identity as public key, R = identity and S = 0 "sign" every message.
    const x = Buffer.from(`01${'00'.repeat(31)}`, 'hex').toString('base64url');
    const header = { alg: 'Ed25519', typ: 'registration+jwt', jwk: { kty: 'OKP', crv: 'Ed25519', x } };
    const now = nowInSeconds();
    const userId = 'u_aaaaaaaaaaaaaaaa';
    const origin = 'https://keyhold.example';
    const claims = { iss: userId, sub: userId, aud: origin, iat: now, exp: now + 60, jti: 'attack-attack' };
    const signed = [header, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    const signature = Buffer.from(`01${'00'.repeat(63)}`, 'hex');
    const publicKey = Buffer.from(x, 'base64url');
    expect(await verifyAsync(signature, Buffer.from(signed), publicKey, { zip215: true })).toBe(true);
    expect(registrationTokenHeaderSchema.safeParse(header).success).toBe(true);

    const token = `${signed}.${signature.toString('base64url')}`;
    await expect(
      verifyRegistrationToken(token, { subject: userId, origin, now: new Date() }),
    ).rejects.toThrow(/carries a key that cannot be trusted/);
  });
});
