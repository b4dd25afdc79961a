import type { Reader } from '../db/write.ts';
import type { BlobStore } from './blob-store.ts';
import { DistributionError } from '../http/distribution-error.ts';
import { manifestInvalid } from './manifest-document.ts';
import type { ContentReference, ManifestReferences } from './manifest-document.ts';
import { missingDigests } from './repository-content.ts';

/** @throws DistributionError 400 MANIFEST_BLOB_UNKNOWN for the first part that a repository is not recorded to have. */
export async function requireReferences(
  db: Reader,
  repositoryId: string,
  references: ManifestReferences,
): Promise<void> {
  const missing = [
    ...(await missingDigests(db, 'registry_blobs', repositoryId, references.blobs)),
    ...(await missingDigests(db, 'registry_manifests', repositoryId, references.manifests)),
  ];
  const [digest] = missing;
  if (digest !== undefined) throw referenceUnknown(digest);
}

/**
 * What a repository is recorded to have may be gone from the disk, or have turned out to be bad.
 *
 * @throws DistributionError 400 MANIFEST_BLOB_UNKNOWN, or MANIFEST_INVALID for another size than the manifest says.
 */
export async function requireContents(
  blobs: BlobStore,
  { blobs: layers, manifests }: ManifestReferences,
): Promise<void> {
  for (const reference of [...layers, ...manifests]) {
    const size = await blobs.size(reference.digest);
    if (size === null) throw referenceUnknown(reference.digest);
    requireSize(reference, size);
  }
}

/** Clients refuse a content that has another size than the manifest says. A subject is found by its digest alone. */
function requireSize({ digest, size: said }: ContentReference, size: number): void {
  if (said === size) return;
  const message = `The manifest says that ${digest} has ${String(said)} bytes; it has ${String(size)}.`;
  throw manifestInvalid(message, { digest, size });
}

function referenceUnknown(digest: string): DistributionError {
  return new DistributionError(
    400,
    'MANIFEST_BLOB_UNKNOWN',
    'The manifest refers to content that this repository does not have: push that first.',
    { detail: { digest } },
  );
}
