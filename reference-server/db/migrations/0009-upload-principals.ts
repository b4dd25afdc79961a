import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/**
 * An upload belongs to a principal with a real foreign key, as keys and grants do. SQLite cannot add one to a column:
 * the table is made anew.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropIndex('registry_uploads_touched').execute();
  await db.schema.alterTable('registry_uploads').renameTo('registry_uploads_before').execute();
  await db.schema
    .createTable('registry_uploads')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('repository_id', 'text', (column) =>
      column.notNull().references('repositories.id').onDelete('cascade'),
    )
    .addColumn('principal_id', 'text', (column) =>
      column.notNull().references('principals.id').onDelete('cascade'),
    )
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addColumn('touched_at', 'text', (column) => column.notNull())
    .execute();
  for (const [name, column] of [
    ['registry_uploads_touched', 'touched_at'],
    ['registry_uploads_principal', 'principal_id'],
  ] as const) {
    await db.schema.createIndex(name).on('registry_uploads').column(column).execute();
  }
  // What somebody began who is gone, nobody could go on with.
  await sql`insert into registry_uploads (id, repository_id, principal_id, created_at, touched_at)
    select old.id, old.repository_id, principals.id, old.created_at, old.touched_at
    from registry_uploads_before as old
    inner join principals on old.principal = principals.kind || ':' || principals.id`.execute(db);
  await db.schema.dropTable('registry_uploads_before').execute();
}
