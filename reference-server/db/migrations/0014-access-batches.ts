import type { ColumnDefinitionBuilder, Kysely } from 'kysely';

/**
 * Changes of grants that are made together, and who changed the grant of a principal on a repository last. The latter name
 * principals that may be gone.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const required = (column: ColumnDefinitionBuilder) => column.notNull();
  const of = (row: string) => (column: ColumnDefinitionBuilder) =>
    column.notNull().references(row).onDelete('cascade');
  // The last end that has come is part of each version of what is told of access.
  await db.schema.createIndex('grants_expires_at').on('grants').column('expires_at').execute();
  await db.schema
    .createTable('grant_changes')
    .addColumn('repository_id', 'text', of('repositories.id'))
    .addColumn('principal_id', 'text', required)
    .addColumn('version', 'bigint', required)
    .addColumn('changed_by', 'text')
    .addColumn('changed_at', 'text', required)
    .addPrimaryKeyConstraint('grant_changes_cell', ['repository_id', 'principal_id'])
    .execute();
  await db.schema
    .createTable('access_batches')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('org_id', 'text', of('organizations.id'))
    .addColumn('version', 'bigint', required)
    .addColumn('made_by', 'text', required)
    .addColumn('made_by_name', 'text', required)
    .addColumn('made_at', 'text', required)
    .addColumn('key', 'text')
    .addColumn('request_hash', 'text', required)
    .addColumn('changes', 'integer', required)
    .addColumn('undoes', 'text')
    .addColumn('undone_by', 'text')
    .addUniqueConstraint('access_batches_key', ['made_by', 'key'])
    .addUniqueConstraint('access_batches_version', ['org_id', 'version'])
    .execute();
  await db.schema
    .createTable('access_batch_cells')
    .addColumn('batch_id', 'text', of('access_batches.id'))
    .addColumn('place', 'integer', required)
    .addColumn('repository_id', 'text', required)
    .addColumn('repository', 'text', required)
    .addColumn('principal_id', 'text', required)
    .addColumn('principal', 'text', required)
    .addColumn('before_actions', 'text', required)
    .addColumn('before_ends', 'text')
    .addColumn('after_actions', 'text', required)
    .addColumn('after_ends', 'text')
    .addPrimaryKeyConstraint('access_batch_cells_place', ['batch_id', 'place'])
    .execute();
}
