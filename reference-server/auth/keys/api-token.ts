import {
  apiTokenClaimsSchema,
  apiTokenHeaderSchema,
  maxApiTokenTtl,
  maxClockSkew,
} from '../../../contracts/server-api/tokens.ts';
import type { ApiTokenClaims } from '../../../contracts/server-api/tokens.ts';
import type { ServerContext } from '../../context.ts';
import { ApiError } from '../../http/api-error.ts';
import { firstIssue } from '../../http/validation-words.ts';
import type { KeyOwner } from '../../identity/keys.ts';
import { decodeCompactJws } from './compact-jws.ts';
import { verifyKeyToken } from './key-token.ts';
import type { KeyTokenKind } from './key-token.ts';

/** A believed API token. */
interface VerifiedApiToken {
  owner: KeyOwner;
  kid: string;
  /** When its key was used last; null for never. */
  lastUsedAt: string | null;
  expiresAt: Date;
  /** The organization that its signer wants to act in; null for the first one. */
  org: string | null;
}

const apiToken: KeyTokenKind<ApiTokenClaims> = {
  names: { full: 'API token', short: 'token' },
  remedies: {
    notRegistered: 'Register it on the dashboard page for keys.',
    revoked: 'Make and register a new key.',
  },
  read: readApiToken,
  invalid: (fault) => refused(`The API token ${fault}.`),
  refusalByTime,
};

/**
 * Verifies an API token as `verifyKeyToken` does.
 *
 * @throws ApiError 401: `token_invalid`, `key_not_registered`, `key_revoked`, `unauthenticated`, `token_wrong_origin`,
 *   `token_ttl_exceeded` or `token_expired`.
 */
export async function verifyApiToken(
  context: ServerContext,
  token: string,
  ip: string,
): Promise<VerifiedApiToken> {
  const { key, owner, claims } = await verifyKeyToken(context, apiToken, token, ip);
  return {
    owner,
    kid: key.kid,
    lastUsedAt: key.last_used_at,
    expiresAt: new Date(claims.exp * 1000),
    org: claims.org ?? null,
  };
}

function readApiToken(token: string): { kid: string; claims: ApiTokenClaims } {
  const decoded = decodeCompactJws(token);
  if (typeof decoded === 'string') throw refused(`This is not an API token: ${decoded}.`);
  const header = apiTokenHeaderSchema.safeParse(decoded.header);
  if (!header.success) throw refused(`The API token's header is refused: ${firstIssue(header.error)}.`);
  const claims = apiTokenClaimsSchema.safeParse(decoded.claims);
  if (!claims.success) throw refused(`The API token's claims are refused: ${firstIssue(claims.error)}.`);
  return { kid: header.data.kid, claims: claims.data };
}

function refusalByTime({ iat, nbf, exp }: ApiTokenClaims, now: number): ApiError | null {
  const ttl = exp - iat;
  if (ttl <= 0) return refused('The API token ends before it begins.');
  if (ttl > maxApiTokenTtl) {
    const message = `API tokens live at most ${String(maxApiTokenTtl / 3600)} hours here.`;
    return new ApiError('token_ttl_exceeded', message);
  }
  if (Math.max(iat, nbf) > now + maxClockSkew) {
    return refused('The API token is not valid yet. Check the clock of the computer that made it.');
  }
  if (exp <= now) return new ApiError('token_expired', 'The API token has expired. Make a new one.');
  return null;
}

function refused(message: string): ApiError {
  return new ApiError('token_invalid', message);
}
