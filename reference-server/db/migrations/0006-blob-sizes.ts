import type { Kysely } from 'kysely';

/** How large blobs are, for what an organization keeps. The registry fills in those of before when it starts. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('registry_blobs')
    .addColumn('size', 'bigint', (column) => column.notNull().defaultTo(-1))
    .execute();
}
