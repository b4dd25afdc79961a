import type { Sql } from '../../ports.ts';
import type { SessionForm } from '../kind/kind.ts';
import type { SealPlace } from '../../vault/vault.ts';

/** A credential that was left and not revoked, as the vault keeps it. Times are RFC 3339. */
export interface UnrevokedRow {
  id: string;
  kind: 'api-key' | 'session';
  /** Of a session; null for an API key. */
  form: SessionForm | null;
  origin: string;
  serviceName: string;
  contextName: string;
  /** Its id at its service; null for a session. */
  keyId: string | null;
  label: string | null;
  sealedSecret: Buffer;
  leftAt: string;
  /** Null for never. */
  endsAt: string | null;
  triedAt: string | null;
  outcome: 'unreachable' | 'refused' | null;
}

const columns = `id, kind, form, origin, service_name AS serviceName, context_name AS contextName, key_id AS keyId, label,
  sealed_secret AS sealedSecret, left_at AS leftAt, ends_at AS endsAt, tried_at AS triedAt, outcome`;

/** Where the secret lies. */
export function unrevokedPlace(id: string): SealPlace {
  return { table: 'unrevoked', row: id, column: 'sealed_secret' };
}

/** The longest there first. */
export function readUnrevoked(sql: Sql): UnrevokedRow[] {
  return sql.all(`SELECT ${columns} FROM unrevoked ORDER BY left_at, rowid`);
}

export function readUnrevokedById(sql: Sql, id: string): UnrevokedRow | undefined {
  return sql.get(`SELECT ${columns} FROM unrevoked WHERE id = ?`, id);
}

export function insertUnrevoked(sql: Sql, row: UnrevokedRow): void {
  sql.run(
    `INSERT INTO unrevoked (id, kind, form, origin, service_name, context_name, key_id, label, sealed_secret, left_at, ends_at,
       tried_at, outcome)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[row.id, row.kind, row.form, row.origin, row.serviceName, row.contextName, row.keyId, row.label],
    ...[row.sealedSecret, row.leftAt, row.endsAt, row.triedAt, row.outcome],
  );
}

export function writeTried(sql: Sql, id: string, at: string, outcome: UnrevokedRow['outcome']): void {
  sql.run('UPDATE unrevoked SET tried_at = ?, outcome = ? WHERE id = ?', at, outcome, id);
}

/** `secure_delete` overwrites what it held. */
export function deleteUnrevoked(sql: Sql, id: string): void {
  sql.run('DELETE FROM unrevoked WHERE id = ?', id);
}

/** Those that have ended by themselves. @param now - RFC 3339. */
export function deleteEndedUnrevoked(sql: Sql, now: string): number {
  return sql.run('DELETE FROM unrevoked WHERE ends_at <= ?', now).changes;
}

/** Whether one is of this service. */
export function hasUnrevokedOf(sql: Sql, origin: string): boolean {
  return sql.get('SELECT 1 FROM unrevoked WHERE origin = ?', origin) !== undefined;
}
