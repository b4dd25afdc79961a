import type { ServerContext } from '../../context.ts';
import type { PublicKeyTable } from '../../db/schema.ts';
import { ApiError } from '../../http/api-error.ts';
import { findKeyWithOwner, orgOf } from '../../identity/keys.ts';
import type { KeyOwner } from '../../identity/keys.ts';
import { isSignedBy } from './compact-jws.ts';
import { noteFailure } from './note-failure.ts';

interface KeyTokenClaims {
  iss: string;
  sub: string;
  aud: string;
}

/** A kind of token that registered keys sign: how it is read, and what is said where one is refused. */
export interface KeyTokenKind<Claims extends KeyTokenClaims> {
  /** As in "The API token is for …" and in "The key that signed this token …". */
  names: { full: string; short: string };
  /** What to do about a key that is not registered, and about one that was revoked: sentences. */
  remedies: { notRegistered: string; revoked: string };
  /** Reads a token that is not believed yet. @throws ApiError when its form is wrong. */
  read: (token: string) => { kid: string; claims: Claims };
  /** @param fault - The rest of a sentence about the token, such as `is not signed by …`. */
  invalid: (fault: string) => ApiError;
  /** @param now - The server's clock, in seconds. */
  refusalByTime: (claims: Claims, now: number) => ApiError | null;
}

/** A believed token of a registered key. */
export interface VerifiedKeyToken<Claims> {
  key: PublicKeyTable;
  owner: KeyOwner;
  claims: Claims;
}

/**
 * Verifies a token that a registered Ed25519 key signed (RFC 7519, RFC 8725). The key is found by `kid` alone; refusals
 * of a registered key's tokens go to the audit log.
 *
 * @param ip - The caller's address, for the audit log.
 * @throws ApiError 401 with the reason.
 */
export async function verifyKeyToken<Claims extends KeyTokenClaims>(
  context: ServerContext,
  kind: KeyTokenKind<Claims>,
  token: string,
  ip: string,
): Promise<VerifiedKeyToken<Claims>> {
  const { kid, claims } = kind.read(token);
  const found = await findKeyWithOwner(context.db, kid);
  if (found === null) {
    const message = `The key that signed this ${kind.names.short} is not registered here. ${kind.remedies.notRegistered}`;
    throw new ApiError('key_not_registered', message);
  }
  const { key, owner } = found;
  const isSigned = await isSignedBy(token, key.x);
  const refusal = isSigned
    ? refusalOf(context, kind, { key, owner, claims })
    : kind.invalid('is not signed by the key it names');
  if (refusal === null) return { key, owner, claims };
  const details = { reason: refusal.code };
  const event = { action: 'auth.token_refused', target: kid, ...orgOf(owner), details };
  await noteFailure(context, kid, { id: owner.id, name: owner.name, ip }, event);
  throw refusal;
}

function refusalOf<Claims extends KeyTokenClaims>(
  context: ServerContext,
  kind: KeyTokenKind<Claims>,
  { key, owner, claims }: VerifiedKeyToken<Claims>,
): ApiError | null {
  const { names, remedies } = kind;
  if (key.revoked_at !== null) {
    const message = `The key that signed this ${names.short} was revoked. ${remedies.revoked}`;
    return new ApiError('key_revoked', message);
  }
  if (!owner.active) {
    return new ApiError('unauthenticated', 'The account of this key is not active. Ask an administrator.');
  }
  if (claims.iss !== claims.sub || claims.sub !== owner.subject) {
    return kind.invalid('is for somebody else than the owner of its key');
  }
  if (claims.aud !== context.origin()) {
    const message = `The ${names.full} is for ${claims.aud}; this server is ${context.origin()}.`;
    return new ApiError('token_wrong_origin', message);
  }
  return kind.refusalByTime(claims, context.now().getTime() / 1000);
}
