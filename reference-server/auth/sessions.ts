import { createHash, randomBytes } from 'node:crypto';
import type { ServerContext } from '../context.ts';
import type { UserTable } from '../db/schema.ts';
import type { Tx } from '../db/write.ts';
import { passwordEpoch } from './passwords.ts';

/** Life of a session, in seconds: one working day. */
export const sessionSeconds = 12 * 60 * 60;

/** How many sessions of a user are kept: the next one ends the oldest. */
export const maxSessions = 500;

/** What a session token looks like; the prefix tells it from a JWT and lets secret scanners find it. */
export const sessionTokenPattern = /^khs_[A-Za-z0-9_-]{43}$/;

/** A session that is still good. */
export interface Session {
  /** SHA-256 of its token, hex. */
  id: string;
  user: UserTable;
  /** When the user signed in. */
  beganAt: Date;
  expiresAt: Date;
  /** The organization that it began in, or that a browser was last in. */
  orgId: string | null;
}

interface SessionTerms {
  /** The organization to begin in; null for the one that comes first. */
  orgId?: string | null;
  /** Its life. */
  seconds?: number;
}

/**
 * Starts a session of a user; it ends at the latest when the user's password is another one.
 *
 * @param user - As it was when the password was checked.
 * @returns The session and its token: 256 random bits, kept by the client only.
 */
export async function startSession(
  tx: Tx,
  user: UserTable,
  now: Date,
  { orgId = null, seconds = sessionSeconds }: SessionTerms = {},
): Promise<{ token: string; session: Session }> {
  const token = `khs_${randomBytes(32).toString('base64url')}`;
  const id = hashToken(token);
  const expiresAt = new Date(now.getTime() + seconds * 1000);
  await tx.deleteFrom('sessions').where('expires_at', '<=', now.toISOString()).execute();
  await tx
    .insertInto('sessions')
    .values({
      token_hash: id,
      user_id: user.id,
      password_epoch: passwordEpoch(user.password_hash),
      org_id: orgId,
      created_at: now.toISOString(),
      expires_at: expiresAt.toISOString(),
    })
    .execute();
  await tx
    .updateTable('users')
    .set({ last_sign_in_at: now.toISOString() })
    .where('id', '=', user.id)
    .execute();
  await endOldSessions(tx, user.id, id);
  return { token, session: { id, user, beganAt: now, expiresAt, orgId } };
}

/** @param newest - Stays, also where the clock was set back or others began in the same instant. */
async function endOldSessions(tx: Tx, userId: string, newest: string): Promise<void> {
  const old = await tx
    .selectFrom('sessions')
    .select('token_hash')
    .where('user_id', '=', userId)
    .where('token_hash', '!=', newest)
    .orderBy('created_at', 'desc')
    .orderBy('token_hash')
    .offset(maxSessions - 1)
    .limit(maxSessions)
    .execute();
  for (const { token_hash } of old) await endSession(tx, token_hash);
}

/** The session of a token; null as `readSession`. */
export async function findSession(context: ServerContext, token: string): Promise<Session | null> {
  return sessionTokenPattern.test(token) ? readSession(context, hashToken(token)) : null;
}

/**
 * The session of an id, or null when there is none, it ended, its user's account is closed or has another password than
 * the one it began with.
 */
export async function readSession(
  context: Pick<ServerContext, 'db' | 'now'>,
  id: string,
): Promise<Session | null> {
  const row = await context.db
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .selectAll('users')
    .select([
      'sessions.expires_at',
      'sessions.password_epoch',
      'sessions.org_id',
      'sessions.created_at as began_at',
    ])
    .where('sessions.token_hash', '=', id)
    .where('sessions.expires_at', '>', context.now().toISOString())
    .where('users.status', '!=', 'disabled')
    .executeTakeFirst();
  if (row === undefined) return null;
  const { expires_at: expiresAt, password_epoch: epoch, org_id: orgId, began_at: beganAt, ...user } = row;
  if (epoch !== passwordEpoch(user.password_hash)) return null;
  return { id, user, beganAt: new Date(beganAt), expiresAt: new Date(expiresAt), orgId };
}

/** Notes the organization that a browser is in, as long as there is such a one. */
export async function rememberOrganization(tx: Tx, id: string, orgId: string): Promise<void> {
  await tx
    .updateTable('sessions')
    .set({ org_id: orgId })
    .where('token_hash', '=', id)
    .where((where) =>
      where.exists(where.selectFrom('organizations').select('organizations.id').where('id', '=', orgId)),
    )
    .execute();
}

/** Has a session go on for some seconds from now. @returns it as it is then */
export async function prolongSession(tx: Tx, session: Session, now: Date, seconds: number): Promise<Session> {
  const expiresAt = new Date(now.getTime() + seconds * 1000);
  await tx
    .updateTable('sessions')
    .set({ expires_at: expiresAt.toISOString() })
    .where('token_hash', '=', session.id)
    .execute();
  return { ...session, expiresAt };
}

/** Ends the session of an id; nothing happens when there is none. */
export async function endSession(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('sessions').where('token_hash', '=', id).execute();
}

/** Ends all sessions of a user. */
export async function endSessionsOf(tx: Tx, userId: string): Promise<void> {
  await tx.deleteFrom('sessions').where('user_id', '=', userId).execute();
}

function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
