import { compactVerify } from 'jose';
import { z } from 'zod';
import { printable } from '../../../contracts/domain/printable.ts';
import type { JwtAuth } from '../../config/keeper.ts';
import { KeeperError } from '../../http/keeper-error.ts';
import type { Jwks } from '../jwks/jwks.ts';
import { jwksAlgorithms } from '../jwks/key-set.ts';
import type { JwksAlgorithm } from '../jwks/key-set.ts';
import { decodeCompactJws } from '../keys/compact-jws.ts';

/** What a JWT says, once it is believed. */
export interface KeeperClaims {
  subject: string;
  permissions: readonly string[];
  /** When it ends, the difference of clocks counted. */
  ends: Date;
}

const absent = z.never().exactOptional();

const headerSchema = z.looseObject({
  alg: z.enum(jwksAlgorithms),
  kid: z.unknown().optional(),
  // Other kinds of token name themselves here (RFC 8725, section 3.11); access tokens do so too (RFC 9068).
  typ: z
    .string()
    .regex(/^(?:application\/)?(?:at\+)?jwt$/i)
    .optional(),
  // Keys come from the set alone, and nothing is there that one would have to understand.
  ...{ crit: absent, jwk: absent, jku: absent, x5c: absent, x5u: absent },
});

const claimsSchema = z.looseObject({
  aud: z.unknown().optional(),
  exp: z.number().optional(),
  nbf: z.number().optional(),
  iss: z.unknown().optional(),
  sub: z.unknown().optional(),
  permissions: z.array(z.string()).optional(),
});

/** Longest subject, in UTF-16 units (OpenID Connect Core, section 2). */
const longestSubject = 255;

/**
 * Verifies a JWT for the keeper: its claims first, as TKeeper does, then its key and signature. Nothing of it is believed
 * before that.
 *
 * @throws KeeperError 401 `UNAUTHENTICATED`, in TKeeper's words.
 */
export async function verifyKeeperJwt(
  { audience, issuer, skewSeconds }: JwtAuth,
  jwks: Pick<Jwks, 'find'>,
  token: string,
  now: Date,
): Promise<KeeperClaims> {
  const decoded = decodeCompactJws(token);
  const header = headerSchema.safeParse(typeof decoded === 'string' ? null : decoded.header);
  const claims = claimsSchema.safeParse(typeof decoded === 'string' ? null : decoded.claims);
  if (!header.success || !claims.success) throw refused('Invalid token');
  const { aud, exp, nbf, iss, sub, permissions = [] } = claims.data;
  const seconds = now.getTime() / 1000;
  if (![aud].flat().includes(audience)) throw refused('Invalid audience');
  if (exp === undefined) throw refused('JWT should contain expiry time');
  if (seconds >= exp + skewSeconds) throw refused('Token expired');
  if (nbf !== undefined && nbf > seconds + skewSeconds) throw refused('Token is not allowed to use yet');
  if (issuer !== null && iss !== issuer) throw refused('Invalid issuer');
  await verifySignature(jwks, token, header.data);
  if (!isSubject(sub)) throw refused('Invalid subject');
  return { subject: sub, permissions, ends: endOf(exp + skewSeconds) };
}

async function verifySignature(
  jwks: Pick<Jwks, 'find'>,
  token: string,
  { alg, kid }: { alg: JwksAlgorithm; kid?: unknown },
): Promise<void> {
  if (typeof kid !== 'string' || kid === '') throw refused('Invalid key id');
  const key = jwks.find(kid);
  if (key === null) throw refused();
  if (key.key === null) throw refused(`Unsupported key type: ${key.kty}`);
  if (!key.algorithms.includes(alg)) throw refused();
  try {
    await compactVerify(token, key.key, { algorithms: [alg] });
  } catch {
    throw refused();
  }
}

/** Not blank, and one line that can be shown wherever it is logged. */
function isSubject(sub: unknown): sub is string {
  return (
    typeof sub === 'string' && sub.trim() !== '' && sub.length <= longestSubject && printable(sub) === sub
  );
}

/** A number that no date can have is far enough away. */
function endOf(seconds: number): Date {
  const last = 8.64e15;
  return new Date(Math.min(seconds * 1000, last));
}

function refused(details?: string): KeeperError {
  return new KeeperError('UNAUTHENTICATED', details);
}
