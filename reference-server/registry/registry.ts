import type { ServerContext } from '../context.ts';
import { UnchangedCache } from '../db/unchanged-cache.ts';
import { BlobStore } from './blob-store.ts';
import { parseManifest } from './manifest-document.ts';
import { saveManifestFacts } from './repository-content.ts';
import type { StoredManifest } from './repository-content.ts';
import { UploadStore } from './uploads.ts';

/** What the registry's routes work with. */
export interface Registry {
  context: ServerContext;
  blobs: BlobStore;
  uploads: UploadStore;
  /** Manifests that were asked for by tag or digest; null for those that are not there. */
  manifests: UnchangedCache<StoredManifest | null>;
}

const maxManifests = 10_000;

/** Makes the folders ready and clears what a killed process or silent clients left. */
export async function openRegistry(context: ServerContext): Promise<Registry> {
  const blobs = new BlobStore(context.config.blobDir);
  await blobs.prepare();
  const uploads = new UploadStore(context.db, blobs, () => context.now());
  await uploads.removeOrphans();
  await uploads.sweep();
  const manifests = new UnchangedCache<StoredManifest | null>(context.db, maxManifests);
  const registry = { context, blobs, uploads, manifests };
  await recordMissingReferences(registry);
  return registry;
}

/** For manifests that an older server stored, which kept no record of what they need. */
async function recordMissingReferences({ context: { db }, blobs }: Registry): Promise<void> {
  const unrecorded = await db
    .selectFrom('registry_manifests')
    .select(['repository_id', 'digest', 'media_type'])
    .where((where) =>
      where.not(
        where.exists(
          where
            .selectFrom('registry_references')
            .select('manifest')
            .whereRef('registry_references.repository_id', '=', 'registry_manifests.repository_id')
            .whereRef('registry_references.manifest', '=', 'registry_manifests.digest'),
        ),
      ),
    )
    .execute();
  for (const { repository_id: repositoryId, digest, media_type: mediaType } of unrecorded) {
    const content = await blobs.readSmall(digest);
    if (content === null) continue;
    const parsed = parseManifest(content, mediaType);
    await db
      .transaction()
      .execute((transaction) => saveManifestFacts(transaction, repositoryId, digest, parsed));
  }
}
