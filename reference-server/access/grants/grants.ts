import type { CreateGrantRequest, Grant } from '../../../contracts/server-api/authorizations.ts';
import type { RepositoryAction } from '../../../contracts/server-api/repositories.ts';
import type { ServerContext } from '../../context.ts';
import type { GrantTable } from '../../db/schema.ts';
import type { Actor, Audit, AuditEvent, Tx } from '../../db/write.ts';
import { ApiError, notFound } from '../../http/api-error.ts';
import { readActions, writeActions } from '../../db/grant-columns.ts';
import type { RepositoryRef } from '../../identity/repositories.ts';
import { findBot } from '../../identity/bots.ts';
import { noteGrantChanges } from '../../identity/grant-changes.ts';
import { newId } from '../../identity/ids.ts';
import { orgOfRepository } from '../../identity/repository-name.ts';
import { canReceive } from '../../identity/principals.ts';
import { futureEnd } from '../future-end.ts';
import { repositoryAccess } from '../repository-access.ts';
import { countUnknownAddresses } from '../unknown-addresses.ts';
import { findUserByEmail } from '../../identity/users.ts';

/** What somebody shall be allowed to do on a repository. */
export interface GrantRequest {
  /** A user by address, or a bot by name. */
  to: Pick<CreateGrantRequest, 'email' | 'bot'>;
  actions: readonly RepositoryAction[];
  /** RFC 3339; a grant without it does not end. */
  expiresAt: string | undefined;
}

/** A grant with who it belongs to. */
export interface RepositoryGrant extends Omit<Grant, 'permission'> {
  actions: RepositoryAction[];
}

/**
 * Gives a user or a bot a grant on a repository, instead of the one it had there.
 *
 * @returns The grant, and whether there was none before.
 * @throws ApiError 404 when there is nobody of that e-mail address, or no such bot in the repository's organization;
 *   400 when the end lies in the past; 429 for too many unknown addresses.
 */
export async function setGrant(
  context: ServerContext,
  repository: RepositoryRef,
  request: GrantRequest,
  actor: Actor,
): Promise<{ grant: RepositoryGrant; created: boolean }> {
  const principal = await findPrincipal(context, repository, request.to, actor.id);
  const row = newGrant(context, repository, { ...request, principalId: principal.id }, actor);
  const before = await storeGrant(context, repository, row, actor, 'replace');
  return { grant: toGrant(repository, { ...row, ...principal.columns }), created: before === 0 };
}

/** The row of a grant that is to be stored. @throws ApiError 400 when the end lies in the past */
export function newGrant(
  context: ServerContext,
  repository: RepositoryRef,
  request: Pick<GrantRequest, 'actions' | 'expiresAt'> & { principalId: string },
  actor: Actor,
): GrantTable {
  const now = context.now();
  return {
    id: newId('g'),
    repository_id: repository.id,
    principal_id: request.principalId,
    actions: writeActions(request.actions),
    effect: 'allow',
    batch: null,
    created_by: actor.id,
    created_at: now.toISOString(),
    expires_at: futureEnd(request.expiresAt, 'expires_at', now),
  };
}

/** Columns of the principal that lists join: of a user, of a group, or of a bot. */
export interface PrincipalColumns {
  username: string | null;
  email: string | null;
  group_name: string | null;
  bot_name: string | null;
}

async function findPrincipal(
  context: ServerContext,
  repository: RepositoryRef,
  { email, bot: reference }: GrantRequest['to'],
  callerId: string,
): Promise<{ id: string; columns: PrincipalColumns }> {
  if (reference !== undefined) {
    const [name = '', org] = reference.split('/').reverse();
    const own = orgOfRepository(repository.fullName) ?? '';
    // Bots of other organizations are not known here.
    const bot = org === undefined || org === own ? await findBot(context.db, own, name) : null;
    if (bot === null) throw notFound(`The bot ${reference}`);
    return { id: bot.id, columns: { username: null, email: null, group_name: null, bot_name: bot.name } };
  }
  const user = await findUserByEmail(context.db, email ?? '');
  countUnknownAddresses(context, callerId, [email ?? ''], () => user !== null);
  if (user === null) throw notFound(`A user with the e-mail address ${email ?? ''}`);
  const { username, email: address } = user;
  return { id: user.id, columns: { username, email: address, group_name: null, bot_name: null } };
}

/**
 * Takes a grant back.
 *
 * @throws ApiError 404 when the repository has no such grant.
 */
export async function removeGrant(
  context: ServerContext,
  repository: RepositoryRef,
  grantId: string,
  actor: Actor,
): Promise<void> {
  await context.write(actor, async (tx, audit) => {
    await requireAdminStill({ ...context, db: tx }, repository, actor);
    const removed = await tx
      .deleteFrom('grants')
      .where('id', '=', grantId)
      .where('repository_id', '=', repository.id)
      .returning(['principal_id', 'actions'])
      .executeTakeFirst();
    if (removed === undefined) throw notFound('This authorization');
    await noteGrantChanges(tx, actor, context.now(), [
      { repositoryId: repository.id, principalId: removed.principal_id },
    ]);
    const details = { grant: grantId, principal: removed.principal_id, actions: removed.actions };
    audit(grantEvent('grant.removed', repository, details));
  });
}

/**
 * Stores a grant.
 *
 * @param earlier - What becomes of one that the principal has there and that has not ended; `require` takes the place of
 *   the one with the same id alone.
 * @returns How many it took the place of.
 * @throws ApiError 403, 404, also where none is there that is required, 409 where an earlier one stays
 */
export async function storeGrant(
  context: ServerContext,
  repository: RepositoryRef,
  row: GrantTable,
  actor: Actor,
  earlier: 'replace' | 'keep' | 'require',
): Promise<number> {
  return context.write(actor, (tx, audit) =>
    storeGrantIn({ context, actor, tx, audit }, repository, row, earlier),
  );
}

/** A change under way, with who makes it. */
export interface Change {
  context: ServerContext;
  actor: Actor;
  tx: Tx;
  audit: Audit;
}

/** `storeGrant` as a part of a change. */
export async function storeGrantIn(
  { context, actor, tx, audit }: Change,
  repository: RepositoryRef,
  row: GrantTable,
  earlier: 'replace' | 'keep' | 'require',
): Promise<number> {
  await requireAdminStill({ ...context, db: tx }, repository, actor);
  if (!(await canReceive(tx, row.principal_id))) throw notFound('The account');
  let there = tx
    .deleteFrom('grants')
    .where('repository_id', '=', row.repository_id)
    .where('principal_id', '=', row.principal_id)
    .where('effect', '=', row.effect);
  if (earlier === 'keep') there = there.where('expires_at', '<=', context.now().toISOString());
  if (earlier === 'require') there = there.where('id', '=', row.id);
  const before = await there.executeTakeFirst();
  if (earlier === 'require' && before.numDeletedRows === 0n) throw notFound('This permission');
  const inserted = await tx
    .insertInto('grants')
    .values(row)
    .onConflict((conflict) => conflict.columns(['repository_id', 'principal_id', 'effect']).doNothing())
    .executeTakeFirst();
  if (inserted.numInsertedOrUpdatedRows !== 1n) {
    const message = `There is a permission for this on ${repository.fullName} already. Delete it first.`;
    throw new ApiError('conflict', message);
  }
  await noteGrantChanges(tx, actor, context.now(), [
    { repositoryId: repository.id, principalId: row.principal_id },
  ]);
  const details = {
    grant: row.id,
    principal: row.principal_id,
    actions: row.actions,
    ...(row.expires_at === null ? {} : { expires_at: row.expires_at }),
  };
  audit(grantEvent('grant.set', repository, details));
  return Number(before.numDeletedRows);
}

/**
 * For the beginning of a change, as `requireRoleStill`: the repository is still there, no other one of its name, and the
 * actor's.
 *
 * @param context - With the transaction as `db`.
 */
export async function requireAdminStill(
  context: ServerContext,
  { id: repositoryId, fullName }: RepositoryRef,
  { id, name }: Actor,
): Promise<void> {
  const bot = await context.db.selectFrom('bots').select('id').where('id', '=', id).executeTakeFirst();
  const kind = bot === undefined ? 'user' : 'bot';
  const asker = { principal: { kind, id, name }, limits: null } as const;
  const { repository, actions } = await repositoryAccess(context, asker, fullName);
  if (repository?.id !== repositoryId || !actions.has('read')) throw notFound(`The repository ${fullName}`);
  if (actions.has('admin')) return;
  const message = `You may no longer change who can use ${fullName}. Nothing was changed.`;
  throw new ApiError('role_insufficient', message);
}

/** What the audit log has of a grant that was set or removed. */
export function grantEvent(
  action: string,
  repository: RepositoryRef,
  details: Record<string, string>,
): AuditEvent {
  const org = orgOfRepository(repository.fullName);
  const where = org === null ? {} : { org };
  return { action, outcome: 'success', target: repository.fullName, ...where, details };
}

/** A row as a grant. */
export function toGrant(repository: RepositoryRef, row: GrantTable & PrincipalColumns): RepositoryGrant {
  const { username, email, group_name: group, bot_name: bot } = row;
  const org = orgOfRepository(repository.fullName) ?? '';
  return {
    id: row.id,
    repository: repository.fullName,
    ...(username === null || email === null ? {} : { user: { id: row.principal_id, username, email } }),
    ...(group === null ? {} : { group: { id: row.principal_id, name: group } }),
    ...(bot === null ? {} : { bot: { id: row.principal_id, name: bot, subject: `bot:${org}/${bot}` } }),
    actions: readActions(row.actions),
    created_at: row.created_at,
    expires_at: row.expires_at,
  };
}
