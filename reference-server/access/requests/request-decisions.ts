import type { AccessChange } from '../../../contracts/server-api/access/batches.ts';
import type {
  AccessRequest,
  ApproveRequest,
  PendingRequest,
} from '../../../contracts/server-api/access/requests.ts';
import type { RepositoryAction } from '../../../contracts/server-api/repositories.ts';
import type { Caller } from '../../auth/caller.ts';
import type { ServerContext } from '../../context.ts';
import type { AccessRequestTable } from '../../db/access-schema.ts';
import { hasNotEnded, readActions, repositoryActions, writeActions } from '../../db/grant-columns.ts';
import type { Actor, Reader, Tx } from '../../db/write.ts';
import { ApiError, notFound } from '../../http/api-error.ts';
import type { RepositoryRef } from '../../identity/repositories.ts';
import { requireAdministered } from '../matrix/administered.ts';
import { newGrant, requireAdminStill, storeGrantIn } from '../grants/grants.ts';
import { askerOf, repositoriesAccess } from '../repository-access.ts';
import { placeOf, readPlace, requestEvent, requestQuery, toAccessRequest } from './requests.ts';
import type { AskedRequest } from './requests.ts';
import { requireRepository } from '../require-right.ts';

/** As many as one look at the database decides about. */
const pageSize = 200;
/** Decided requests of one person that are kept. */
const keptDecided = 50;

/**
 * A page of the open requests about repositories of an organization that the caller administers, oldest first, each with
 * the change that approving it makes. Those about names that no repository has are shown to nobody, nor those from before
 * the repository was made: what was asked for was another one.
 *
 * @throws ApiError 403, 404 as `requireAdministered`
 */
export async function listPendingRequests(
  context: ServerContext,
  caller: Caller,
  slug: string,
  { limit, after }: { limit: number; after: string },
): Promise<{ requests: PendingRequest[]; next: string | undefined }> {
  const org = await requireAdministered(context, caller, slug);
  const found: { row: AskedRequest; repository: RepositoryRef }[] = [];
  for (let place: string | undefined = after; place !== undefined && found.length <= limit;) {
    const rows = await openRequests(context.db, org.id, place);
    const names = [...new Set(rows.map(({ repository }) => repository))];
    const access = await repositoriesAccess(context, askerOf(caller), names);
    const administered = new Map(
      access.flatMap(({ name, repository, actions }) =>
        repository !== null && actions.has('admin') ? [[name, repository]] : [],
      ),
    );
    for (const row of rows) {
      const repository = administered.get(row.repository);
      if (repository !== undefined) found.push({ row, repository });
    }
    const end = rows.at(-1);
    place = rows.length < pageSize || end === undefined ? undefined : placeOf(end);
  }
  const page = found.slice(0, limit);
  const end = found.length > limit ? page.at(-1) : undefined;
  return { requests: await toPending(context, page), next: end && placeOf(end.row) };
}

function openRequests(db: Reader, orgId: string, after: string): Promise<AskedRequest[]> {
  let query = requestsOnRepositories(db).where('repositories.org_id', '=', orgId).where('state', '=', 'open');
  const place = readPlace(after);
  if (place !== null) {
    query = query.where((where) =>
      where.or([
        where('asked_at', '>', place.at),
        where.and([where('asked_at', '=', place.at), where('access_requests.id', '>', place.id)]),
      ]),
    );
  }
  return query.orderBy('asked_at').orderBy('access_requests.id').limit(pageSize).execute();
}

/** Requests for a repository that was there when somebody asked. */
function requestsOnRepositories(db: Reader) {
  return requestQuery(db).innerJoin('repositories', (join) =>
    join
      .onRef('repositories.full_name', '=', 'access_requests.repository')
      .onRef('repositories.created_at', '<=', 'access_requests.asked_at'),
  );
}

async function toPending(
  context: ServerContext,
  page: readonly { row: AskedRequest; repository: RepositoryRef }[],
): Promise<PendingRequest[]> {
  const now = context.now();
  const grants = await directGrants(
    context.db,
    page.map(({ repository }) => repository.id),
    page.map(({ row }) => row.user_id),
    now,
  );
  return page.map(({ row, repository }) => {
    const replaces = grants.get(`${repository.id} ${row.user_id}`) ?? null;
    const end = row.until !== null && new Date(row.until) > now ? row.until : undefined;
    const actions = together(replaces?.actions ?? [], readActions(row.actions));
    const change: AccessChange = {
      ...{ principal: `user:${row.user_id}`, repository: row.repository, actions },
      ...(end === undefined ? {} : { expires_at: end }),
    };
    return { ...toAccessRequest(row), change, replaces };
  });
}

interface Given {
  actions: RepositoryAction[];
  until: string | null;
}

/** What people were given themselves and that has not ended, by the repository's and the user's id. */
async function directGrants(
  db: Reader,
  repositoryIds: readonly string[],
  userIds: readonly string[],
  now: Date,
): Promise<Map<string, Given>> {
  if (repositoryIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('grants')
    .select(['repository_id', 'principal_id', 'actions', 'expires_at'])
    .where('repository_id', 'in', [...new Set(repositoryIds)])
    .where('principal_id', 'in', [...new Set(userIds)])
    .where('effect', '=', 'allow')
    .where(hasNotEnded(now))
    .execute();
  return new Map(
    rows.map((row) => [
      `${row.repository_id} ${row.principal_id}`,
      { actions: readActions(row.actions), until: row.expires_at },
    ]),
  );
}

function isSame(one: Given | null, other: Given | null): boolean {
  const told = (given: Given | null) =>
    given && [writeActions(given.actions), given.until && Date.parse(given.until)].join(' until ');
  return told(one) === told(other);
}

/** Approving takes nothing away that somebody was given before. */
function together(
  before: readonly RepositoryAction[],
  asked: readonly RepositoryAction[],
): RepositoryAction[] {
  return repositoryActions.filter((action) => before.includes(action) || asked.includes(action));
}

/**
 * Gives what somebody asked for, beside what they were given themselves, by one grant with the end that is named here or was
 * asked for; all in one change.
 *
 * @throws ApiError 404 for no such request, and for the repository, 403 for whoever does not administer it; 400 for an end
 *   in the past; 409 for a request that is decided already, or of somebody whose account is closed, and where what they
 *   were given is no longer what the caller has seen.
 */
export async function approveRequest(
  context: ServerContext,
  caller: Caller,
  id: string,
  { replaces, actions, expires_at: end }: ApproveRequest,
  actor: Actor,
): Promise<AccessRequest> {
  const { repository } = await decidable(context, caller, id);
  return context.write(actor, async (tx, audit) => {
    const row = await requireOpen(tx, id);
    if (row.status !== 'active') {
      const words = `The account of ${row.username} is closed or waits for approval. Nothing was changed.`;
      throw new ApiError('conflict', words, { details: { because: 'account_closed' } });
    }
    const now = context.now();
    const grants = await directGrants(tx, [repository.id], [row.user_id], now);
    const before = grants.get(`${repository.id} ${row.user_id}`) ?? null;
    if (!isSame(before, replaces)) {
      const words = `What ${row.username} has on ${row.repository} was changed meanwhile. Look at the request again.`;
      const details = { because: 'access_changed' } as const;
      throw new ApiError('conflict', `${words} Nothing was changed.`, { details });
    }
    const until = end === undefined ? row.until : end;
    const terms = {
      principalId: row.user_id,
      actions: together(before?.actions ?? [], actions ?? readActions(row.actions)),
      expiresAt: until ?? undefined,
    };
    const grant = newGrant(context, repository, terms, actor);
    await storeGrantIn({ context, actor, tx, audit }, repository, grant, 'replace');
    const decided = await storeDecision(tx, row, { state: 'approved', answer: null }, actor, now);
    const given = { actions: grant.actions, ...(until === null ? {} : { expires_at: until }) };
    audit(requestEvent('access-request.approved', row, { user: row.user_id, grant: grant.id, ...given }));
    return decided;
  });
}

/** Declines what somebody asked for, with words to them. @throws ApiError as `approveRequest` */
export async function declineRequest(
  context: ServerContext,
  caller: Caller,
  id: string,
  reason: string,
  actor: Actor,
): Promise<AccessRequest> {
  const { repository } = await decidable(context, caller, id);
  return context.write(actor, async (tx, audit) => {
    const row = await requireOpen(tx, id);
    await requireAdminStill({ ...context, db: tx }, repository, actor);
    const answer = { state: 'declined', answer: reason } as const;
    const decided = await storeDecision(tx, row, answer, actor, context.now());
    audit(requestEvent('access-request.declined', row, { user: row.user_id, reason }));
    return decided;
  });
}

/** A request about a repository that the caller administers. What it names is told to nobody else. */
async function decidable(
  context: ServerContext,
  caller: Caller,
  id: string,
): Promise<{ repository: RepositoryRef }> {
  if ((await findRequest(context.db, id)) === undefined) throw notFound(`The request ${id}`);
  const called = `of the request ${id}`;
  const row = await requestsOnRepositories(context.db)
    .where('access_requests.id', '=', id)
    .executeTakeFirst();
  // In the words for a repository that the caller may not know.
  if (row === undefined) throw notFound(`The repository ${called}`);
  return { repository: await requireRepository(context, caller, row.repository, 'admin', called) };
}

async function findRequest(db: Reader, id: string): Promise<AskedRequest | undefined> {
  return requestQuery(db).where('access_requests.id', '=', id).executeTakeFirst();
}

async function requireOpen(tx: Tx, id: string): Promise<AskedRequest> {
  const row = await findRequest(tx, id);
  if (row === undefined) throw notFound(`The request ${id}`);
  if (row.state === 'open') return row;
  const words = `${row.decided_by ?? ''} has ${row.state} this request already. Nothing was changed.`;
  throw new ApiError('conflict', words, { details: { because: `request_${row.state}` } });
}

async function storeDecision(
  tx: Tx,
  row: AskedRequest,
  decision: Pick<AccessRequestTable, 'state' | 'answer'>,
  { name }: Actor,
  now: Date,
): Promise<AccessRequest> {
  const decided = { ...decision, decided_at: now.toISOString(), decided_by: name };
  await tx.updateTable('access_requests').set(decided).where('id', '=', row.id).execute();
  await forgetOld(tx, row.user_id);
  return toAccessRequest({ ...row, ...decided });
}

async function forgetOld(tx: Tx, userId: string): Promise<void> {
  const old = await tx
    .selectFrom('access_requests')
    .select('id')
    .where('user_id', '=', userId)
    .where('state', '!=', 'open')
    .orderBy('decided_at', 'desc')
    .orderBy('id')
    .limit(keptDecided * 2)
    .offset(keptDecided)
    .execute();
  const ids = old.map(({ id }) => id);
  if (ids.length > 0) await tx.deleteFrom('access_requests').where('id', 'in', ids).execute();
}
