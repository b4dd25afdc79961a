import type { Sql } from '../../ports.ts';
import type { KeyRow } from './key-store.ts';

/** A key whose private part is gone. What it signed may live on, so its public half is kept to recognize that. */
interface EndedKey {
  kid: string;
  context_id: string;
  label: string;
  public_key: Buffer;
  ended_at: string;
  /** 1 when nothing that the key signed is accepted: its service revoked it, or never knew it. */
  refused: number;
}

/** What is needed to check a key's signatures. */
export interface PublicHalf {
  kid: string;
  contextId: string;
  label: string;
  publicKey: Buffer;
}

/** Those of the keys that the vault has, the newest first, and then of those that it had. */
export function readPublicHalves(sql: Sql): PublicHalf[] {
  const rows = sql.all<KeyRow>('SELECT * FROM keys ORDER BY created_at DESC, rowid DESC');
  const ended = sql.all<EndedKey>(
    `SELECT * FROM ended_keys WHERE kid NOT IN (SELECT kid FROM keys) ORDER BY ended_at DESC, rowid DESC`,
  );
  return [...rows, ...ended].map((row) => ({
    kid: row.kid,
    contextId: row.context_id,
    label: row.label,
    publicKey: row.public_key,
  }));
}

export function readEndedKey(sql: Sql, kid: string): EndedKey | undefined {
  return sql.get('SELECT * FROM ended_keys WHERE kid = ?', kid);
}

/**
 * Notes that a key has ended, once.
 *
 * @param confirmed - Whether its service said that it does not accept the key.
 * @param now - RFC 3339.
 */
export function writeEndedKey(sql: Sql, row: KeyRow, confirmed: boolean, now: string): void {
  const refused = confirmed || row.registered_at === null;
  sql.run(
    `INSERT INTO ended_keys (kid, context_id, label, public_key, ended_at, refused) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (kid) DO NOTHING`,
    ...[row.kid, row.context_id, row.label, row.public_key, now, Number(refused)],
  );
}

/** Their service said that it does not accept them. */
export function writeRefused(sql: Sql, kids: readonly string[]): void {
  sql.run(
    'UPDATE ended_keys SET refused = 1 WHERE kid IN (SELECT value FROM json_each(?))',
    JSON.stringify(kids),
  );
}
