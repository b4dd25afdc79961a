import { SignJWT, calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import type { CryptoKey, JWTPayload } from 'jose';
import { randomUUID } from 'node:crypto';

/** An Ed25519 key that a test holds, with the tokens it can make; what a claim or header is can be changed. */
export interface TestKey {
  kid: string;
  /** The public key, 32 bytes in base64url. */
  x: string;
  privateKey: CryptoKey;
  registrationToken(userId: string, origin: string, change?: TokenChange): Promise<string>;
  apiToken(userId: string, origin: string, change?: TokenChange): Promise<string>;
  /** Names the key that shall succeed this one. */
  rotationToken(userId: string, origin: string, newKid: string, change?: TokenChange): Promise<string>;
}

/** Claims and header members instead of, or beside, the right ones; `undefined` takes one away. */
export interface TokenChange {
  claims?: Record<string, unknown>;
  header?: Record<string, unknown>;
}

/** Seconds since 1970. */
export function nowInSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

export async function newTestKey(): Promise<TestKey> {
  const { publicKey, privateKey } = await generateKeyPair('Ed25519', { extractable: true });
  const { x = '' } = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint({ kty: 'OKP', crv: 'Ed25519', x });
  const sign = (header: Record<string, unknown>, claims: JWTPayload, change: TokenChange) =>
    new SignJWT({ ...claims, ...change.claims })
      .setProtectedHeader({ alg: 'Ed25519', ...header, ...change.header })
      .sign(privateKey);
  const claims = (userId: string, origin: string, seconds: number) => {
    const now = nowInSeconds();
    return { iss: userId, sub: userId, aud: origin, iat: now, exp: now + seconds, jti: randomUUID() };
  };
  return {
    kid,
    x,
    privateKey,
    registrationToken: (userId, origin, change = {}) =>
      sign(
        { typ: 'registration+jwt', jwk: { kty: 'OKP', crv: 'Ed25519', x } },
        claims(userId, origin, 600),
        change,
      ),
    apiToken: (userId, origin, change = {}) =>
      sign({ typ: 'JWT', kid }, { ...claims(userId, origin, 900), nbf: nowInSeconds() }, change),
    rotationToken: (userId, origin, newKid, change = {}) =>
      sign({ typ: 'rotation+jwt', kid }, { ...claims(userId, origin, 120), new_kid: newKid }, change),
  };
}
