import type { Kysely } from 'kysely';

/** Blobs, manifests and tags of each repository, and unfinished uploads. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await createBlobs(db);
  await createManifests(db);
  await createUploads(db);
}

async function createBlobs(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('registry_blobs')
    .addColumn('repository_id', 'text', (column) =>
      column.notNull().references('repositories.id').onDelete('cascade'),
    )
    .addColumn('digest', 'text', (column) => column.notNull())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('registry_blobs_pk', ['repository_id', 'digest'])
    .execute();
}

async function createManifests(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('registry_manifests')
    .addColumn('repository_id', 'text', (column) =>
      column.notNull().references('repositories.id').onDelete('cascade'),
    )
    .addColumn('digest', 'text', (column) => column.notNull())
    .addColumn('media_type', 'text', (column) => column.notNull())
    .addColumn('size', 'bigint', (column) => column.notNull())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('registry_manifests_pk', ['repository_id', 'digest'])
    .execute();
  await db.schema
    .createTable('registry_tags')
    .addColumn('repository_id', 'text', (column) => column.notNull())
    .addColumn('tag', 'text', (column) => column.notNull())
    .addColumn('digest', 'text', (column) => column.notNull())
    .addColumn('updated_at', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('registry_tags_pk', ['repository_id', 'tag'])
    .addForeignKeyConstraint(
      'registry_tags_manifest',
      ['repository_id', 'digest'],
      'registry_manifests',
      ['repository_id', 'digest'],
      (constraint) => constraint.onDelete('cascade'),
    )
    .execute();
}

async function createUploads(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('registry_uploads')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('repository_id', 'text', (column) =>
      column.notNull().references('repositories.id').onDelete('cascade'),
    )
    .addColumn('principal', 'text', (column) => column.notNull())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addColumn('touched_at', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex('registry_uploads_touched')
    .on('registry_uploads')
    .column('touched_at')
    .execute();
}
