import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { Tx } from '../db/write.ts';
import { mainSlug } from './main-organization.ts';

/** Somebody whom rights can be given to. */
export interface Principal {
  kind: 'user' | 'bot';
  id: string;
  /** User name, or `org/name` of a bot. */
  name: string;
}

/** Whether keys and grants can be given to a principal: not where it is gone, or is a deleted bot. */
export async function canReceive(tx: Tx, id: string): Promise<boolean> {
  const row = await tx
    .selectFrom('principals')
    .leftJoin('bots', 'bots.id', 'principals.id')
    .select('bots.deleted_at')
    .where('principals.id', '=', id)
    .executeTakeFirst();
  return row?.deleted_at === null;
}

/**
 * A condition, where users, bots, groups and the organizations of these groups are joined to a principal: grants in an
 * organization may go to it. Those are people, groups of it and of `main`, and its bots.
 */
export function mayReceiveIn({ id, slug }: { id: string; slug: string }): RawBuilder<boolean> {
  return sql<boolean>`(users.id is not null or organizations.slug in (${slug}, ${mainSlug}) or (bots.org_id = ${id} and bots.deleted_at is null))`;
}
