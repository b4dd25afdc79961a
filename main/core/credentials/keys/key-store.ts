import type { KeySummary } from '../../../../contracts/domain/key.ts';
import type { SigningAlg } from '../../../../contracts/server-api/index.ts';
import type { ExpiryStage } from '../../../../contracts/domain/key-expiry.ts';
import { KeyholdError } from '../../../../contracts/errors.ts';
import type { Sql } from '../../ports.ts';
import { fingerprint } from '../../lib/fingerprint.ts';

/** A key as the vault keeps it. */
export interface KeyRow {
  id: string;
  context_id: string;
  label: string;
  kid: string;
  public_key: Buffer;
  /** Empty once the key is revoked: its private part is gone. */
  sealed_seed: Buffer;
  source: KeySummary['source'];
  created_at: string;
  registered_at: string | null;
  last_used_at: string | null;
  program_used_at: string | null;
  program_used_by: string | null;
  expires_at: string | null;
  revoked_at: string | null;
  /** The last reminder of its expiry that the user was given. */
  reminded: ExpiryStage | null;
}

/** What a service asks of the tokens that an account's keys sign. Stays when it signs out, for the next key. */
export interface KeyTerms {
  signingAlg: SigningAlg;
  /** Longest life, seconds. */
  maxTokenTtl: number;
}

/** Of a key in `keys` that waits for its service to know it. */
const waits = 'registered_at IS NULL AND revoked_at IS NULL';

/** As `stateOfRow`, for an account that is signed in by keys: it waits until the first of them was registered. */
export const keyState = `CASE
  WHEN EXISTS (SELECT 1 FROM keys WHERE context_id = contexts.id AND ${waits})
    AND NOT EXISTS (SELECT 1 FROM keys WHERE context_id = contexts.id AND registered_at IS NOT NULL)
  THEN 'pending' ELSE 'active' END`;

/** As `longestLifeOfRow`. */
export const keyLife = '(SELECT max_token_ttl FROM key_terms WHERE context_id = contexts.id)';

/** Of a row of `contexts`: whether one of its keys waits. */
export const mayWaitForKey = `id IN (SELECT context_id FROM keys WHERE ${waits})`;

/**
 * Asked for with each credential, so values are subqueries: SQLite would compile a query that sorts anew each time that
 * a value is bound to it as such.
 */
const registered = 'context_id = (SELECT ?) AND registered_at IS NOT NULL AND revoked_at IS NULL';
const newestFirst = 'ORDER BY registered_at DESC, created_at DESC, rowid DESC LIMIT 1';

/** Whether a context is signed in by keys, or by nothing yet. */
export function takesKeys(sql: Sql, contextId: string): boolean {
  return (
    sql.get(`SELECT 1 FROM contexts WHERE id = ? AND ifnull(credential, 'key') = 'key'`, contextId) !==
    undefined
  );
}

/** The keys of a context, newest first. */
export function readKeys(sql: Sql, contextId: string): KeyRow[] {
  return sql.all('SELECT * FROM keys WHERE context_id = ? ORDER BY created_at DESC, rowid DESC', contextId);
}

/** The keys of all contexts, oldest first. */
export function readAllKeys(sql: Sql): KeyRow[] {
  return sql.all('SELECT * FROM keys ORDER BY created_at, rowid');
}

/**
 * The keys of all contexts that expire, are not revoked and whose last reminder was not given.
 *
 * @param until - When they expire at the latest, RFC 3339.
 */
export function readKeysToRemindOf(sql: Sql, until: string): KeyRow[] {
  return sql.all(
    `SELECT * FROM keys WHERE expires_at <= ? AND revoked_at IS NULL AND reminded IS NOT 'expired'
     ORDER BY expires_at`,
    until,
  );
}

/** @throws KeyholdError `key_not_found` */
export function requireKey(sql: Sql, id: string): KeyRow {
  const row = sql.get<KeyRow>('SELECT * FROM keys WHERE id = ?', id);
  if (row === undefined) throw new KeyholdError('key_not_found');
  return row;
}

export function readKeyByKid(sql: Sql, kid: string): KeyRow | undefined {
  return sql.get('SELECT * FROM keys WHERE kid = ?', kid);
}

/**
 * Whether a key is revoked; null when there is none of that kid. Each signature asks, so it reads no more than that.
 */
export function readIsRevoked(sql: Sql, kid: string): boolean | null {
  const row = sql.get<Pick<KeyRow, 'revoked_at'>>('SELECT revoked_at FROM keys WHERE kid = ?', kid);
  return row === undefined ? null : row.revoked_at !== null;
}

const signing = `WHERE ${registered} AND (expires_at IS NULL OR expires_at > (SELECT ?)) ${newestFirst}`;

/**
 * The key that a context signs with: of those that are registered, not revoked and not expired, the one that was
 * registered last.
 *
 * @param now - RFC 3339.
 */
export function readSigningKey(sql: Sql, contextId: string, now: string): KeyRow | undefined {
  return sql.get(`SELECT * FROM keys ${signing}`, contextId, now);
}

/** The kid of `readSigningKey`, null when there is none. */
export function readSigningKid(sql: Sql, contextId: string, now: string): string | null {
  return sql.get<Pick<KeyRow, 'kid'>>(`SELECT kid FROM keys ${signing}`, contextId, now)?.kid ?? null;
}

/** The ids of the contexts that have a registered key over its age limit. @param now - RFC 3339. */
export function readContextsWithExpired(sql: Sql, now: string): Set<string> {
  const rows = sql.all<Pick<KeyRow, 'context_id'>>(
    `SELECT context_id FROM keys
     WHERE expires_at <= ? AND registered_at IS NOT NULL AND revoked_at IS NULL`,
    now,
  );
  return new Set(rows.map(({ context_id }) => context_id));
}

/** As `readSigningKey`, but an expired key will do. */
export function readNewestRegistered(sql: Sql, contextId: string): KeyRow | undefined {
  return sql.get(`SELECT * FROM keys WHERE ${registered} ${newestFirst}`, contextId);
}

/** The newest key of a context that its service does not know yet. */
export function readPendingKey(sql: Sql, contextId: string): KeyRow | undefined {
  return sql.get(
    `SELECT * FROM keys WHERE context_id = ? AND ${waits}
     ORDER BY created_at DESC, rowid DESC LIMIT 1`,
    contextId,
  );
}

/** Adds a key; one that had ended and is back, from a file or a backup, has not ended any more. */
export function insertKey(sql: Sql, row: KeyRow): void {
  if (row.revoked_at === null) sql.run('DELETE FROM ended_keys WHERE kid = ?', row.kid);
  sql.run(
    `INSERT INTO keys (id, context_id, label, kid, public_key, sealed_seed, source, created_at, registered_at,
       last_used_at, program_used_at, program_used_by, expires_at, revoked_at, reminded)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    row.id,
    row.context_id,
    row.label,
    row.kid,
    row.public_key,
    row.sealed_seed,
    row.source,
    row.created_at,
    row.registered_at,
    row.last_used_at,
    row.program_used_at,
    row.program_used_by,
    row.expires_at,
    row.revoked_at,
    row.reminded,
  );
}

const termsColumns = 'signing_alg AS signingAlg, max_token_ttl AS maxTokenTtl';

/** @throws KeyholdError `context_not_found` */
export function readKeyTerms(sql: Sql, contextId: string): KeyTerms {
  const terms = sql.get<KeyTerms>(`SELECT ${termsColumns} FROM key_terms WHERE context_id = ?`, contextId);
  if (terms === undefined) throw new KeyholdError('context_not_found');
  return terms;
}

/** Those of all accounts, by the account's id. */
export function readAllKeyTerms(sql: Sql): Map<string, KeyTerms> {
  const rows = sql.all<KeyTerms & { id: string }>(`SELECT context_id AS id, ${termsColumns} FROM key_terms`);
  return new Map(rows.map(({ id, ...terms }) => [id, terms]));
}

export function writeKeyTerms(sql: Sql, contextId: string, { signingAlg, maxTokenTtl }: KeyTerms): void {
  sql.run(
    `INSERT INTO key_terms (context_id, signing_alg, max_token_ttl) VALUES (?, ?, ?)
     ON CONFLICT (context_id) DO UPDATE SET signing_alg = excluded.signing_alg, max_token_ttl = excluded.max_token_ttl`,
    ...[contextId, signingAlg, maxTokenTtl],
  );
}

/** Its service takes no keys. */
export function deleteKeyTerms(sql: Sql, contextId: string): void {
  sql.run('DELETE FROM key_terms WHERE context_id = ?', contextId);
}

export function writeLabel(sql: Sql, id: string, label: string): void {
  sql.run('UPDATE keys SET label = ? WHERE id = ?', label, id);
}

/** Sets when a key stops to sign; reminders begin anew. @param expiresAt - RFC 3339. */
export function writeExpiry(sql: Sql, id: string, expiresAt: string | null): void {
  sql.run('UPDATE keys SET expires_at = ?, reminded = NULL WHERE id = ?', expiresAt, id);
}

export function writeReminded(sql: Sql, id: string, stage: ExpiryStage): void {
  sql.run('UPDATE keys SET reminded = ? WHERE id = ?', stage, id);
}

/** Does nothing for one that is registered already. */
export function writeRegistered(sql: Sql, kid: string, now: string): void {
  sql.run('UPDATE keys SET registered_at = ? WHERE kid = ? AND registered_at IS NULL', now, kid);
}

export function writeUsed(sql: Sql, kid: string, now: string): void {
  sql.run('UPDATE keys SET last_used_at = ? WHERE kid = ?', now, kid);
}

/** @param program - By its name where that is known. */
export function writeUsedBy(sql: Sql, kid: string, now: string, program: string | null): void {
  sql.run(
    'UPDATE keys SET last_used_at = ?, program_used_at = ?, program_used_by = ? WHERE kid = ?',
    ...[now, now, program, kid],
  );
}

export function deleteKey(sql: Sql, id: string): void {
  sql.run('DELETE FROM keys WHERE id = ?', id);
}

/** `secure_delete` overwrites what they held. */
export function deleteKeysOf(sql: Sql, contextId: string): void {
  sql.run('DELETE FROM keys WHERE context_id = ?', contextId);
}

export function deleteAllKeys(sql: Sql): void {
  sql.run('DELETE FROM keys');
}

/** Marks a key as revoked and overwrites its private part (`secure_delete`). */
export function writeRevoked(sql: Sql, id: string, now: string): void {
  sql.run(`UPDATE keys SET revoked_at = ?, sealed_seed = x'' WHERE id = ?`, now, id);
}

/** The ids of the keys of a context that have a role: the one that signs, and the one that is about to be revoked. */
interface KeyRoles {
  signing: string | undefined;
  retiring: string | undefined;
}

export function readKeyRoles(sql: Sql, contextId: string, now: string): KeyRoles {
  const retiring = sql.get<{ old_key: string }>(
    `SELECT old_key FROM rotations WHERE context_id = ? AND step = 'retire'`,
    contextId,
  );
  return { signing: readSigningKey(sql, contextId, now)?.id, retiring: retiring?.old_key };
}

function stateOf(row: KeyRow, roles: KeyRoles): KeySummary['state'] {
  if (row.revoked_at !== null) return 'revoked';
  if (row.registered_at === null) return 'pending';
  return row.id === roles.retiring ? 'retiring' : 'active';
}

export function toSummary(row: KeyRow, roles: KeyRoles): KeySummary {
  return {
    id: row.id,
    contextId: row.context_id,
    label: row.label,
    kid: row.kid,
    fingerprint: fingerprint(row.public_key),
    source: row.source,
    state: stateOf(row, roles),
    signs: row.id === roles.signing,
    createdAt: row.created_at,
    registeredAt: row.registered_at,
    lastUsedAt: row.last_used_at,
    programUse:
      row.program_used_at === null ? null : { at: row.program_used_at, program: row.program_used_by },
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
  };
}
