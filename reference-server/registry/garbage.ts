import type { Reader } from '../db/write.ts';
import type { Registry } from './registry.ts';
import { deleteUnneededBlobLinks } from './repository-content.ts';

/**
 * How long content stays that nothing refers to, in milliseconds: a client pushes blobs first and the manifest that
 * needs them last, and may take its time in between.
 */
export const garbageGrace = 24 * 60 * 60 * 1000;

/** What a collection took away. */
interface CollectedGarbage {
  /** Blobs that left a repository. */
  links: number;
  /** Contents that left the disk. */
  contents: number;
}

/**
 * Removes blobs that no manifest of their repository needs, then contents that no repository has, both only when
 * nobody stored them within `garbageGrace`. Safe beside pushes, and after a kill it goes on where it was.
 */
export async function collectGarbage(registry: Registry): Promise<CollectedGarbage> {
  const before = new Date(registry.context.now().getTime() - garbageGrace);
  const links = await registry.context.write({}, (tx) => deleteUnneededBlobLinks(tx, before));
  return { links, contents: await removeUnknown(registry, before) };
}

async function removeUnknown(registry: Registry, before: Date): Promise<number> {
  let removed = 0;
  for await (const digest of registry.blobs.digests()) {
    const stored = await registry.blobs.stored(digest);
    if (stored !== null && stored.at < before && (await removeUnused(registry, digest))) removed += 1;
  }
  return removed;
}

/**
 * Removes a content from the disk unless a repository has it. However young it is: who stores a content records its
 * use in the same turn.
 *
 * @returns Whether it was removed.
 */
export async function removeUnused(registry: Registry, digest: string): Promise<boolean> {
  const { blobs, context } = registry;
  return blobs.alone(digest, async () => {
    if ((await blobs.stored(digest)) === null || (await isKnown(context.db, digest))) return false;
    // PostgreSQL may still be storing a change whose answer was lost: look once more, behind all changes. In a file
    // there is no such change, and a full disk would not let this one through.
    const { database } = context.config;
    if (database !== undefined && (await context.write({}, (tx) => isKnown(tx, digest)))) return false;
    await blobs.remove(digest);
    return true;
  });
}

/** Runs work that stores a content. Where it fails, nothing of it stays on the disk, for no quota would count it. */
export async function orRemoveUnused<T>(
  registry: Registry,
  digest: string,
  store: () => Promise<T>,
): Promise<T> {
  try {
    return await store();
  } catch (error) {
    // The first error is the one to tell; the hourly collection tries again to remove the content.
    await removeUnused(registry, digest).catch(() => undefined);
    throw error;
  }
}

async function isKnown(db: Reader, digest: string): Promise<boolean> {
  for (const table of ['registry_blobs', 'registry_manifests'] as const) {
    const row = await db
      .selectFrom(table)
      .select('digest')
      .where('digest', '=', digest)
      .limit(1)
      .executeTakeFirst();
    if (row !== undefined) return true;
  }
  return false;
}
