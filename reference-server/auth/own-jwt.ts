import { errors, jwtVerify, SignJWT } from 'jose';
import type { JWTPayload } from 'jose';
import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type { ServerContext } from '../context.ts';
import { decodeCompactJws } from './keys/compact-jws.ts';

/** One algorithm, named by nobody but us (RFC 8725, section 3.1). */
const algorithm = 'HS256';

/** A kind of token that the server makes for itself; each has a key and a type of its own (RFC 8725, section 3.11). */
interface OwnJwt {
  /** 32 random bytes. */
  key: Uint8Array;
  typ: string;
  audience: string;
}

interface Signing extends OwnJwt {
  subject: string;
  /** In whole seconds. */
  issuedAt: Date;
  /** In seconds. */
  life: number;
  /** Left out: a new one. */
  jti?: string;
}

/** Signs a token of the server's own. */
export function signOwnJwt(
  context: Pick<ServerContext, 'origin'>,
  claims: JWTPayload,
  { key, typ, audience, subject, issuedAt, life, jti = randomUUID() }: Signing,
): Promise<string> {
  const seconds = Math.floor(issuedAt.getTime() / 1000);
  return new SignJWT(claims)
    .setProtectedHeader({ alg: algorithm, typ })
    .setIssuer(context.origin())
    .setAudience(audience)
    .setSubject(subject)
    .setIssuedAt(seconds)
    .setNotBefore(seconds)
    .setExpirationTime(seconds + life)
    .setJti(jti)
    .sign(key);
}

/**
 * Reads a token of the server's own.
 *
 * @returns null for one that this server did not make, or not for this. `expired` where nothing but its end is wrong.
 */
export async function readOwnJwt<Schema extends z.ZodType>(
  context: Pick<ServerContext, 'origin' | 'now'>,
  token: string,
  { key, typ, audience, claims: schema }: OwnJwt & { claims: Schema },
): Promise<{ claims: z.output<Schema>; expired: boolean } | null> {
  // jose would take padding, white space and stray bits: one token, one spelling (RFC 8725, section 3).
  if (typeof decodeCompactJws(token) === 'string') return null;
  const verified = await jwtVerify(token, key, {
    algorithms: [algorithm],
    typ,
    issuer: context.origin(),
    audience,
    requiredClaims: ['exp', 'nbf', 'iat', 'sub', 'jti'],
    currentDate: context.now(),
  }).catch((error: unknown) => {
    // It looks at the end last: all else was right.
    return error instanceof errors.JWTExpired && error.claim === 'exp'
      ? { payload: error.payload, expired: true }
      : null;
  });
  if (verified === null) return null;
  const claims = schema.safeParse(verified.payload);
  return claims.success ? { claims: claims.data, expired: 'expired' in verified } : null;
}
