import type { Kysely } from 'kysely';

/** What one user or bot may do is asked for without looking through everybody's grants. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createIndex('grants_principal')
    .on('grants')
    .columns(['principal_kind', 'principal_id'])
    .execute();
}
