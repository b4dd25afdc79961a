import type { ActivityEntry, ActivityFilter, activityKinds } from '../../../contracts/ipc/activity.ts';
import { printable } from '../../../contracts/domain/printable.ts';
import type { Cancel, Clock, Listener, Sql } from '../ports.ts';
import type { Vault } from '../vault/vault.ts';
import { checkChain, entryHash, type ActivityRow } from './chain.ts';
import {
  genesisHash,
  type Authenticate,
  type Head,
  type HeadRow,
  isEqual,
  isGenuine,
  isInLog,
  isSameEntry,
  readHead,
  readPin,
  writeHead,
} from '../vault/activity-head.ts';

export type ActivityKind = (typeof activityKinds)[number];

export interface NewActivity {
  kind: ActivityKind;
  contextName?: string | null;
  /** Registry host, key label, token life and the like; never a secret. */
  detail?: string | null;
}

const everything: ActivityFilter = { kinds: null, text: '' };

/** The filter as a condition on the rows; kinds come from the closed list, text is always bound. */
function condition({ kinds, text }: ActivityFilter): { where: string; values: string[] } {
  const wanted = text.trim();
  // LIKE's own signs in the text mean themselves.
  const like = `%${wanted.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
  const parts = [
    ...(kinds === null ? [] : [{ sql: `kind IN (${kinds.map(() => '?').join(', ')})`, values: kinds }]),
    ...(wanted === ''
      ? []
      : [
          {
            sql: `(context_name LIKE ? ESCAPE '\\' OR detail LIKE ? ESCAPE '\\')`,
            values: [like, like],
          },
        ]),
  ];
  return {
    where: parts.map(({ sql }) => sql).join(' AND ') || 'TRUE',
    values: parts.flatMap((part) => part.values),
  };
}

/** One line, so that a name from elsewhere cannot pass for an entry of its own. */
function oneLine(text: string | null | undefined): string | null {
  return text == null ? null : printable(text);
}

/**
 * What happened, in order, each entry chained to the one before by its hash (SHA-256). The chain alone shows
 * entries that were changed, taken out or put in between. While the vault is unlocked its newest entry is
 * also authenticated with a key of the vault, and the root of the vault's rows says up to which entry the log went when
 * the vault was last locked or changed: that shows a log that was cut off, written anew or put back. It does not show
 * entries cut off that were made while the vault was locked, nor a whole older copy of the vault file.
 */
export class ActivityLog {
  readonly #vault: Vault;
  readonly #clock: Clock;
  readonly #listeners = new Set<Listener>();
  readonly #authenticate: Authenticate = (purpose, data) => this.#vault.authenticate(purpose, data);
  /** The head that this log wrote last, with the key of this unlocked time: what is equal to it is genuine. */
  #written: HeadRow | null = null;

  constructor(deps: { vault: Vault; clock: Clock }) {
    this.#vault = deps.vault;
    this.#clock = deps.clock;
    deps.vault.onEvent((event) => this.append(event));
    deps.vault.onChange(() => {
      this.#written = null;
    });
  }

  /**
   * Adds an entry, also while the vault is locked. Inside a transaction it is part of that.
   * @throws KeyholdError as `Vault.sql`
   */
  append(entry: NewActivity): void {
    this.appendAll([entry]);
  }

  /** Adds entries in this order, all or none; otherwise as `append`. */
  appendAll(entries: readonly NewActivity[]): void {
    const sql = this.#vault.sql();
    sql.transaction(() => {
      const tail = sql.get<Head>('SELECT seq, hash FROM activity ORDER BY seq DESC LIMIT 1');
      const head = readHead(sql);
      // Never for a log that does not go on from the last head: that would hide what was done to it.
      const vouch = this.#vault.isUnlocked && head !== undefined && this.#isSound(sql, head, tail);
      // After the head, even if entries up to it are missing: the gap then stays to be seen.
      let last: Head = { seq: Math.max(tail?.seq ?? 0, head?.seq ?? 0), hash: tail?.hash ?? genesisHash };
      for (const entry of entries) last = this.#insert(sql, last, entry);
      if (vouch) this.#written = writeHead(sql, last, this.#authenticate);
    });
    for (const listener of [...this.#listeners]) listener();
  }

  /**
   * Entries, newest first.
   * @param page `before`: only entries with a smaller number; null for the newest. `limit`: at most so many
   */
  list(
    page: { before: number | null; limit: number },
    filter: ActivityFilter = everything,
  ): { entries: ActivityEntry[]; more: boolean } {
    const { where, values } = condition(filter);
    const entries = this.#vault.sql().all<ActivityEntry>(
      `SELECT seq, at, kind, context_name AS contextName, detail FROM activity
       WHERE seq < ? AND ${where} ORDER BY seq DESC LIMIT ?`,
      page.before ?? Number.MAX_SAFE_INTEGER,
      ...values,
      page.limit + 1,
    );
    return { entries: entries.slice(0, page.limit), more: entries.length > page.limit };
  }

  /** The entries that the filter lets through, oldest first, with the hashes that chain them. */
  rows(filter: ActivityFilter = everything): ActivityRow[] {
    const { where, values } = condition(filter);
    return this.#vault
      .sql()
      .all<ActivityRow>(`SELECT * FROM activity WHERE ${where} ORDER BY seq`, ...values);
  }

  /**
   * Recomputes the chain and, with the vault unlocked, checks the authenticated head.
   * @returns `checked`: entries that fit, from the first on; `brokenAt`: the number of the first entry that is
   *   missing or does not fit (of a log that was written anew: the last one that was vouched for), else null
   */
  verify(): { checked: number; brokenAt: number | null } {
    const sql = this.#vault.sql();
    const chain = checkChain(sql);
    if (chain.brokenAt !== null || !this.#vault.isUnlocked) return chain;
    const head = readHead(sql);
    if (head === undefined || !isGenuine(head, this.#authenticate)) return { ...chain, brokenAt: 1 };
    const pinned = readPin(sql);
    for (const known of [head, ...(pinned === undefined ? [] : [pinned])]) {
      if (known.seq > chain.checked) return { ...chain, brokenAt: chain.checked + 1 };
      if (!isInLog(sql, known)) return { ...chain, brokenAt: known.seq };
    }
    return chain;
  }

  /** Calls `listener` after each new entry. */
  onChange(listener: Listener): Cancel {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** @returns the entry, for the next one to go on from */
  #insert(sql: Sql, last: Head, entry: NewActivity): Head {
    const row = {
      seq: last.seq + 1,
      at: this.#clock.now().toISOString(),
      kind: entry.kind,
      context_name: oneLine(entry.contextName),
      detail: oneLine(entry.detail),
      prev_hash: last.hash,
    };
    const hash = entryHash(row);
    sql.run(
      `INSERT INTO activity (seq, at, kind, context_name, detail, prev_hash, hash)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      ...[row.seq, row.at, row.kind, row.context_name, row.detail, row.prev_hash, hash],
    );
    return { seq: row.seq, hash };
  }

  #isSound(sql: Sql, head: HeadRow, tail: Head | undefined): boolean {
    const genuine = isEqual(head, this.#written) || isGenuine(head, this.#authenticate);
    return genuine && (isSameEntry(head, tail) || isInLog(sql, head));
  }
}
