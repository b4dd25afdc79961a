import type { Kysely } from 'kysely';

/** What manifests refer to: for referrers, for deletion, and to know what nobody needs any more. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const column of ['subject', 'artifact_type', 'annotations']) {
    await db.schema.alterTable('registry_manifests').addColumn(column, 'text').execute();
  }
  await db.schema
    .createIndex('registry_manifests_subject')
    .on('registry_manifests')
    .columns(['repository_id', 'subject', 'digest'])
    .execute();
  await db.schema
    .createTable('registry_references')
    .addColumn('repository_id', 'text', (column) => column.notNull())
    .addColumn('manifest', 'text', (column) => column.notNull())
    .addColumn('digest', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('registry_references_pk', ['repository_id', 'manifest', 'digest'])
    .addForeignKeyConstraint(
      'registry_references_manifest',
      ['repository_id', 'manifest'],
      'registry_manifests',
      ['repository_id', 'digest'],
      (constraint) => constraint.onDelete('cascade'),
    )
    .execute();
  await db.schema
    .createIndex('registry_references_digest')
    .on('registry_references')
    .columns(['repository_id', 'digest'])
    .execute();
}
