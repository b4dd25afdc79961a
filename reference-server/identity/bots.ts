import { shownAuthorizations } from '../../contracts/server-api/bots.ts';
import type { Bot, BotIdentity } from '../../contracts/server-api/bots.ts';
import type { RepositoryAction } from '../../contracts/server-api/repositories.ts';
import type { PageQuery } from '../../contracts/server-api/pages.ts';
import type { ServerContext } from '../context.ts';
import { cutPage } from '../db/cut-page.ts';
import type { BotTable } from '../db/schema.ts';
import type { Actor, Reader } from '../db/write.ts';
import { ApiError, notFound } from '../http/api-error.ts';
import { hasNotEnded, readActions } from '../db/grant-columns.ts';
import { newId } from './ids.ts';
import { listKeys, ownerOfBot } from './keys.ts';

/** The organization of bots. */
export interface BotOrg {
  id: string;
  slug: string;
}

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
  org: BotOrg,
  { limit, after }: PageQuery,
): Promise<{ bots: BotDetails[]; next: string | undefined }> {
  const rows = await botQuery(context.db)
    .where('bots.org_id', '=', org.id)
    .where('bots.name', '>', after)
    .orderBy('bots.name')
    .limit(limit + 1)
    .execute();
  const { page, end } = cutPage(rows, limit);
  return { bots: await Promise.all(page.map((row) => describeBot(context, row))), next: end?.name };
}

/**
 * Makes a bot without keys or rights.
 *
 * @throws ApiError 409 when the organization has a bot of that name.
 */
export async function createBot(
  context: ServerContext,
  org: BotOrg,
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
  return describeBot(context, { ...row, org: org.slug });
}

/** Deletes a bot: its keys are revoked, its authorizations taken back, its name is free again. */
export async function deleteBot(context: ServerContext, bot: BotRow, actor: Actor): Promise<void> {
  const now = context.now().toISOString();
  await context.write(actor, async (tx, audit) => {
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
    const grants = await tx.deleteFrom('grants').where('principal_id', '=', bot.id).executeTakeFirst();
    const details = { keys: Number(keys.numUpdatedRows), authorizations: Number(grants.numDeletedRows) };
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

/** Who a bot is, by its id. */
export async function botIdentity(context: ServerContext, id: string): Promise<BotIdentity> {
  return toIdentity(await botQuery(context.db).where('bots.id', '=', id).executeTakeFirstOrThrow());
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

async function describeBot(context: ServerContext, row: BotRow): Promise<BotDetails> {
  const maker = await context.db
    .selectFrom('users')
    .select('username')
    .where('id', '=', row.created_by)
    .executeTakeFirst();
  const grants = context.db
    .selectFrom('grants')
    .innerJoin('repositories', 'repositories.id', 'grants.repository_id')
    .where('grants.principal_id', '=', row.id)
    .where('grants.effect', '=', 'allow')
    .where(hasNotEnded(context.now()));
  const shown = await grants
    .select(['repositories.full_name as repository', 'grants.actions', 'grants.expires_at'])
    .orderBy('repositories.full_name')
    .limit(shownAuthorizations)
    .execute();
  const { count } = await grants
    .select((select) => select.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return {
    ...toIdentity(row),
    created_at: row.created_at,
    created_by: maker?.username ?? null,
    keys: await listKeys(context.db, ownerOfBot(row)),
    grants: shown.map(({ actions, ...grant }) => ({ ...grant, actions: readActions(actions) })),
    grantCount: count,
  };
}
