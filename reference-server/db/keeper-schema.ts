import type { InstantText } from './column-types.ts';

/** The keeper, once it is initialized: one row. */
export interface KeeperTable {
  id: 1;
  peer_id: number;
  threshold: number;
  total: number;
  /** Names the shares that belong together: 16 bytes, hex. */
  share_set: string;
  /** SHA-256 of each share, hex, as a JSON list. Shares are random: their digests tell nothing of them. */
  share_digests: string;
  /** A sealed value that only the right root key opens. */
  proof: string;
  created_at: InstantText;
  mac: string;
}

/** What signs the lines of the audit log, one at a time; the earlier ones stay to verify. */
export interface KeeperIntegrityKeyTable {
  version: number;
  /** base64 of the 32 bytes (Ed25519). */
  public_key: string;
  /** Sealed; null once there is a later one. */
  material: string | null;
  created_at: InstantText;
  mac: string;
}

export interface KeeperKeyTable {
  /** What people call it. */
  id: string;
  algorithm: string;
  /** The current one. */
  generation: number;
  /** A JSON list. */
  authorities: string;
  owner: string | null;
  /** A JSON object. */
  policy: string | null;
  /** Both as the policy has them, in milliseconds since 1970. */
  apply_until: number | null;
  process_until: number | null;
  /** The stamps of its generations, from the first on, as a JSON list. */
  generation_stamps: string;
  created_at: InstantText;
  updated_at: InstantText;
  mac: string;
}

/** What a key was and is: each generation, also once it is destroyed. */
export interface KeeperGenerationTable {
  key_id: string;
  generation: number;
  algorithm: string;
  /** base64. */
  public_key: string;
  /** Sealed; null once it is destroyed. */
  material: string | null;
  made_by: 'create' | 'rotate' | 'refresh' | 'import';
  created_at: InstantText;
  destroyed_at: InstantText | null;
  mac: string;
}

/** What the keeper goes by: one row over all others. */
export interface KeeperAnchorTable {
  id: 1;
  /** One more at each change. */
  version: number;
  /** The stamp of each bucket, as a JSON list; empty for one that has no keys. */
  bucket_stamps: string;
  /** The stamp of the key that signs the audit log. */
  integrity_stamp: string;
  mac: string;
}

/** Which keys there are, a part of them in each row: so that a use of one reads few. */
export interface KeeperBucketTable {
  number: number;
  /** The stamps of its keys by their ids, as a JSON object. */
  key_stamps: string;
  mac: string;
}

/** Tables of the keeper. */
export interface KeeperTables {
  keeper: KeeperTable;
  keeper_anchor: KeeperAnchorTable;
  keeper_buckets: KeeperBucketTable;
  keeper_integrity_keys: KeeperIntegrityKeyTable;
  keeper_keys: KeeperKeyTable;
  keeper_generations: KeeperGenerationTable;
}
