import { sql } from 'kysely';
import type { ColumnDefinitionBuilder, Kysely } from 'kysely';

/** What people ask to be allowed on repositories. A repository is named alone: there may be none. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const required = (column: ColumnDefinitionBuilder) => column.notNull();
  await db.schema
    .createTable('access_requests')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('user_id', 'text', (column) => column.notNull().references('users.id').onDelete('cascade'))
    .addColumn('repository', 'text', required)
    .addColumn('actions', 'text', required)
    .addColumn('until', 'text')
    .addColumn('reason', 'text', required)
    .addColumn('asked_at', 'text', required)
    .addColumn('state', 'text', required)
    .addColumn('decided_at', 'text')
    .addColumn('decided_by', 'text')
    .addColumn('answer', 'text')
    .addCheckConstraint('access_requests_state', sql`state in ('open', 'approved', 'declined')`)
    .execute();
  await db.schema
    .createIndex('access_requests_open')
    .on('access_requests')
    .columns(['user_id', 'repository'])
    .unique()
    .where(sql.ref('state'), '=', sql.lit('open'))
    .execute();
  await db.schema
    .createIndex('access_requests_user')
    .on('access_requests')
    .columns(['user_id', 'asked_at'])
    .execute();
  await db.schema
    .createIndex('access_requests_repository')
    .on('access_requests')
    .columns(['repository', 'state'])
    .execute();
}
