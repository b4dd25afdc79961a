import { z } from 'zod';
import { sessionJwtSeconds } from '../../contracts/server-api/kisenon/session.ts';
import type { SessionJwt } from '../../contracts/server-api/kisenon/session.ts';
import { orgRoleSchema, orgSlugSchema } from '../../contracts/server-api/primitives.ts';
import type { ServerContext } from '../context.ts';
import { ApiError } from '../http/api-error.ts';
import { membershipsOf, toUser } from '../identity/users.ts';
import type { OrgMembership } from '../identity/users.ts';
import { readOwnJwt, signOwnJwt } from './own-jwt.ts';
import { readSession } from './sessions.ts';
import type { Session } from './sessions.ts';

/** Apart from every other kind of token by its own type (RFC 8725, section 3.11). */
export const sessionJwtType = 'session+jwt';

const claimsSchema = z.object({
  sub: z.string(),
  /** Id of the session that it belongs to, and ends with. */
  sid: z.string(),
  org: orgSlugSchema.nullable(),
  role: orgRoleSchema.nullable(),
  exp: z.number(),
});

/** A server JWT that is good, its session, and where its user acts by it. */
export interface ReadSessionJwt {
  session: Session;
  /** Null where the user does not belong to the organization that it names, or it names none. */
  membership: OrgMembership | null;
  /** The role in it: a higher one counts from the next refresh on. */
  role: OrgMembership['role'] | null;
  ends: Date;
}

/**
 * Signs a server JWT of a session: 15 minutes, and no longer than the session.
 *
 * @param membership - Where its user is to act; null for nowhere.
 */
export async function issueSessionJwt(
  context: ServerContext,
  { id: sid, user, beganAt, expiresAt }: Session,
  membership: OrgMembership | null,
): Promise<SessionJwt> {
  const { slug: org = null, role = null } = membership ?? {};
  const now = context.now();
  const left = Math.max(1, Math.floor((expiresAt.getTime() - now.getTime()) / 1000));
  const life = Math.min(sessionJwtSeconds, left);
  const claims = { sid, org, role, auth_time: Math.floor(beganAt.getTime() / 1000) };
  const token = await signOwnJwt(context, claims, {
    ...kindOf(context),
    subject: user.id,
    issuedAt: now,
    life,
  });
  return {
    token,
    token_type: 'Bearer',
    expires_in: life,
    session_expires_in: left,
    user: toUser(user),
    org,
    role,
  };
}

/**
 * Signs the first server JWT of a session: its user acts in the organization that it began in, or that comes first, until
 * they switch.
 */
export async function firstSessionJwt(context: ServerContext, session: Session): Promise<SessionJwt> {
  const all = await membershipsOf(context.db, session.user.id);
  const first = all.find(({ orgId }) => orgId === session.orgId) ?? all[0] ?? null;
  return issueSessionJwt(context, session, first);
}

/**
 * Reads a server JWT.
 *
 * @param evenExpired - To renew it: as long as its session lasts, its own end does not count.
 * @throws ApiError 401 `token_invalid`, `token_expired`, or `session_expired` once its session has ended.
 */
export async function readSessionJwt(
  context: ServerContext,
  token: string,
  evenExpired = false,
): Promise<ReadSessionJwt> {
  const read = await readOwnJwt(context, token, { ...kindOf(context), claims: claimsSchema });
  if (read === null)
    throw new ApiError('token_invalid', 'This is not a token of this server. Sign in again.');
  const { sub, sid, org, role, exp } = read.claims;
  const session = await readSession(context, sid);
  if (session?.user.id !== sub) {
    throw new ApiError('session_expired', 'The session has ended. Sign in again.');
  }
  if (read.expired && !evenExpired) {
    throw new ApiError('token_expired', 'The token has expired. Renew it with POST /v1/auth/refresh.');
  }
  const memberships = org === null ? [] : await membershipsOf(context.db, sub);
  const membership = memberships.find(({ slug }) => slug === org) ?? null;
  return { session, membership, role, ends: new Date(exp * 1000) };
}

function kindOf(context: ServerContext) {
  return { key: context.secrets.sessionJwtKey, typ: sessionJwtType, audience: context.origin() };
}
