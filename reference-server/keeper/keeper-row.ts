import type { KeeperKeys } from '../context.ts';
import type { KeeperTable } from '../db/keeper-schema.ts';
import type { Reader } from '../db/write.ts';
import { requireAuthentic, tampered } from './records.ts';

/** Whether the keeper is initialized, as far as the database says. */
export async function isInitialized(db: Reader): Promise<boolean> {
  return (await db.selectFrom('keeper').select('id').executeTakeFirst()) !== undefined;
}

/**
 * The keeper's own row; undefined before it is initialized. While the keeper is sealed, nobody can know whether it is as
 * the keeper wrote it: what cannot be at all is told.
 *
 * @param keys - Null while it is sealed.
 * @throws KeeperError TAMPERED_KEEPER
 */
export async function keeperRow(db: Reader, keys: KeeperKeys | null): Promise<KeeperTable | undefined> {
  if (keys !== null) return soundKeeperRow(db, keys);
  const row = await db.selectFrom('keeper').selectAll().executeTakeFirst();
  if (row !== undefined) requirePossible(row);
  return row;
}

/** The same of a keeper whose keys are there. @throws KeeperError TAMPERED_KEEPER */
export async function soundKeeperRow(db: Reader, keys: KeeperKeys): Promise<KeeperTable> {
  const row = await db.selectFrom('keeper').selectAll().executeTakeFirst();
  if (row === undefined) throw tampered();
  requireAuthentic(keys, 'keeper', row);
  return row;
}

function requirePossible(row: KeeperTable): void {
  const { peer_id: peer, threshold, total } = row;
  const isPossible =
    [peer, threshold, total].every((each) => Number.isInteger(each) && each >= 1) &&
    threshold <= total &&
    shareDigestsOf(row).length === total;
  if (!isPossible) throw tampered();
}

/** SHA-256 of each share, hex. @throws KeeperError TAMPERED_KEEPER */
export function shareDigestsOf({ share_digests: text }: KeeperTable): readonly unknown[] {
  try {
    const digests: unknown = JSON.parse(text);
    if (Array.isArray(digests)) return digests as unknown[];
  } catch {
    // Told below.
  }
  throw tampered();
}
