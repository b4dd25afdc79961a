import { shownAuthorizations } from '../../contracts/server-api/bots.ts';
import type { Bot, BotIdentity } from '../../contracts/server-api/bots.ts';
import type { RepositoryAction } from '../../contracts/server-api/repositories.ts';
import type { PublicKey } from '../../contracts/server-api/keys.ts';
import type { PageQuery } from '../../contracts/server-api/pages.ts';
import type { ServerContext } from '../context.ts';
import { cutPage } from '../db/cut-page.ts';
import type { BotTable } from '../db/schema.ts';
import type { Actor, Reader } from '../db/write.ts';
import { ApiError, notFound } from '../http/api-error.ts';
import { hasNotEnded, readActions } from '../db/grant-columns.ts';
import { requireRoleStill } from './acting-role.ts';
import type { ActingOrganization } from './acting-role.ts';
import { forgetDefaultGrants } from './default-grants.ts';
import { deleteGrants } from './grant-changes.ts';
import { newId } from './ids.ts';
import { listKeysOf } from './keys.ts';

/** A bot that is not deleted, with its organization's slug. */
export type BotRow = BotTable & { org: string };

/** A bot with its keys and the first of its grants that have not ended, by repository. */
export interface BotDetails extends Omit<Bot, 'authorizations' | 'authorization_count'> {
  grants: { repository: string; actions: RepositoryAction[]; expires_at: string | null }[];
  /** Of all its grants. */
  grantCount: number;
}

/** A page of the bots of an organization by name, with their keys and what they may do. */
export async function listBots(
  context: ServerContext,
  org: Pick<ActingOrganization, 'id'>,
  { limit, after }: PageQuery,
): Promise<{ bots: BotDetails[]; next: string | undefined }> {
  const rows = await botQuery(context.db)
    .where('bots.org_id', '=', org.id)
    .where('bots.name', '>', after)
    .orderBy('bots.name')
    .limit(limit + 1)
    .execute();
  const { page, end } = cutPage(rows, limit);
  const known = await loadDetails(context, page);
  return { bots: page.map((row) => describeBot(row, known)), next: end?.name };
}

/**
 * Makes a bot without keys or rights.
 *
 * @throws ApiError 403, 404, 409 when the organization has a bot of that name.
 */
export async function createBot(
  context: ServerContext,
  org: ActingOrganization,
  name: string,
  actor: Actor,
): Promise<BotDetails> {
  const row: BotTable = {
    id: newId('b'),
    org_id: org.id,
    name,
    created_by: actor.id,
    created_at: context.now().toISOString(),
    deleted_at: null,
  };
  await context.write(actor, async (tx, audit) => {
    await requireRoleStill(tx, org, actor.id);
    await tx.insertInto('principals').values({ id: row.id, kind: 'bot' }).execute();
    const { numInsertedOrUpdatedRows } = await tx
      .insertInto('bots')
      .values(row)
      .onConflict((conflict) =>
        conflict.columns(['org_id', 'name']).where('deleted_at', 'is', null).doNothing(),
      )
      .executeTakeFirst();
    if (numInsertedOrUpdatedRows !== 1n) {
      throw new ApiError('conflict', `${org.slug} has a bot named ${name} already. Choose another name.`);
    }
    audit({ action: 'bot.created', outcome: 'success', target: `${org.slug}/${name}`, org: org.slug });
  });
  return describeBot({ ...row, org: org.slug }, await loadDetails(context, [row]));
}

/** Deletes a bot: its keys are revoked, its authorizations taken back, its name is free again. */
export async function deleteBot(
  context: ServerContext,
  org: ActingOrganization,
  bot: BotRow,
  actor: Actor,
): Promise<void> {
  const now = context.now().toISOString();
  await context.write(actor, async (tx, audit) => {
    await requireRoleStill(tx, org, actor.id);
    const deleted = await tx
      .updateTable('bots')
      .set({ deleted_at: now })
      .where('id', '=', bot.id)
      .where('deleted_at', 'is', null)
      .executeTakeFirst();
    if (deleted.numUpdatedRows === 0n) throw notFound(`The bot ${bot.org}/${bot.name}`);
    const keys = await tx
      .updateTable('public_keys')
      .set({ revoked_at: now })
      .where('principal_id', '=', bot.id)
      .where('revoked_at', 'is', null)
      .executeTakeFirst();
    const grants = await deleteGrants(tx, actor, context.now(), (all) =>
      all.where('principal_id', '=', bot.id),
    );
    await forgetDefaultGrants(tx, { principalId: bot.id, orgId: bot.org_id }, context.now());
    await tx.deleteFrom('repository_uses').where('principal_id', '=', bot.id).execute();
    const details = { keys: Number(keys.numUpdatedRows), authorizations: grants };
    const target = `${bot.org}/${bot.name}`;
    audit({ action: 'bot.deleted', outcome: 'success', target, org: bot.org, details });
  });
}

/** The bot of that name in the organization of a slug, or null. */
export async function findBot(db: Reader, org: string, name: string): Promise<BotRow | null> {
  const row = await botQuery(db)
    .where('organizations.slug', '=', org)
    .where('bots.name', '=', name)
    .executeTakeFirst();
  return row ?? null;
}

/** Who a bot is, by its id. @throws ApiError 401 when it was deleted, such as since it signed in. */
export async function botIdentity(context: ServerContext, id: string): Promise<BotIdentity> {
  const row = await botQuery(context.db).where('bots.id', '=', id).executeTakeFirst();
  if (row === undefined) throw new ApiError('unauthenticated', 'This bot was deleted.');
  return toIdentity(row);
}

function botQuery(db: Reader) {
  return db
    .selectFrom('bots')
    .innerJoin('organizations', 'organizations.id', 'bots.org_id')
    .selectAll('bots')
    .select('organizations.slug as org')
    .where('bots.deleted_at', 'is', null);
}

function toIdentity({ id, org, name }: BotRow): BotIdentity {
  return { id, org, name, subject: `bot:${org}/${name}` };
}

/** What other tables say of some bots, by the id that it belongs to. */
interface KnownDetails {
  usernames: ReadonlyMap<string, string>;
  keys: ReadonlyMap<string, PublicKey[]>;
  grants: ReadonlyMap<string, Pick<BotDetails, 'grants' | 'grantCount'>>;
}

/** Loads by three queries for any number of bots: with queries of each bot's own, a page would cost thousands. */
async function loadDetails(context: ServerContext, bots: readonly BotTable[]): Promise<KnownDetails> {
  const { db } = context;
  if (bots.length === 0) return { usernames: new Map(), keys: new Map(), grants: new Map() };
  const ids = bots.map(({ id }) => id);
  const makers = await db
    .selectFrom('users')
    .select(['id', 'username'])
    .where('id', 'in', [...new Set(bots.map((bot) => bot.created_by))])
    .execute();
  return {
    usernames: new Map(makers.map(({ id, username }) => [id, username])),
    keys: await listKeysOf(db, ids),
    grants: await firstGrantsOf(db, ids, context.now()),
  };
}

async function firstGrantsOf(db: Reader, ids: readonly string[], at: Date): Promise<KnownDetails['grants']> {
  const ranked = db
    .selectFrom('grants')
    .innerJoin('repositories', 'repositories.id', 'grants.repository_id')
    .select(['principal_id', 'repositories.full_name as repository', 'grants.actions', 'grants.expires_at'])
    .select((select) => [
      select.fn
        .agg<number>('row_number')
        .over((over) => over.partitionBy('principal_id').orderBy('repositories.full_name'))
        .as('place'),
      select.fn
        .countAll<number>()
        .over((over) => over.partitionBy('principal_id'))
        .as('count'),
    ])
    .where('principal_id', 'in', ids)
    .where('effect', '=', 'allow')
    .where(hasNotEnded(at))
    .as('ranked');
  const rows = await db
    .selectFrom(ranked)
    .selectAll()
    .where('place', '<=', shownAuthorizations)
    .orderBy('repository')
    .execute();
  const found = Map.groupBy(rows, (row) => row.principal_id);
  return new Map(
    [...found].map(([id, first]) => [
      id,
      {
        grants: first.map(({ repository, actions, expires_at }) => ({
          repository,
          actions: readActions(actions),
          expires_at,
        })),
        grantCount: first[0]?.count ?? 0,
      },
    ]),
  );
}

function describeBot(row: BotRow, { usernames, keys, grants }: KnownDetails): BotDetails {
  return {
    ...toIdentity(row),
    created_at: row.created_at,
    created_by: usernames.get(row.created_by) ?? null,
    keys: keys.get(row.id) ?? [],
    ...(grants.get(row.id) ?? { grants: [], grantCount: 0 }),
  };
}
