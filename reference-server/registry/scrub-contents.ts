import type { ServerContext } from '../context.ts';
import type { Reader } from '../db/write.ts';
import { BlobStore } from './blob-store.ts';
import { auditBadContent } from './registry-audit.ts';

/** What was found. */
interface ScrubReport {
  /** Good ones. */
  contents: number;
  /** Of the good ones. */
  bytes: number;
  /** Contents that were bad and moved away, and contents that a repository has but the disk does not. */
  faults: number;
}

/**
 * Reads every content, moves away those that do not have their digest, and looks for those that are missing.
 *
 * @param say - Gets one line for each fault.
 */
export async function scrubContents(
  { db, write, blobDir }: Pick<ServerContext, 'db' | 'write'> & { blobDir: string },
  say: (line: string) => void,
): Promise<ScrubReport> {
  const report: ScrubReport = { contents: 0, bytes: 0, faults: 0 };
  const bad = new Set<string>();
  const fault = async (digest: string, what: string) => {
    report.faults += 1;
    say(`${digest} ${what}; in ${(await repositoriesWith(db, digest)).join(', ') || 'no repository'}`);
  };
  const blobs = new BlobStore(blobDir, async (digest, movedTo) => {
    bad.add(digest);
    await fault(digest, `does not have its digest and was moved to ${movedTo}`);
    await auditBadContent({ write }, digest, movedTo);
  });
  await blobs.prepare();
  for await (const digest of blobs.digests()) {
    const size = await blobs.size(digest);
    if (size === null) continue;
    report.contents += 1;
    report.bytes += size;
  }
  for (const digest of await recordedDigests(db)) {
    if (!bad.has(digest) && (await blobs.stored(digest)) === null) await fault(digest, 'is missing');
  }
  return report;
}

async function recordedDigests(db: Reader): Promise<string[]> {
  const rows = await db
    .selectFrom('registry_blobs')
    .select('digest')
    .union(db.selectFrom('registry_manifests').select('digest'))
    .orderBy('digest')
    .execute();
  return rows.map((row) => row.digest);
}

async function repositoriesWith(db: Reader, digest: string): Promise<string[]> {
  const namesIn = (table: 'registry_blobs' | 'registry_manifests') =>
    db
      .selectFrom(table)
      .innerJoin('repositories', 'repositories.id', `${table}.repository_id`)
      .select('full_name')
      .where('digest', '=', digest);
  const rows = await namesIn('registry_blobs')
    .union(namesIn('registry_manifests'))
    .orderBy('full_name')
    .execute();
  return rows.map((row) => row.full_name);
}
