import type { ColumnDefinitionBuilder, Kysely } from 'kysely';

/** Named sets of grants of an organization, and what its new repositories begin with: of each principal one row. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const required = (column: ColumnDefinitionBuilder) => column.notNull();
  const of = (row: string) => (column: ColumnDefinitionBuilder) =>
    column.notNull().references(row).onDelete('cascade');
  await db.schema
    .createTable('access_templates')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('org_id', 'text', of('organizations.id'))
    .addColumn('name', 'text', required)
    .addColumn('changed_at', 'text', required)
    .addColumn('changed_by', 'text', required)
    .addUniqueConstraint('access_templates_name', ['org_id', 'name'])
    .execute();
  await db.schema
    .createTable('access_template_lines')
    .addColumn('template_id', 'text', of('access_templates.id'))
    .addColumn('place', 'integer', required)
    .addColumn('repositories', 'text', required)
    .addColumn('actions', 'text', required)
    .addColumn('days', 'integer')
    .addPrimaryKeyConstraint('access_template_lines_place', ['template_id', 'place'])
    .execute();
  await db.schema
    .createTable('access_defaults')
    .addColumn('org_id', 'text', (column) =>
      column.primaryKey().references('organizations.id').onDelete('cascade'),
    )
    .addColumn('changed_at', 'text', required)
    .addColumn('changed_by', 'text', required)
    .execute();
  await db.schema
    .createTable('access_default_grants')
    .addColumn('org_id', 'text', of('access_defaults.org_id'))
    .addColumn('principal_id', 'text', of('principals.id'))
    .addColumn('actions', 'text', required)
    .addPrimaryKeyConstraint('access_default_grants_principal', ['org_id', 'principal_id'])
    .execute();
  await db.schema
    .createIndex('access_default_grants_of_a_principal')
    .on('access_default_grants')
    .column('principal_id')
    .execute();
}
