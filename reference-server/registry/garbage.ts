import type { Tx } from '../db/write.ts';
import type { Registry } from './registry.ts';

/**
 * How long content stays that nothing refers to, in milliseconds: a client pushes blobs first and the manifest that
 * needs them last, and between them it may sleep.
 */
export const garbageGrace = 24 * 60 * 60 * 1000;

/** What a collection took away. */
export interface CollectedGarbage {
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
  return { links: await unlinkUnused(registry, before), contents: await removeUnknown(registry, before) };
}

async function unlinkUnused({ context }: Registry, before: Date): Promise<number> {
  const unused = (tx: Tx) =>
    tx
      .deleteFrom('registry_blobs')
      .where('created_at', '<', before.toISOString())
      .where((where) =>
        where.not(
          where.exists(
            where
              .selectFrom('registry_references')
              .select('manifest')
              .whereRef('registry_references.repository_id', '=', 'registry_blobs.repository_id')
              .whereRef('registry_references.digest', '=', 'registry_blobs.digest'),
          ),
        ),
      )
      .executeTakeFirst();
  return Number((await context.write({}, unused)).numDeletedRows);
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
  const { blobs } = registry;
  return blobs.alone(digest, async () => {
    if ((await blobs.stored(digest)) === null || (await isKnown(registry, digest))) return false;
    await blobs.remove(digest);
    return true;
  });
}

/** Stores a content by some work; when that fails nothing of it stays on the disk, where no quota would count it. */
export async function orRemoveUnused<T>(
  registry: Registry,
  digest: string,
  store: () => Promise<T>,
): Promise<T> {
  try {
    return await store();
  } catch (error) {
    // What went wrong first is what is told; the hourly look tries again to remove it.
    await removeUnused(registry, digest).catch(() => undefined);
    throw error;
  }
}

async function isKnown({ context }: Registry, digest: string): Promise<boolean> {
  for (const table of ['registry_blobs', 'registry_manifests'] as const) {
    const row = await context.db
      .selectFrom(table)
      .select('digest')
      .where('digest', '=', digest)
      .limit(1)
      .executeTakeFirst();
    if (row !== undefined) return true;
  }
  return false;
}
