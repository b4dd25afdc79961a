import { sql } from 'kysely';
import type { ExpressionBuilder } from 'kysely';
import { z } from 'zod';
import type { Database } from '../db/schema.ts';
import type { Reader, Tx } from '../db/write.ts';
import { DistributionError } from '../http/distribution-error.ts';
import type { ContentReference, ParsedManifest } from './manifest-document.ts';
import type { Reference } from './names.ts';

const annotationsSchema = z.record(z.string(), z.string());

/** What a repository knows about one of its manifests. */
export interface StoredManifest {
  digest: string;
  mediaType: string;
  /** In bytes. */
  size: number;
}

/** A manifest whose content is stored, and what it says. */
interface PushedManifest {
  digest: string;
  /** In bytes. */
  size: number;
  parsed: ParsedManifest;
}

/** Bound values of one statement stay far below every database's limit. */
const batchSize = 500;

/**
 * Makes sure that a repository is there still: it may have been deleted since the request was let in.
 *
 * @returns Id of its organization.
 * @throws DistributionError 404
 */
export async function requireRepository(db: Reader, repositoryId: string): Promise<string> {
  const row = await db
    .selectFrom('repositories')
    .select('org_id')
    .where('id', '=', repositoryId)
    .executeTakeFirst();
  if (row !== undefined) return row.org_id;
  throw new DistributionError(404, 'NAME_UNKNOWN', 'The repository has just been deleted.');
}

/**
 * Makes a blob whose content is stored part of a repository; pushed again, it counts as new again.
 *
 * @param blob - `size` in bytes.
 */
export async function linkBlob(
  db: Tx,
  repositoryId: string,
  { digest, size }: { digest: string; size: number },
  at: Date,
): Promise<void> {
  const createdAt = at.toISOString();
  await requireRepository(db, repositoryId);
  await db
    .insertInto('registry_blobs')
    .values({ repository_id: repositoryId, digest, size, created_at: createdAt })
    .onConflict((conflict) =>
      conflict.columns(['repository_id', 'digest']).doUpdateSet({ created_at: createdAt, size }),
    )
    .execute();
}

/** Whether a repository has a blob. */
export async function hasBlob(db: Reader, repositoryId: string, digest: string): Promise<boolean> {
  const missing = await missingDigests(db, 'registry_blobs', repositoryId, [{ digest }]);
  return missing.length === 0;
}

/**
 * Which of these contents a repository does not have; their digests.
 *
 * @param table - Where to look: blobs for layers and configs, manifests for the children of an index.
 */
export async function missingDigests(
  db: Reader,
  table: 'registry_blobs' | 'registry_manifests',
  repositoryId: string,
  references: readonly Pick<ContentReference, 'digest'>[],
): Promise<string[]> {
  const missing = digestsOf(references);
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

function digestsOf(references: readonly Pick<ContentReference, 'digest'>[]): Set<string> {
  return new Set(references.map(({ digest }) => digest));
}

/** The manifest that a tag or digest names; null when the repository does not have it. */
export async function findManifest(
  db: Reader,
  repositoryId: string,
  reference: Reference,
): Promise<StoredManifest | null> {
  const manifests = db
    .selectFrom('registry_manifests')
    .select(['registry_manifests.digest', 'media_type as mediaType', 'size'])
    .where('registry_manifests.repository_id', '=', repositoryId);
  if (reference.kind === 'digest') {
    const byDigest = manifests.where('registry_manifests.digest', '=', reference.digest);
    return (await byDigest.executeTakeFirst()) ?? null;
  }
  const byTag = manifests
    .innerJoin('registry_tags', (join) =>
      join
        .onRef('registry_tags.repository_id', '=', 'registry_manifests.repository_id')
        .onRef('registry_tags.digest', '=', 'registry_manifests.digest'),
    )
    .where('registry_tags.tag', '=', reference.tag);
  return (await byTag.executeTakeFirst()) ?? null;
}

/** Records a manifest whose content is stored, and lets the tags it was pushed by point to it. */
export async function saveManifest(
  db: Tx,
  repositoryId: string,
  manifest: PushedManifest,
  tags: readonly string[],
  at: Date,
): Promise<void> {
  const { digest, size, parsed } = manifest;
  await requireRepository(db, repositoryId);
  await db
    .insertInto('registry_manifests')
    .values({
      repository_id: repositoryId,
      digest,
      size,
      media_type: parsed.mediaType,
      created_at: at.toISOString(),
    })
    .onConflict((conflict) => conflict.columns(['repository_id', 'digest']).doNothing())
    .execute();
  await saveManifestFacts(db, repositoryId, digest, parsed);
  if (tags.length === 0) return;
  const pointer = { repository_id: repositoryId, digest, updated_at: at.toISOString() };
  await db
    .insertInto('registry_tags')
    .values(tags.map((tag) => ({ ...pointer, tag })))
    .onConflict((conflict) =>
      conflict.columns(['repository_id', 'tag']).doUpdateSet({ digest, updated_at: at.toISOString() }),
    )
    .execute();
}

/** Records what a manifest says of itself and what it needs. */
export async function saveManifestFacts(
  db: Tx,
  repositoryId: string,
  manifest: string,
  { mediaType, references, subject, artifactType, annotations }: ParsedManifest,
): Promise<void> {
  await db
    .updateTable('registry_manifests')
    .set({
      media_type: mediaType,
      subject,
      artifact_type: artifactType,
      annotations: annotations === null ? null : JSON.stringify(annotations),
    })
    .where('repository_id', '=', repositoryId)
    .where('digest', '=', manifest)
    .execute();
  const digests = [...digestsOf([...references.blobs, ...references.manifests])];
  for (let begin = 0; begin < digests.length; begin += batchSize) {
    await db
      .insertInto('registry_references')
      .values(
        digests
          .slice(begin, begin + batchSize)
          .map((digest) => ({ repository_id: repositoryId, manifest, digest })),
      )
      .onConflict((conflict) => conflict.columns(['repository_id', 'manifest', 'digest']).doNothing())
      .execute();
  }
}

/**
 * Tags in the order of their bytes.
 *
 * @param after - Only tags behind this one.
 * @param limit - At most so many.
 */
export async function listTags(
  db: Reader,
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

/** Deletes a tag, not what it points to. */
export async function deleteTag(db: Tx, repositoryId: string, tag: string): Promise<void> {
  await db
    .deleteFrom('registry_tags')
    .where('repository_id', '=', repositoryId)
    .where('tag', '=', tag)
    .execute();
}

/** Deletes a manifest with its tags and the record of what it needs; false when there is none. */
export async function deleteManifest(db: Tx, repositoryId: string, digest: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('registry_manifests')
    .where('repository_id', '=', repositoryId)
    .where('digest', '=', digest)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/** Takes a blob out of a repository; false when a manifest there needs it. */
export async function deleteBlobLink(db: Tx, repositoryId: string, digest: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('registry_blobs')
    .where('repository_id', '=', repositoryId)
    .where('digest', '=', digest)
    .where(isUnneeded)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/** Takes blobs that no manifest needs out of their repositories, if they were stored `before`. @returns How many. */
export async function deleteUnneededBlobLinks(db: Tx, before: Date): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('registry_blobs')
    .where('created_at', '<', before.toISOString())
    .where(isUnneeded)
    .executeTakeFirst();
  return Number(numDeletedRows);
}

/** For a query of blobs: those that no manifest of their repository needs. */
function isUnneeded(where: ExpressionBuilder<Database, 'registry_blobs'>) {
  const needs = where
    .selectFrom('registry_references')
    .select('manifest')
    .whereRef('registry_references.repository_id', '=', 'registry_blobs.repository_id')
    .whereRef('registry_references.digest', '=', 'registry_blobs.digest');
  return where.not(where.exists(needs));
}

/** A manifest that is about another one, as the list of referrers describes it. */
export interface Referrer extends StoredManifest {
  artifactType: string | null;
  annotations: Record<string, string> | null;
}

/**
 * At most so many referrers on a page, with at most so many bytes of annotations. Clients would read more, but each
 * connection's answer is held in memory until it has been read.
 */
const referrerPage = { entries: 100, bytes: 512 * 1024 };

/**
 * A page of the manifests that are about `subject`, in the order of their digests. The sizes of annotations are asked
 * for first, so that a page that would be too large ends earlier.
 *
 * @param artifactType - Only those of this type; null for all.
 * @param after - Only digests behind this one.
 * @returns `more` is false on the last page.
 */
export async function listReferrers(
  db: Reader,
  repositoryId: string,
  subject: string,
  { artifactType, after }: { artifactType: string | null; after: string },
): Promise<{ referrers: Referrer[]; more: boolean }> {
  let query = db
    .selectFrom('registry_manifests')
    .where('repository_id', '=', repositoryId)
    .where('subject', '=', subject)
    .where('digest', '>', after)
    .orderBy('digest');
  if (artifactType !== null) query = query.where('artifact_type', '=', artifactType);
  const sizes = await query
    .select(sql<number | null>`octet_length(annotations)`.as('bytes'))
    .limit(referrerPage.entries + 1)
    .execute();
  const count = fitting(sizes.map(({ bytes }) => bytes ?? 0));
  const rows = await query
    .select(['digest', 'media_type as mediaType', 'size', 'artifact_type as artifactType', 'annotations'])
    .limit(count)
    .execute();
  const referrers = rows.map(({ annotations, ...row }) => ({
    ...row,
    annotations: annotations === null ? null : annotationsSchema.parse(JSON.parse(annotations)),
  }));
  return { referrers, more: sizes.length > count };
}

/** How many of the first entries make a page; one does in any case. */
function fitting(sizes: readonly number[]): number {
  let bytes = 0;
  const over = sizes.findIndex((size) => (bytes += size) > referrerPage.bytes);
  return Math.min(over < 0 ? sizes.length : Math.max(over, 1), referrerPage.entries);
}
