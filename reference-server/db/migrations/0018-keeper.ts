import { sql } from 'kysely';
import type { ColumnDefinitionBuilder, Kysely } from 'kysely';

/**
 * The keeper's own state, its keys with their generations, and the keys that sign its audit lines. What is secret is
 * sealed, and each row has a MAC: what opens and makes them is in no table.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const required = (column: ColumnDefinitionBuilder) => column.notNull();
  await db.schema
    .createTable('keeper')
    .addColumn('id', 'integer', (column) => column.primaryKey().check(sql`id = 1`))
    .addColumn('peer_id', 'integer', required)
    .addColumn('threshold', 'integer', required)
    .addColumn('total', 'integer', required)
    .addColumn('share_set', 'text', required)
    .addColumn('share_digests', 'text', required)
    .addColumn('proof', 'text', required)
    .addColumn('created_at', 'text', required)
    .addColumn('mac', 'text', required)
    .execute();
  await db.schema
    .createTable('keeper_integrity_keys')
    .addColumn('version', 'integer', (column) => column.primaryKey())
    .addColumn('public_key', 'text', required)
    .addColumn('material', 'text')
    .addColumn('created_at', 'text', required)
    .addColumn('mac', 'text', required)
    .execute();
  await db.schema
    .createTable('keeper_keys')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('algorithm', 'text', required)
    .addColumn('generation', 'integer', required)
    .addColumn('authorities', 'text', required)
    .addColumn('owner', 'text')
    .addColumn('policy', 'text')
    .addColumn('apply_until', 'bigint')
    .addColumn('process_until', 'bigint')
    .addColumn('created_at', 'text', required)
    .addColumn('updated_at', 'text', required)
    .addColumn('mac', 'text', required)
    .execute();
  await db.schema
    .createTable('keeper_generations')
    .addColumn('key_id', 'text', (column) => column.notNull().references('keeper_keys.id'))
    .addColumn('generation', 'integer', required)
    .addColumn('algorithm', 'text', required)
    .addColumn('public_key', 'text', required)
    .addColumn('material', 'text')
    .addColumn('made_by', 'text', required)
    .addColumn('created_at', 'text', required)
    .addColumn('destroyed_at', 'text')
    .addColumn('mac', 'text', required)
    .addPrimaryKeyConstraint('keeper_generations_of_a_key', ['key_id', 'generation'])
    .execute();
  for (const end of ['apply_until', 'process_until']) {
    await db.schema.createIndex(`keeper_keys_${end}`).on('keeper_keys').columns([end, 'id']).execute();
  }
  await db.schema.createIndex('keeper_keys_owner').on('keeper_keys').columns(['owner', 'id']).execute();
}
