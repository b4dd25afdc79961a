import type { KeeperKeys } from '../context.ts';
import type {
  KeeperAnchorTable,
  KeeperBucketTable,
  KeeperGenerationTable,
  KeeperIntegrityKeyTable,
  KeeperKeyTable,
  KeeperTable,
} from '../db/keeper-schema.ts';
import { KeeperError } from '../http/keeper-error.ts';
import { hasMac, macOf } from './seal.ts';

/** The rows that the keeper authenticates, by their table. */
interface Rows {
  keeper: KeeperTable;
  keeper_anchor: KeeperAnchorTable;
  keeper_buckets: KeeperBucketTable;
  keeper_integrity_keys: KeeperIntegrityKeyTable;
  keeper_keys: KeeperKeyTable;
  keeper_generations: KeeperGenerationTable;
}

/** All columns of each table, in the order in which the MAC takes them. */
const columns: { [Table in keyof Rows]: readonly Exclude<keyof Rows[Table], 'mac'>[] } = {
  keeper: ['id', 'peer_id', 'threshold', 'total', 'share_set', 'share_digests', 'proof', 'created_at'],
  keeper_anchor: ['id', 'version', 'bucket_stamps', 'integrity_stamp'],
  keeper_buckets: ['number', 'key_stamps'],
  keeper_integrity_keys: ['version', 'public_key', 'material', 'created_at'],
  keeper_keys: [
    ...(['id', 'algorithm', 'generation', 'authorities', 'owner', 'policy'] as const),
    ...(['apply_until', 'process_until', 'generation_stamps', 'created_at', 'updated_at'] as const),
  ],
  keeper_generations: [
    ...(['key_id', 'generation', 'algorithm', 'public_key', 'material'] as const),
    ...(['made_by', 'created_at', 'destroyed_at'] as const),
  ],
};

/** A row with the MAC over all of it. */
export function authenticated<Table extends keyof Rows>(
  { records }: KeeperKeys,
  table: Table,
  row: Omit<Rows[Table], 'mac'>,
): Rows[Table] {
  return { ...row, mac: macOf(records, valuesOf(table, row)) } as Rows[Table];
}

/** By what a row is known in the one above it: 132 bits of its MAC. */
export function stampOf({ mac }: { mac: string }): string {
  return mac.slice(0, 22);
}

/** Whether a row is as the keeper wrote it, now or before. */
export function isAuthentic<Table extends keyof Rows>(
  { records }: KeeperKeys,
  table: Table,
  row: Rows[Table],
): boolean {
  return hasMac(records, valuesOf(table, row), row.mac);
}

/** @throws KeeperError TAMPERED_KEEPER where a row is not as the keeper wrote it */
export function requireAuthentic<Table extends keyof Rows>(
  keys: KeeperKeys,
  table: Table,
  row: Rows[Table],
): void {
  if (!isAuthentic(keys, table, row)) throw tampered();
}

/** What something else than the keeper has changed is used for nothing. */
export function tampered(): KeeperError {
  return new KeeperError(
    'TAMPERED_KEEPER',
    'Something other than the keeper has changed what it keeps of this. Bring the database back from a copy.',
  );
}

function valuesOf<Table extends keyof Rows>(table: Table, row: object): (string | number | null)[] {
  const values = row as Record<string, string | number | null>;
  return [table, ...columns[table].map((column) => values[column as string] ?? null)];
}
