import { timingSafeEqual } from 'node:crypto';
import { KeyholdError } from '../../../contracts/errors.ts';
import type { Cancel, RowWatcher, Sql } from '../ports.ts';
import { newestPin, type Pinned } from './activity-head.ts';
import { describeTables, digestPart, digestTable, partOf, type KnownTable } from './authenticated-tables.ts';
import { lengthPrefixed } from './bytes.ts';
import type { Keyring } from './keyring.ts';

/** The digests of the parts, by table and then by where they begin. */
type Digests = ReadonlyMap<string, ReadonlyMap<string, Buffer>>;

/**
 * Knows whether the rows that Keyhold acts on are those that Keyhold wrote. One code, the root, authenticates all of
 * them with a key of the vault: each row with all its columns, that there are no others and none is missing, and the
 * header that belongs to them. It is checked when the vault is unlocked, before anything acts on a row, and written
 * with each change, in the same transaction. docs/adr/0018-authenticated-rows.md says why it is done in this way.
 */
export class AuthenticatedRows implements RowWatcher {
  readonly #sql: Sql;
  #tables: readonly KnownTable[];
  #stopWatching: Cancel;
  /** Null while the vault is locked. */
  #keyring: Keyring | null = null;
  /** Takes the place of `#keyring` when this transaction ends; null unless `vouch` was called in it. */
  #nextKeyring: Keyring | null = null;
  /**
   * As of the last transaction that ended; null until they were read. Nobody else writes what is open here (ADR 16).
   */
  #digests: Digests | null = null;
  /** What they will be once the transaction has ended. */
  #next: Digests | null = null;
  readonly #notVouchedFor: (error: unknown) => void;
  /** Parts with changed rows, by table. */
  readonly #dirty = new Map<string, Set<string>>();

  /**
   * @param sql is watched from now on
   * @param notVouchedFor is called when rows turn out to be others, or cannot be read, while the vault is unlocked
   */
  constructor(sql: Sql, notVouchedFor: (error: unknown) => void) {
    this.#sql = sql;
    this.#notVouchedFor = notVouchedFor;
    this.#tables = describeTables(sql);
    this.#stopWatching = sql.watch(this.#tables, this);
  }

  /**
   * Reads all rows, unless that was done. Done ahead of `open`, it costs nobody time who waits for the vault to open.
   * @throws KeyholdError `vault_damaged`
   */
  read(): Digests {
    this.#digests ??= new Map(this.#tables.map((known) => [known.table, this.#readTable(known)]));
    return this.#digests;
  }

  /**
   * Checks all rows. From then on they can be changed.
   * @throws KeyholdError `vault_damaged` when they are not as Keyhold left them
   */
  open(keyring: Keyring): void {
    const stored = readRoot(this.#sql);
    if (stored === undefined) throw new KeyholdError('vault_damaged', { changed: true });
    const expected = macOf(this.#sql, this.#tables, this.read(), stored, keyring);
    if (stored.mac.length !== expected.length || !timingSafeEqual(stored.mac, expected)) {
      throw new KeyholdError('vault_damaged', { changed: true });
    }
    this.#keyring = keyring;
  }

  /**
   * Vouches for all rows as they are, once the transaction that this is called in ends: for a vault from before there
   * was a root, and for one that gets another key. Also to be called when the header has changed.
   */
  vouch(keyring: Keyring): void {
    this.#nextKeyring = keyring;
  }

  /**
   * Does what makes the tables others, for rows that were checked, and checks them again.
   * @param work calls `vouch` at the end of its transaction, for all rows as they are then
   */
  makeAnew(keyring: Keyring, work: (vouch: () => void) => void): void {
    this.#stopWatching();
    this.forget();
    try {
      work(() => {
        const tables = describeTables(this.#sql);
        const digests = new Map(tables.map((known) => [known.table, digestTable(this.#sql, known)]));
        writeRoot(this.#sql, tables, digests, keyring);
      });
    } finally {
      this.#digests = null;
      this.#tables = describeTables(this.#sql);
      this.#stopWatching = this.#sql.watch(this.#tables, this);
    }
    this.open(keyring);
  }

  /** The vault was not unlocked after all: no row can be changed. */
  forget(): void {
    this.#keyring = null;
  }

  /**
   * The vault is being locked: what the log says until now is kept with the root, and no row can be changed any more.
   */
  close(): void {
    if (this.#keyring === null) return;
    try {
      writeRoot(this.#sql, this.#tables, this.read(), this.#keyring);
    } finally {
      this.#keyring = null;
    }
  }

  /**
   * Checks what can be checked of a vault from before there was a root.
   * @throws KeyholdError `vault_damaged` when it has one nevertheless, or rows that Keyhold cannot have written
   */
  requireNone(): void {
    if (readRoot(this.#sql) !== undefined) throw new KeyholdError('vault_damaged', { changed: true });
    requirePlausible(this.#sql);
  }

  /** @throws KeyholdError `vault_locked` */
  changed(table: string, id: string): void {
    if (this.#keyring === null) throw new KeyholdError('vault_locked');
    const parts = this.#dirty.get(table) ?? new Set();
    this.#dirty.set(table, parts.add(partOf(id)));
  }

  beforeCommit(): void {
    const keyring = this.#nextKeyring ?? this.#keyring;
    if (keyring === null || (this.#dirty.size === 0 && this.#nextKeyring === null)) return;
    this.#next = this.#withChanges(this.read());
    writeRoot(this.#sql, this.#tables, this.#next, keyring);
  }

  ended(committed: boolean): void {
    if (committed) {
      this.#digests = this.#next ?? this.#digests;
      this.#keyring = this.#nextKeyring ?? this.#keyring;
    }
    this.#next = null;
    this.#nextKeyring = null;
    this.#dirty.clear();
    if (!committed) this.#checkAgain();
  }

  /** What a transaction wrote and took back is read from the file again, where others may have written meanwhile. */
  #checkAgain(): void {
    const keyring = this.#keyring;
    this.#digests = null;
    if (keyring === null) return;
    this.#keyring = null;
    try {
      this.open(keyring);
    } catch (error) {
      this.#notVouchedFor(error);
    }
  }

  #readTable(known: KnownTable): ReadonlyMap<string, Buffer> {
    // The indexes are read with the table, so that all that will be asked of them lies in memory from here on.
    this.#sql.checkPages(known.table);
    return digestTable(this.#sql, known);
  }

  #withChanges(digests: Digests): Digests {
    const next = new Map(digests);
    for (const known of this.#tables) {
      const parts = new Map(digests.get(known.table));
      for (const start of this.#dirty.get(known.table) ?? []) {
        const digest = digestPart(this.#sql, known, start);
        if (digest === null) parts.delete(start);
        else parts.set(start, digest);
      }
      next.set(known.table, parts);
    }
    return next;
  }
}

/** The root of a new vault, whose tables are empty. From then on a vault without one was tampered with. */
export function writeFirstRoot(sql: Sql, keyring: Keyring): void {
  writeRoot(sql, [], new Map(), keyring);
}

/**
 * What can be told of rows that nothing has authenticated yet.
 * @throws KeyholdError `vault_damaged` when Keyhold cannot have written them
 */
function requirePlausible(sql: Sql): void {
  const odd = sql.get(
    `SELECT 1 FROM contexts LEFT JOIN key_terms ON context_id = id
     WHERE origin NOT IN ('https://' || host, 'http://' || host) OR coalesce(max_token_ttl, 0) < 1
       OR signing_alg NOT IN ('Ed25519', 'EdDSA')`,
  );
  if (odd !== undefined) throw new KeyholdError('vault_damaged', { changed: true });
}

interface RootRow extends Pinned {
  mac: Buffer;
}

function readRoot(sql: Sql): RootRow | undefined {
  return sql.get<RootRow>('SELECT log_seq AS seq, log_hash AS hash, mac FROM rows_root WHERE id = 1');
}

function writeRoot(sql: Sql, tables: readonly KnownTable[], digests: Digests, keyring: Keyring): void {
  const pinned = newestPin(sql, readRoot(sql));
  sql.run(
    `INSERT INTO rows_root (id, log_seq, log_hash, mac) VALUES (1, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET log_seq = excluded.log_seq, log_hash = excluded.log_hash, mac = excluded.mac`,
    ...[pinned.seq, pinned.hash, macOf(sql, tables, digests, pinned, keyring)],
  );
}

function macOf(
  sql: Sql,
  tables: readonly KnownTable[],
  digests: Digests,
  { seq, hash }: Pinned,
  keyring: Keyring,
): Buffer {
  const header = sql.get<{ mac: Buffer }>('SELECT mac FROM vault_header WHERE id = 1');
  const fields: (string | number | Buffer | null)[] = ['keyhold rows', 1, header?.mac ?? null, seq, hash];
  for (const { table, columns } of tables) {
    const parts = [...(digests.get(table) ?? [])].sort(([one], [other]) => (one < other ? -1 : 1));
    // A table without rows is as one that is not there: a later version may add one.
    if (parts.length > 0) fields.push(table, columns.join(' '), ...parts.flat());
  }
  return keyring.mac('rows', lengthPrefixed(fields));
}
