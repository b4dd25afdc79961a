import { sql } from 'kysely';
import type { ColumnDefinitionBuilder, Kysely } from 'kysely';

/**
 * What ties all rows of the keeper together. A keeper of before has none of it, and only its root key could make it: it
 * stays sealed.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const required = (column: ColumnDefinitionBuilder) => column.notNull();
  await db.schema
    .alterTable('keeper_keys')
    .addColumn('generation_stamps', 'text', (column) => column.notNull().defaultTo('[]'))
    .execute();
  await db.schema
    .createTable('keeper_anchor')
    .addColumn('id', 'integer', (column) => column.primaryKey().check(sql`id = 1`))
    .addColumn('version', 'bigint', required)
    .addColumn('bucket_stamps', 'text', required)
    .addColumn('integrity_stamp', 'text', required)
    .addColumn('mac', 'text', required)
    .execute();
  await db.schema
    .createTable('keeper_buckets')
    .addColumn('number', 'integer', (column) => column.primaryKey())
    .addColumn('key_stamps', 'text', required)
    .addColumn('mac', 'text', required)
    .execute();
}
