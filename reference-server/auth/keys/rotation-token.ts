import {
  maxClockSkew,
  maxRotationTokenTtl,
  rotationTokenClaimsSchema,
  rotationTokenHeaderSchema,
} from '../../../contracts/server-api/tokens.ts';
import type { RotationTokenClaims } from '../../../contracts/server-api/tokens.ts';
import type { ServerContext } from '../../context.ts';
import type { PublicKeyTable } from '../../db/schema.ts';
import { ApiError } from '../../http/api-error.ts';
import { findKeyWithOwner } from '../../identity/keys.ts';
import type { KeyOwner } from '../../identity/keys.ts';
import { noteRefusal } from './api-token.ts';
import { decodeCompactJws, isSignedBy } from './compact-jws.ts';
import { firstIssue } from '../../http/validation-words.ts';

/** A believed rotation token: which key wants which other one to succeed it. */
export interface VerifiedRotation {
  /** The owner of both keys. */
  owner: KeyOwner;
  oldKid: string;
  claims: RotationTokenClaims;
}

/**
 * Verifies a rotation token: a JWT (RFC 7519, RFC 8725) by which a registered key names its successor. An API token
 * is none, so that one that leaked cannot bring in a key. Whether the token was used before, and whether the new key
 * is the one it names, is for the caller to check.
 *
 * @param ip - The caller's address; refusals of a registered key's tokens go to the audit log with it.
 * @throws ApiError 401: `rotation_token_invalid`, `rotation_token_expired`, `token_wrong_origin`,
 *   `key_not_registered`, `key_revoked` or `unauthenticated`.
 */
export async function verifyRotationToken(
  context: ServerContext,
  token: string,
  ip: string,
): Promise<VerifiedRotation> {
  const { kid, claims } = readRotationToken(token);
  const found = await findKeyWithOwner(context.db, kid);
  if (found === null) {
    throw new ApiError(
      'key_not_registered',
      'The key that signed this rotation token is not registered here. Register the new key on the dashboard.',
    );
  }
  const refusal = await refusalOf(context, token, claims, found);
  if (refusal !== null) {
    await noteRefusal(context, found, refusal, ip);
    throw refusal;
  }
  return { owner: found.owner, oldKid: kid, claims };
}

async function refusalOf(
  context: ServerContext,
  token: string,
  claims: RotationTokenClaims,
  { key, owner }: { key: PublicKeyTable; owner: KeyOwner },
): Promise<ApiError | null> {
  if (!(await isSignedBy(token, key.x))) return invalid('it is not signed by the key it names');
  if (key.revoked_at !== null) {
    return new ApiError(
      'key_revoked',
      'The key that signed this rotation token was revoked. Register the new key on the dashboard.',
    );
  }
  if (!owner.active) {
    return new ApiError('unauthenticated', 'The account of this key is not active. Ask an administrator.');
  }
  if (claims.iss !== claims.sub || claims.sub !== owner.subject) {
    return invalid('it is for somebody else than the owner of its key');
  }
  if (claims.aud !== context.origin()) {
    return new ApiError(
      'token_wrong_origin',
      `The rotation token is for ${claims.aud}; this server is ${context.origin()}.`,
    );
  }
  return refusalByTime(claims, context.now().getTime() / 1000);
}

function readRotationToken(token: string): { kid: string; claims: RotationTokenClaims } {
  const decoded = decodeCompactJws(token);
  if (typeof decoded === 'string') throw invalid(decoded);
  const header = rotationTokenHeaderSchema.safeParse(decoded.header);
  if (!header.success) throw invalid(`its header is refused: ${firstIssue(header.error)}`);
  const claims = rotationTokenClaimsSchema.safeParse(decoded.claims);
  if (!claims.success) throw invalid(`its claims are refused: ${firstIssue(claims.error)}`);
  return { kid: header.data.kid, claims: claims.data };
}

/** @param now - The server's clock, in seconds. */
function refusalByTime({ iat, exp }: RotationTokenClaims, now: number): ApiError | null {
  const ttl = exp - iat;
  if (ttl <= 0 || ttl > maxRotationTokenTtl) {
    return invalid(`it is made for longer than ${String(maxRotationTokenTtl / 60)} minutes or for no time`);
  }
  if (iat > now + maxClockSkew) {
    return invalid('it is from the future; check the clock of the computer that made it');
  }
  if (exp > now) return null;
  return new ApiError('rotation_token_expired', 'This rotation token has expired. Rotate the key again.');
}

function invalid(reason: string): ApiError {
  return new ApiError('rotation_token_invalid', `The rotation token is refused: ${reason}.`);
}
