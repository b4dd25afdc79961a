import { randomUUID } from 'node:crypto';
import type { TokenPair } from '../../../contracts/server-api/artifact-keeper/session.ts';
import type { ServerContext } from '../../context.ts';
import type { RefreshTokenTable } from '../../db/directory-schema.ts';
import type { UserTable } from '../../db/schema.ts';
import type { Tx } from '../../db/write.ts';
import { ApiError } from '../../http/api-error.ts';
import { closeSession } from '../session-sign-in.ts';
import { endSession, prolongSession, readSession, startSession } from '../sessions.ts';
import type { Session } from '../sessions.ts';
import { readRefreshToken, signAccessToken, signRefreshToken } from './tokens.ts';

/** How long a refresh token that was used is taken for that of a second window, milliseconds. */
const grace = 30_000;

/**
 * Begins a session that goes on by refresh tokens: each is for one renewal, and gives the next.
 *
 * @param user - As it was when the sign-in was checked.
 */
export async function beginRenewedSession(
  context: ServerContext,
  user: UserTable,
  audit: { method: string; ip: string },
): Promise<TokenPair> {
  const now = context.now();
  const { ip, method } = audit;
  const begun = await context.write({ id: user.id, name: user.username, ip }, async (tx, note) => {
    note({ action: 'auth.sign_in', outcome: 'success', details: { method, via: 'api' } });
    return startRenewedSession(tx, context, user, now);
  });
  return pairOf(context, begun, now);
}

/** A session, and the id of the refresh token that renews it next. */
export interface RenewedSession {
  session: Session;
  jti: string;
}

/** The same as a part of something larger, which notes it in the audit log. `pairOf` signs the tokens. */
export async function startRenewedSession(
  tx: Tx,
  { config }: ServerContext,
  user: UserTable,
  now: Date,
): Promise<RenewedSession> {
  const { session } = await startSession(tx, user, now, { seconds: config.artifactKeeper.refreshSeconds });
  return { session, jti: await addRefreshToken(tx, session, now) };
}

type Renewal = ({ kind: 'renewed' } & RenewedSession) | { kind: 'used' | 'replayed' | 'ended' };

/**
 * Renews a session by a refresh token, which is used up by that. One that comes a second time was copied: its session ends,
 * unless it comes within 30 seconds while the one that took its place is unused, as from a second window.
 *
 * @throws ApiError 401 `token_invalid`, `session_expired`.
 */
export async function renewSession(context: ServerContext, token: string, ip: string): Promise<TokenPair> {
  const claims = await readRefreshToken(context, token);
  if (claims === null) {
    throw new ApiError(
      'token_invalid',
      'This is no refresh token of this server, or it has expired. Sign in again.',
    );
  }
  const now = context.now();
  const session = await readSession(context, claims.sid);
  const actor = session === null ? { ip } : { id: session.user.id, name: session.user.username, ip };
  const renewal = await context.write(actor, async (tx, audit): Promise<Renewal> => {
    const current = await readSession({ db: tx, now: () => now }, claims.sid);
    if (current === null) return { kind: 'ended' };
    const successor = randomUUID();
    const used = await useUp(tx, claims.jti, successor, now);
    if (used === null) return { kind: 'ended' };
    if (used === 'now') {
      const lasting = await prolongSession(tx, current, now, context.config.artifactKeeper.refreshSeconds);
      await addRefreshToken(tx, lasting, now, successor);
      audit({ action: 'auth.renewed', outcome: 'success', details: { method: 'refresh' } });
      return { kind: 'renewed', session: lasting, jti: successor };
    }
    if (await isSecondWindow(tx, used, now)) return { kind: 'used' };
    await endSession(tx, current.id);
    audit({ action: 'auth.refresh_replayed', outcome: 'failure' });
    return { kind: 'replayed' };
  });
  if (renewal.kind === 'renewed') return pairOf(context, renewal, now);
  throw new ApiError(renewal.kind === 'used' ? 'token_invalid' : 'session_expired', words[renewal.kind]);
}

/**
 * Ends the session of a refresh token, used up or not. One that is none, or whose session has ended, is what was wanted (RFC
 * 7009, section 2.2).
 */
export async function endRenewedSession(context: ServerContext, token: string, ip: string): Promise<void> {
  const claims = await readRefreshToken(context, token);
  const session = claims === null ? null : await readSession(context, claims.sid);
  if (session === null) return;
  const { id, username: name } = session.user;
  await closeSession(context, session.id, { id, name, ip });
}

const words = {
  used: 'The refresh token was used a moment ago. Go on with the one that was given for it.',
  replayed:
    'The refresh token was used before: somebody may have a copy of it, so the session has ended. Sign in again.',
  ended: 'The session has ended. Sign in again.',
} as const;

/** @returns `now` where this use was the first; else the token as it was used; null for one that is not there. */
async function useUp(
  tx: Tx,
  jti: string,
  successor: string,
  now: Date,
): Promise<'now' | RefreshTokenTable | null> {
  const changed = await tx
    .updateTable('refresh_tokens')
    .set({ used_at: now.toISOString(), successor })
    .where('jti', '=', jti)
    .where('used_at', 'is', null)
    .executeTakeFirst();
  if (changed.numUpdatedRows > 0n) return 'now';
  return (
    (await tx.selectFrom('refresh_tokens').selectAll().where('jti', '=', jti).executeTakeFirst()) ?? null
  );
}

async function isSecondWindow(
  tx: Tx,
  { used_at: usedAt, successor }: RefreshTokenTable,
  now: Date,
): Promise<boolean> {
  const age = now.getTime() - Date.parse(usedAt ?? '');
  if (!(age >= 0 && age <= grace)) return false;
  const next = await tx
    .selectFrom('refresh_tokens')
    .select('used_at')
    .where('jti', '=', successor)
    .executeTakeFirst();
  return next?.used_at === null;
}

async function addRefreshToken(
  tx: Tx,
  session: Session,
  now: Date,
  jti: string = randomUUID(),
): Promise<string> {
  const at = now.toISOString();
  await tx
    .deleteFrom('refresh_tokens')
    .where('session_id', '=', session.id)
    .where('expires_at', '<=', at)
    .execute();
  const row = { jti, session_id: session.id, created_at: at, expires_at: session.expiresAt.toISOString() };
  await tx
    .insertInto('refresh_tokens')
    .values({ ...row, used_at: null, successor: null })
    .execute();
  return jti;
}

/** Signs the tokens of a session. */
export async function pairOf(
  context: ServerContext,
  { session, jti }: RenewedSession,
  now: Date,
): Promise<TokenPair> {
  const { token, life } = await signAccessToken(context, session);
  return {
    access_token: token,
    refresh_token: await signRefreshToken(context, session, jti, now),
    expires_in: life,
    token_type: 'Bearer',
    must_change_password: session.user.must_change_password === 1,
  };
}
