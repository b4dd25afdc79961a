import type { ServerContext } from '../context.ts';
import { UnchangedCache } from '../db/unchanged-cache.ts';
import { BlobStore } from './blob-store.ts';
import type { OnBadContent } from './blob-store.ts';
import { DistributionError } from '../http/distribution-error.ts';
import { parseManifest } from './manifest-document.ts';
import type { ParsedManifest } from './manifest-document.ts';
import { auditBadContent } from './registry-audit.ts';
import { saveManifestFacts } from './repository-content.ts';
import type { StoredManifest } from './repository-content.ts';
import { StorageQuota } from './storage-quota.ts';
import { UploadStore } from './uploads.ts';

/** What the registry's routes work with. */
export interface Registry {
  context: ServerContext;
  blobs: BlobStore;
  uploads: UploadStore;
  quota: StorageQuota;
  /** Manifests that were asked for by tag or digest; null for those that are not there. */
  manifests: UnchangedCache<StoredManifest | null>;
}

const maxManifests = 10_000;

/**
 * Makes the folders ready and clears what a killed process or silent clients left.
 *
 * @param onBad - Is told of contents that do not have their digest, as the audit log is.
 */
export async function openRegistry(context: ServerContext, onBad: OnBadContent): Promise<Registry> {
  const blobs = new BlobStore(context.config.blobDir, async (digest, movedTo) => {
    await onBad(digest, movedTo);
    await auditBadContent(context, digest, movedTo);
  });
  await blobs.prepare();
  const quota = new StorageQuota(context.db, context.config.orgStorage);
  const uploads = new UploadStore(context, blobs, quota);
  await uploads.resume();
  await uploads.sweep();
  const manifests = new UnchangedCache<StoredManifest | null>(context.db, maxManifests);
  const registry = { context, blobs, uploads, quota, manifests };
  await recordMissingSizes(registry);
  await recordMissingReferences(registry);
  return registry;
}

/** For blobs that an older server stored, which kept no record of their size. */
async function recordMissingSizes({ context: { db, write }, blobs }: Registry): Promise<void> {
  const unrecorded = await db
    .selectFrom('registry_blobs')
    .select('digest')
    .distinct()
    .where('size', '<', 0)
    .execute();
  for (const { digest } of unrecorded) {
    const stored = await blobs.stored(digest);
    if (stored === null) continue;
    const { size } = stored;
    await write({}, (tx) =>
      tx.updateTable('registry_blobs').set({ size }).where('digest', '=', digest).execute(),
    );
  }
}

/** For manifests that an older server stored, which kept no record of what they need. */
async function recordMissingReferences({ context: { db, write }, blobs }: Registry): Promise<void> {
  const unrecorded = await db
    .selectFrom('registry_manifests')
    .leftJoin('registry_references as needs', (join) =>
      join
        .onRef('needs.repository_id', '=', 'registry_manifests.repository_id')
        .onRef('needs.manifest', '=', 'registry_manifests.digest'),
    )
    .select(['registry_manifests.repository_id as repositoryId', 'registry_manifests.digest', 'media_type'])
    .where('needs.manifest', 'is', null)
    .execute();
  for (const { repositoryId, digest, media_type: mediaType } of unrecorded) {
    const content = await blobs.readSmall(digest);
    if (content === null) continue;
    const parsed = parsedOrNull(content, mediaType);
    if (parsed === null) continue;
    await write({}, (tx) => saveManifestFacts(tx, repositoryId, digest, parsed));
  }
}

/** An older server took documents that no longer count as manifests; they stay as they are. */
function parsedOrNull(content: Uint8Array, mediaType: string): ParsedManifest | null {
  try {
    return parseManifest(content, mediaType);
  } catch (error) {
    if (error instanceof DistributionError) return null;
    throw error;
  }
}
