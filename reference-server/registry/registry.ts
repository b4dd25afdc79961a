import type { ServerContext } from '../context.ts';
import { BlobStore } from './blob-store.ts';
import { UploadStore } from './uploads.ts';

/** What the registry's routes work with. */
export interface Registry {
  context: ServerContext;
  blobs: BlobStore;
  uploads: UploadStore;
}

/** Makes the folders ready and clears what a killed process or silent clients left. */
export async function openRegistry(context: ServerContext): Promise<Registry> {
  const blobs = new BlobStore(context.config.blobDir);
  await blobs.prepare();
  const uploads = new UploadStore(context.db, blobs, () => context.now());
  await uploads.removeOrphans();
  await uploads.sweep();
  return { context, blobs, uploads };
}
