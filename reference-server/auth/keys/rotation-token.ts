import {
  maxClockSkew,
  maxRotationTokenTtl,
  rotationTokenClaimsSchema,
  rotationTokenHeaderSchema,
} from '../../../contracts/server-api/tokens.ts';
import type { RotationTokenClaims } from '../../../contracts/server-api/tokens.ts';
import type { ServerContext } from '../../context.ts';
import { ApiError } from '../../http/api-error.ts';
import { firstIssue } from '../../http/validation-words.ts';
import { decodeCompactJws } from './compact-jws.ts';
import { verifyKeyToken } from './key-token.ts';
import type { KeyTokenKind, VerifiedKeyToken } from './key-token.ts';

const registerNew = 'Register the new key on the dashboard.';

const rotationToken: KeyTokenKind<RotationTokenClaims> = {
  names: { full: 'rotation token', short: 'rotation token' },
  remedies: { notRegistered: registerNew, revoked: registerNew },
  read: readRotationToken,
  invalid: (fault) => refused(`it ${fault}`),
  refusalByTime,
};

/**
 * Verifies a rotation token, by which a registered key names its successor, as `verifyKeyToken` does. An API token is
 * none, so that one that leaked cannot bring in a key. Whether the token was used before, and whether the new key is
 * the one it names, is for the caller to check.
 *
 * @returns The old key, the owner of both keys, and what the token says.
 * @throws ApiError 401: `rotation_token_invalid`, `rotation_token_expired`, `token_wrong_origin`,
 *   `key_not_registered`, `key_revoked` or `unauthenticated`.
 */
export async function verifyRotationToken(
  context: ServerContext,
  token: string,
  ip: string,
): Promise<VerifiedKeyToken<RotationTokenClaims>> {
  return verifyKeyToken(context, rotationToken, token, ip);
}

function readRotationToken(token: string): { kid: string; claims: RotationTokenClaims } {
  const decoded = decodeCompactJws(token);
  if (typeof decoded === 'string') throw refused(decoded);
  const header = rotationTokenHeaderSchema.safeParse(decoded.header);
  if (!header.success) throw refused(`its header is refused: ${firstIssue(header.error)}`);
  const claims = rotationTokenClaimsSchema.safeParse(decoded.claims);
  if (!claims.success) throw refused(`its claims are refused: ${firstIssue(claims.error)}`);
  return { kid: header.data.kid, claims: claims.data };
}

function refusalByTime({ iat, exp }: RotationTokenClaims, now: number): ApiError | null {
  const ttl = exp - iat;
  if (ttl <= 0 || ttl > maxRotationTokenTtl) {
    return refused(`it is made for longer than ${String(maxRotationTokenTtl / 60)} minutes or for no time`);
  }
  if (iat > now + maxClockSkew) {
    return refused('it is from the future; check the clock of the computer that made it');
  }
  if (exp > now) return null;
  return new ApiError('rotation_token_expired', 'This rotation token has expired. Rotate the key again.');
}

function refused(reason: string): ApiError {
  return new ApiError('rotation_token_invalid', `The rotation token is refused: ${reason}.`);
}
