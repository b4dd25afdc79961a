import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/** When each principal last pulled from and pushed to each repository, and since when that is noted. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('repository_uses')
    .addColumn('repository_id', 'text', (column) =>
      column.notNull().references('repositories.id').onDelete('cascade'),
    )
    .addColumn('principal_id', 'text', (column) =>
      column.notNull().references('principals.id').onDelete('cascade'),
    )
    .addColumn('pulled_at', 'text')
    .addColumn('pushed_at', 'text')
    .addPrimaryKeyConstraint('repository_uses_pair', ['repository_id', 'principal_id'])
    .execute();
  await db.schema
    .createIndex('repository_uses_principal_id')
    .on('repository_uses')
    .column('principal_id')
    .execute();
  await db.schema
    .createTable('use_notes')
    .addColumn('id', 'integer', (column) => column.primaryKey().check(sql`id = 1`))
    .addColumn('since', 'text', (column) => column.notNull())
    .execute();
  await sql`insert into use_notes (id, since) values (1, ${new Date().toISOString()})`.execute(db);
}
