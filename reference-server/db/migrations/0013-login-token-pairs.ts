import { sql } from 'kysely';
import type { ColumnDefinitionBuilder, Kysely } from 'kysely';

/** A code of `/cli/authorize` may also be for a session that renews itself. SQLite makes the table anew for that. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const required = (column: ColumnDefinitionBuilder) => column.notNull();
  const of = (row: string) => (column: ColumnDefinitionBuilder) =>
    column.notNull().references(row).onDelete('cascade');
  await db.schema.alterTable('login_codes').renameTo('login_codes_before').execute();
  await db.schema
    .createTable('login_codes')
    .addColumn('code_hash', 'text', (column) => column.primaryKey())
    .addColumn('user_id', 'text', of('users.id'))
    .addColumn('org_id', 'text', of('organizations.id'))
    .addColumn('session_id', 'text', required)
    .addColumn('redirect_uri', 'text')
    .addColumn('code_challenge', 'text', required)
    .addColumn('access', 'text', required)
    .addColumn('name', 'text', required)
    .addColumn('expires_at', 'text', required)
    .addColumn('used_at', 'text')
    .addColumn('made', 'text')
    .addCheckConstraint('login_codes_access', sql`access in ('api-key', 'session', 'token-pair')`)
    .execute();
  await sql`insert into login_codes select * from login_codes_before`.execute(db);
  await db.schema.dropTable('login_codes_before').execute();
}
