import {
  apiTokenClaimsSchema,
  apiTokenHeaderSchema,
  maxApiTokenTtl,
  maxClockSkew,
} from '../../../contracts/server-api/tokens.ts';
import type { ApiTokenClaims } from '../../../contracts/server-api/tokens.ts';
import type { ServerContext } from '../../context.ts';
import type { PublicKeyTable } from '../../db/schema.ts';
import { ApiError } from '../../http/api-error.ts';
import { findKeyWithOwner, orgOf, touchKey } from '../../identity/keys.ts';
import type { KeyOwner } from '../../identity/keys.ts';
import { networkOf } from '../../http/client-address.ts';
import { decodeCompactJws, isSignedBy } from './compact-jws.ts';
import { firstIssue } from '../../http/validation-words.ts';

/** A believed API token. */
export interface VerifiedApiToken {
  owner: KeyOwner;
  kid: string;
  expiresAt: Date;
}

/**
 * Verifies an API token: a JWT signed by a registered Ed25519 key (RFC 7519, RFC 8725). The key is found by `kid`
 * alone; a key or address of one inside the token is refused.
 *
 * @param ip - The caller's address; refusals of a registered key's tokens go to the audit log with it.
 * @throws ApiError 401: `token_invalid`, `key_not_registered`, `key_revoked`, `token_wrong_origin`,
 *   `token_ttl_exceeded` or `token_expired`.
 */
export async function verifyApiToken(
  context: ServerContext,
  token: string,
  ip: string,
): Promise<VerifiedApiToken> {
  const { kid, claims } = readApiToken(token);
  const found = await findKeyWithOwner(context.db, kid);
  if (found === null) {
    throw new ApiError(
      'key_not_registered',
      'The key that signed this token is not registered here. Register it on the dashboard page for keys.',
    );
  }
  const refusal = await refusalOf(context, token, claims, found);
  if (refusal !== null) {
    await noteRefusal(context, found, refusal, ip);
    throw refusal;
  }
  await touchKey(context, found.key);
  return { owner: found.owner, kid, expiresAt: new Date(claims.exp * 1000) };
}

function readApiToken(token: string): { kid: string; claims: ApiTokenClaims } {
  const decoded = decodeCompactJws(token);
  if (typeof decoded === 'string') throw invalid(`This is not an API token: ${decoded}.`);
  const header = apiTokenHeaderSchema.safeParse(decoded.header);
  if (!header.success) throw invalid(`The API token's header is refused: ${firstIssue(header.error)}.`);
  const claims = apiTokenClaimsSchema.safeParse(decoded.claims);
  if (!claims.success) throw invalid(`The API token's claims are refused: ${firstIssue(claims.error)}.`);
  return { kid: header.data.kid, claims: claims.data };
}

async function refusalOf(
  context: ServerContext,
  token: string,
  claims: ApiTokenClaims,
  { key, owner }: { key: PublicKeyTable; owner: KeyOwner },
): Promise<ApiError | null> {
  if (!(await isSignedBy(token, key.x))) return invalid('The API token is not signed by the key it names.');
  if (key.revoked_at !== null) {
    return new ApiError(
      'key_revoked',
      'The key that signed this token was revoked. Make and register a new key.',
    );
  }
  if (!owner.active) {
    return new ApiError('unauthenticated', 'The account of this key is not active. Ask an administrator.');
  }
  if (claims.iss !== claims.sub || claims.sub !== owner.subject) {
    return invalid('The API token is for somebody else than the owner of its key.');
  }
  if (claims.aud !== context.origin()) {
    return new ApiError(
      'token_wrong_origin',
      `The API token is for ${claims.aud}; this server is ${context.origin()}.`,
    );
  }
  return refusalByTime(claims, context.now().getTime() / 1000);
}

/** @param now - The server's clock, in seconds. */
function refusalByTime(claims: ApiTokenClaims, now: number): ApiError | null {
  const ttl = claims.exp - claims.iat;
  if (ttl <= 0) return invalid('The API token ends before it begins.');
  if (ttl > maxApiTokenTtl) {
    return new ApiError(
      'token_ttl_exceeded',
      `API tokens live at most ${String(maxApiTokenTtl / 3600)} hours here.`,
    );
  }
  if (Math.max(claims.iat, claims.nbf) > now + maxClockSkew) {
    return invalid('The API token is not valid yet. Check the clock of the computer that made it.');
  }
  if (claims.exp <= now) return new ApiError('token_expired', 'The API token has expired. Make a new one.');
  return null;
}

/** Notes a refused token of a known key. A few refusals per key and address are kept; a flood of them must not fill the audit log. */
export async function noteRefusal(
  context: ServerContext,
  { key, owner }: { key: PublicKeyTable; owner: KeyOwner },
  refusal: ApiError,
  ip: string,
): Promise<void> {
  const source = `${key.kid} ${networkOf(ip)}`;
  if (context.tokenRefusals.pausedFor(source) !== null) return;
  context.tokenRefusals.add(source);
  await context.write({ id: owner.id, name: owner.name, ip }, (_tx, audit) => {
    const details = { reason: refusal.code };
    audit({ action: 'auth.token_refused', outcome: 'failure', target: key.kid, ...orgOf(owner), details });
  });
}

function invalid(message: string): ApiError {
  return new ApiError('token_invalid', message);
}
