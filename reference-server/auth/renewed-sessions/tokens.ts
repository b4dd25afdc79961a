import { z } from 'zod';
import { serverRoleSchema } from '../../../contracts/server-api/artifact-keeper/session.ts';
import type { ServerContext } from '../../context.ts';
import { ApiError } from '../../http/api-error.ts';
import { readOwnJwt, signOwnJwt } from '../own-jwt.ts';
import { readSession } from '../sessions.ts';
import type { Session } from '../sessions.ts';

/** Apart from every other kind of token, and from each other, by their types (RFC 8725, section 3.11). */
const types = { access: 'access+jwt', refresh: 'refresh+jwt' } as const;
export const accessTokenType = types.access;

const accessClaims = z.object({
  sub: z.string(),
  /** Id of the session that it belongs to, and ends with. */
  sid: z.string(),
  token_type: z.literal('access'),
  exp: z.number(),
});

const refreshClaims = z.object({
  sub: z.string(),
  sid: z.string(),
  jti: z.string(),
  token_type: z.literal('refresh'),
});

/** Signs the access token of a session: its life is the configuration's, and no longer than the session's. */
export function signAccessToken(
  context: ServerContext,
  { id: sid, user, expiresAt }: Session,
): Promise<{ token: string; life: number }> {
  const issuedAt = context.now();
  const left = Math.max(1, Math.floor((expiresAt.getTime() - issuedAt.getTime()) / 1000));
  const life = Math.min(context.config.artifactKeeper.accessSeconds, left);
  const { id: subject, username, email, role } = user;
  const claims = {
    ...{ sid, username, email, role: serverRoleSchema.parse(role) },
    ...{ is_admin: role === 'admin', token_type: 'access', iat_ms: issuedAt.getTime() },
  };
  return signOwnJwt(context, claims, { ...kindOf(context, 'access'), subject, issuedAt, life }).then(
    (token) => ({ token, life }),
  );
}

/** Signs a refresh token that is in the database. */
export function signRefreshToken(
  context: ServerContext,
  { id: sid, user, expiresAt }: Session,
  jti: string,
  issuedAt: Date,
): Promise<string> {
  const life = Math.floor((expiresAt.getTime() - issuedAt.getTime()) / 1000);
  const claims = { sid, token_type: 'refresh' };
  return signOwnJwt(context, claims, {
    ...kindOf(context, 'refresh'),
    ...{ subject: user.id, issuedAt, life, jti },
  });
}

/**
 * Reads an access token.
 *
 * @throws ApiError 401 `token_invalid`, `token_expired`, or `session_expired` once its session has ended.
 */
export async function readAccessToken(
  context: ServerContext,
  token: string,
): Promise<{ session: Session; ends: Date }> {
  const read = await readOwnJwt(context, token, { ...kindOf(context, 'access'), claims: accessClaims });
  if (read === null) {
    throw new ApiError('token_invalid', 'This is no access token of this server. Sign in again.');
  }
  const { sub, sid, exp } = read.claims;
  if (read.expired) {
    const message = 'The access token has expired. Renew it with POST /api/v1/auth/refresh.';
    throw new ApiError('token_expired', message);
  }
  const session = await readSession(context, sid);
  if (session?.user.id !== sub) {
    throw new ApiError('session_expired', 'The session has ended. Sign in again.');
  }
  return { session, ends: new Date(exp * 1000) };
}

/** What a refresh token says; null for what is none of this server's, or has come to its end. */
export async function readRefreshToken(
  context: ServerContext,
  token: string,
): Promise<z.output<typeof refreshClaims> | null> {
  const read = await readOwnJwt(context, token, { ...kindOf(context, 'refresh'), claims: refreshClaims });
  return read === null || read.expired ? null : read.claims;
}

function kindOf(context: ServerContext, type: keyof typeof types) {
  return { key: context.secrets.accessTokenKey, typ: types[type], audience: context.origin() };
}
