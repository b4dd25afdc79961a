import type {
  AccessRequest,
  AccessRequestsQuery,
  CreateAccessRequest,
} from '../../../contracts/server-api/access/requests.ts';
import { openRequestsMax } from '../../../contracts/server-api/access/requests.ts';
import type { Caller } from '../../auth/caller.ts';
import type { ServerContext } from '../../context.ts';
import type { AccessRequestTable } from '../../db/access-schema.ts';
import { cutPage } from '../../db/cut-page.ts';
import { readActions, writeActions } from '../../db/grant-columns.ts';
import type { UserTable } from '../../db/schema.ts';
import type { Actor, AuditEvent, Reader, Tx } from '../../db/write.ts';
import { ApiError, notFound } from '../../http/api-error.ts';
import { newId } from '../../identity/ids.ts';
import { orgOfRepository } from '../../identity/repository-name.ts';
import { requireNoPause } from '../../limits/require-no-pause.ts';
import { futureEnd } from '../future-end.ts';

/** A request with who asks. */
export type AskedRequest = AccessRequestTable & Pick<UserTable, 'username' | 'email' | 'status'>;

/**
 * Keeps what a person asks for, instead of what they asked for on that repository before. Whether there is such a
 * repository is not looked at, here or in the answer: who may not read it learns nothing of it, nor by how long it takes.
 *
 * @throws ApiError 400 for an end in the past, and for bots; 409 with too many open requests, 429 for too many in an hour.
 */
export async function askForAccess(
  context: ServerContext,
  caller: Caller,
  asked: CreateAccessRequest,
  actor: Actor,
): Promise<AccessRequest> {
  requirePerson(caller);
  const until = futureEnd(asked.until, 'until', context.now());
  requireNoPause(context.accessRequests.pausedFor(actor.id), 'You asked for much in the last hour.');
  return context.write(actor, async (tx, audit) => {
    const now = context.now();
    const { numDeletedRows: replaced } = await tx
      .deleteFrom('access_requests')
      .where('user_id', '=', actor.id)
      .where('repository', '=', asked.repository)
      .where('state', '=', 'open')
      .executeTakeFirst();
    await requireRoom(tx, actor.id);
    const row: AccessRequestTable = {
      ...{ id: newId('req'), user_id: actor.id, repository: asked.repository },
      ...{ actions: writeActions(asked.actions), until, reason: asked.reason },
      ...{ asked_at: now.toISOString(), state: 'open', decided_at: null, decided_by: null, answer: null },
    };
    await tx.insertInto('access_requests').values(row).execute();
    context.accessRequests.add(actor.id);
    audit(requestEvent('access-request.made', row, { ...asWords(row), replaced: replaced > 0n }));
    const user = await tx
      .selectFrom('users')
      .select(['username', 'email', 'status'])
      .where('id', '=', actor.id)
      .executeTakeFirstOrThrow();
    return toAccessRequest({ ...row, ...user });
  });
}

/** Takes back an open request of the actor's own. @throws ApiError 404 */
export async function withdrawRequest(context: ServerContext, id: string, actor: Actor): Promise<void> {
  await context.write(actor, async (tx, audit) => {
    const row = await tx
      .deleteFrom('access_requests')
      .where('id', '=', id)
      .where('user_id', '=', actor.id)
      .where('state', '=', 'open')
      .returningAll()
      .executeTakeFirst();
    if (row === undefined) throw notFound(`An open request ${id} of yours`);
    audit(requestEvent('access-request.withdrawn', row, {}));
  });
}

/**
 * A page of a person's own requests, newest first.
 *
 * @throws ApiError 403 for credentials that are not good for all that the person may do
 */
export async function listOwnRequests(
  context: ServerContext,
  { principal, credential }: Caller,
  { limit, after }: AccessRequestsQuery,
): Promise<{ requests: AccessRequest[]; next: string | undefined }> {
  if (credential.method === 'api-key' || credential.method === 'api-token') {
    throw new ApiError('scope_insufficient', 'Sign in, or use a key, to see what you asked for.');
  }
  let query = requestQuery(context.db).where('user_id', '=', principal.id);
  const place = readPlace(after);
  if (place !== null) {
    query = query.where((where) =>
      where.or([
        where('asked_at', '<', place.at),
        where.and([where('asked_at', '=', place.at), where('access_requests.id', '<', place.id)]),
      ]),
    );
  }
  const rows = await query
    .orderBy('asked_at', 'desc')
    .orderBy('access_requests.id', 'desc')
    .limit(limit + 1)
    .execute();
  const { page, end } = cutPage(rows, limit);
  return { requests: page.map(toAccessRequest), next: end && placeOf(end) };
}

/** Requests with who asks. */
export function requestQuery(db: Reader) {
  return db
    .selectFrom('access_requests')
    .innerJoin('users', 'users.id', 'access_requests.user_id')
    .selectAll('access_requests')
    .select(['username', 'email', 'status']);
}

/** Where a page begins that comes behind a request, which may be gone. */
export function placeOf({ asked_at: at, id }: AccessRequestTable): string {
  return `${at} ${id}`;
}

/** The same as it was sent; null for the beginning. */
export function readPlace(after: string): { at: string; id: string } | null {
  const [at = '', id = ''] = after.split(' ');
  return after === '' ? null : { at, id };
}

/** What is said of a request in the audit log, to owners of the organization that its repository would be in. */
export function requestEvent(
  action: string,
  { id, repository }: AccessRequestTable,
  details: AuditEvent['details'],
): AuditEvent {
  const org = orgOfRepository(repository);
  return {
    ...{ action, outcome: 'success', target: repository },
    ...(org === null ? {} : { org }),
    details: { request: id, ...details },
  };
}

function asWords({ actions, until, reason }: AccessRequestTable): Record<string, string> {
  return { actions, ...(until === null ? {} : { until }), reason };
}

/** A request as the contract shows it. */
export function toAccessRequest(row: AskedRequest): AccessRequest {
  const { decided_at: at, decided_by: by } = row;
  return {
    ...{ id: row.id, repository: row.repository, actions: readActions(row.actions), until: row.until },
    ...{ reason: row.reason, asked_at: row.asked_at },
    by: {
      reference: `user:${row.user_id}`,
      name: row.username,
      email: row.email,
      active: row.status === 'active',
    },
    state: row.state,
    decided: at === null || by === null ? null : { by, at, words: row.answer },
  };
}

function requirePerson({ principal }: Caller): void {
  if (principal.kind === 'user') return;
  throw new ApiError('invalid_request', 'Only people ask for access. Give the bot an authorization instead.');
}

async function requireRoom(tx: Tx, userId: string): Promise<void> {
  const open = await tx
    .selectFrom('access_requests')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('user_id', '=', userId)
    .where('state', '=', 'open')
    .executeTakeFirstOrThrow();
  if (open.count < openRequestsMax) return;
  const words = `You have ${openRequestsMax.toString()} open requests, as many as a person may. Withdraw one first.`;
  throw new ApiError('conflict', words);
}
