import type { z } from 'zod';
import type { BrowserAccess } from '../../../contracts/domain/browser-access.ts';
import type {
  CliExchangeAnswer,
  cliExchangeRequestSchema,
} from '../../../contracts/server-api/kisenon/loopback.ts';
import type { OrgRole } from '../../../contracts/server-api/primitives.ts';
import type { ServerContext } from '../../context.ts';
import type { LoginCodeTable } from '../../db/organization-schema.ts';
import type { UserTable } from '../../db/schema.ts';
import type { Audit, Tx } from '../../db/write.ts';
import { ApiError } from '../../http/api-error.ts';
import { networkOf } from '../../http/client-address.ts';
import { endApiKey, insertApiKey } from '../../identity/api-key-changes.ts';
import { isAtLeast } from '../../identity/roles.ts';
import { findUser, membershipsOf, toUser } from '../../identity/users.ts';
import type { OrgMembership } from '../../identity/users.ts';
import { pairOf, startRenewedSession } from '../renewed-sessions/renew.ts';
import type { RenewedSession } from '../renewed-sessions/renew.ts';
import { issueSessionJwt } from '../session-jwt.ts';
import { endSession, readSession, startSession } from '../sessions.ts';
import type { Session } from '../sessions.ts';
import { findLoginCode, verifierMatches } from './login-codes.ts';

type ExchangeRequest = z.output<typeof cliExchangeRequestSchema>;
type LeastRole = (access: BrowserAccess) => OrgRole;

/** What a good code became. */
type Made = { membership: OrgMembership; user: UserTable } & (
  { key: { id: string; secret: string; name: string } } | { session: Session } | { renewed: RenewedSession }
);

/** Why a code that there is gives nothing. */
type Fault = 'replayed' | 'expired' | 'wrong_verifier' | 'wrong_redirect_uri' | 'signed_out' | 'role';

/**
 * Gives a program what a person allowed it, for the code that `/cli/authorize` made (RFC 6749, section 4.1.3; RFC 7636,
 * section 4.5). Any try spends the code; the second one also ends what the first one got (RFC 6749, section 4.1.2).
 *
 * @param leastRole - The role that the person still must have in the organization.
 * @throws ApiError 400 `invalid_grant` whatever is wrong; 429 for unknown codes once a network sent too many. Others
 *   are taken all the same, so that nobody can shut out the rest of their network.
 */
export async function exchangeLoginCode(
  context: ServerContext,
  request: ExchangeRequest,
  ip: string,
  leastRole: LeastRole,
): Promise<CliExchangeAnswer> {
  const row = await findLoginCode(context.db, request.code);
  if (row === null) throw refusedUnknown(context, networkOf(ip));
  const made = isOver(row) ? null : await spend(context, row.user_id, request, ip, leastRole);
  if (made === null) throw refused();
  const { membership, user } = made;
  const { slug: org, role } = membership;
  if ('renewed' in made) {
    const pair = await pairOf(context, made.renewed, context.now());
    return { ...pair, user: toUser(user), org, role };
  }
  if ('session' in made) {
    const jwt = await issueSessionJwt(context, made.session, membership);
    return { ...jwt, org, role };
  }
  const { secret, id, name } = made.key;
  return { api_key: secret, id, name, user: toUser(user), org, role };
}

/** Whether a code was spent and has nothing left to end: it writes nothing any more. */
function isOver({ used_at: used, made }: LoginCodeTable): boolean {
  return used !== null && made === null;
}

function refused(): ApiError {
  return new ApiError(
    'invalid_grant',
    'This code cannot be used: it works once, within 60 seconds, for the program that asked, while its person is ' +
      'signed in. Sign in again.',
  );
}

function refusedUnknown({ tokenRefusals }: ServerContext, network: string): ApiError {
  const counted = `login code ${network}`;
  const seconds = tokenRefusals.pausedFor(counted);
  tokenRefusals.add(counted);
  if (seconds === null) return refused();
  const message = 'Too many codes that nobody was given. Wait a few minutes, then sign in again.';
  return new ApiError('rate_limited', message, {
    details: { retry_after: seconds },
    retryAfterSeconds: seconds,
  });
}

/** Spends a code, whatever comes of it. Those who come at the same time are served one after the other. */
async function spend(
  context: ServerContext,
  userId: string,
  request: ExchangeRequest,
  ip: string,
  leastRole: LeastRole,
): Promise<Made | null> {
  const user = await findUser(context.db, userId);
  if (user === null) return null;
  return context.write({ id: userId, name: user.username, ip }, async (tx, audit) => {
    const row = await findLoginCode(tx, request.code);
    if (row === null || isOver(row)) return null;
    const now = context.now();
    const session = await readSession({ db: tx, now: () => now }, row.session_id);
    const membership = (await membershipsOf(tx, userId)).find(({ orgId }) => orgId === row.org_id);
    const fault =
      faultOf(row, request, now) ??
      (session?.user.status === 'active' ? null : 'signed_out') ??
      (membership !== undefined && isAtLeast(membership.role, leastRole(row.access)) ? null : 'role');
    if (fault !== null || session === null || membership === undefined) {
      await endMade(context, tx, audit, row);
      await markUsed(tx, row, now, null);
      const details = { name: row.name, reason: fault ?? 'role' };
      audit({ action: 'login_code.exchanged', outcome: 'failure', ...orgOf(membership), details });
      return null;
    }
    const made = await make(context, tx, audit, row, { user: session.user, membership });
    await markUsed(tx, row, now, idOf(made));
    const target = 'key' in made ? { target: made.key.id } : {};
    const details = { name: row.name, access: row.access };
    audit({ action: 'login_code.exchanged', outcome: 'success', ...target, ...orgOf(membership), details });
    return made;
  });
}

function faultOf(row: LoginCodeTable, request: ExchangeRequest, now: Date): Fault | null {
  if (row.used_at !== null) return 'replayed';
  if (row.expires_at <= now.toISOString()) return 'expired';
  if ((request.redirect_uri ?? null) !== row.redirect_uri) return 'wrong_redirect_uri';
  return verifierMatches(request.code_verifier, row.code_challenge) ? null : 'wrong_verifier';
}

/** Of what ends when the code comes again. */
function idOf(made: Made): string {
  if ('key' in made) return made.key.id;
  return 'session' in made ? made.session.id : made.renewed.session.id;
}

async function make(
  context: ServerContext,
  tx: Tx,
  audit: Audit,
  { access, name }: LoginCodeTable,
  { user, membership }: { user: UserTable; membership: OrgMembership },
): Promise<Made> {
  switch (access) {
    case 'api-key': {
      const org = { id: membership.orgId, slug: membership.slug };
      const key = { name, scope: { kind: 'org' }, capability: 'read_write', expiresAt: null } as const;
      const made = await insertApiKey(context, tx, audit, org, { ...key, userId: user.id, via: null });
      return { membership, user, key: { ...made, name } };
    }
    case 'session': {
      const { session } = await startSession(tx, user, context.now());
      return { membership, user, session };
    }
    case 'token-pair':
      return { membership, user, renewed: await startRenewedSession(tx, context, user, context.now()) };
  }
}

async function endMade(
  context: ServerContext,
  tx: Tx,
  audit: Audit,
  { access, made }: LoginCodeTable,
): Promise<void> {
  if (made === null) return;
  switch (access) {
    case 'api-key':
      return endApiKey(context, tx, audit, made);
    case 'session':
    case 'token-pair':
      return endSession(tx, made);
  }
}

async function markUsed(tx: Tx, row: LoginCodeTable, now: Date, made: string | null): Promise<void> {
  await tx
    .updateTable('login_codes')
    .set({ used_at: now.toISOString(), made })
    .where('code_hash', '=', row.code_hash)
    .execute();
}

function orgOf(membership: OrgMembership | undefined): { org?: string } {
  return membership === undefined ? {} : { org: membership.slug };
}
