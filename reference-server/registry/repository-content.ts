import type { Kysely, Transaction } from 'kysely';
import type { Database } from '../db/schema.ts';
import type { Reference } from './names.ts';

type Connection = Kysely<Database> | Transaction<Database>;

/** What a repository knows about one of its manifests. */
export interface StoredManifest {
  digest: string;
  mediaType: string;
  /** In bytes. */
  size: number;
}

/** Bound values of one statement stay far below every database's limit. */
const batchSize = 500;

/** Makes a blob whose content is stored part of a repository. */
export async function linkBlob(
  db: Connection,
  repositoryId: string,
  digest: string,
  at: Date,
): Promise<void> {
  await db
    .insertInto('registry_blobs')
    .values({ repository_id: repositoryId, digest, created_at: at.toISOString() })
    .onConflict((conflict) => conflict.columns(['repository_id', 'digest']).doNothing())
    .execute();
}

/** Whether a repository has a blob. */
export async function hasBlob(db: Connection, repositoryId: string, digest: string): Promise<boolean> {
  const missing = await missingDigests(db, 'registry_blobs', repositoryId, [digest]);
  return missing.length === 0;
}

/**
 * Which of these digests a repository does not have.
 *
 * @param table - Where to look: blobs for layers and configs, manifests for the children of an index.
 */
export async function missingDigests(
  db: Connection,
  table: 'registry_blobs' | 'registry_manifests',
  repositoryId: string,
  digests: readonly string[],
): Promise<string[]> {
  const missing = new Set(digests);
  const wanted = [...missing];
  for (let begin = 0; begin < wanted.length; begin += batchSize) {
    const found = await db
      .selectFrom(table)
      .select('digest')
      .where('repository_id', '=', repositoryId)
      .where('digest', 'in', wanted.slice(begin, begin + batchSize))
      .execute();
    for (const row of found) missing.delete(row.digest);
  }
  return [...missing];
}

/** The manifest that a tag or digest names, if the repository has it. */
export async function findManifest(
  db: Connection,
  repositoryId: string,
  reference: Reference,
): Promise<StoredManifest | undefined> {
  const manifests = db
    .selectFrom('registry_manifests')
    .select(['registry_manifests.digest', 'media_type as mediaType', 'size'])
    .where('registry_manifests.repository_id', '=', repositoryId);
  if (reference.kind === 'digest') {
    return manifests.where('registry_manifests.digest', '=', reference.digest).executeTakeFirst();
  }
  return manifests
    .innerJoin('registry_tags', (join) =>
      join
        .onRef('registry_tags.repository_id', '=', 'registry_manifests.repository_id')
        .onRef('registry_tags.digest', '=', 'registry_manifests.digest'),
    )
    .where('registry_tags.tag', '=', reference.tag)
    .executeTakeFirst();
}

/** Records a manifest whose content is stored, and lets the tag it was pushed by point to it. */
export async function saveManifest(
  db: Transaction<Database>,
  repositoryId: string,
  manifest: StoredManifest,
  reference: Reference,
  at: Date,
): Promise<void> {
  const { digest, mediaType, size } = manifest;
  await db
    .insertInto('registry_manifests')
    .values({
      repository_id: repositoryId,
      digest,
      media_type: mediaType,
      size,
      created_at: at.toISOString(),
    })
    .onConflict((conflict) =>
      conflict.columns(['repository_id', 'digest']).doUpdateSet({ media_type: mediaType }),
    )
    .execute();
  if (reference.kind === 'digest') return;
  await db
    .insertInto('registry_tags')
    .values({ repository_id: repositoryId, tag: reference.tag, digest, updated_at: at.toISOString() })
    .onConflict((conflict) =>
      conflict.columns(['repository_id', 'tag']).doUpdateSet({ digest, updated_at: at.toISOString() }),
    )
    .execute();
}

/**
 * Tags in the order of their bytes.
 *
 * @param after - Only tags behind this one.
 * @param limit - At most so many.
 */
export async function listTags(
  db: Connection,
  repositoryId: string,
  after: string,
  limit: number,
): Promise<string[]> {
  const rows = await db
    .selectFrom('registry_tags')
    .select('tag')
    .where('repository_id', '=', repositoryId)
    .where('tag', '>', after)
    .orderBy('tag')
    .limit(limit)
    .execute();
  return rows.map((row) => row.tag);
}
