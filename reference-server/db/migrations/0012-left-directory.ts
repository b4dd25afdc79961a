import type { Kysely } from 'kysely';

/** Who left a directory, and one group here for each of a directory. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('external_identities').addColumn('left_at', 'text').execute();
  await db.schema
    .createIndex('groups_source_external_id')
    .on('groups')
    .columns(['source', 'external_id'])
    .unique()
    .execute();
}
