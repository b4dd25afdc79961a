import type { ActivityKind, ActivityLog } from '../../activity/activity-log.ts';
import type { Cancel, Clock } from '../../ports.ts';
import type { Vault } from '../../vault/vault.ts';
import { readAccountName } from '../kind/account-name.ts';
import { writeEndedKey, writeRefused } from './ended-keys.ts';
import { fingerprint } from '../../lib/fingerprint.ts';
import { shortFingerprint } from './fingerprint.ts';
import {
  deleteKey,
  deleteKeysOf,
  readAllKeys,
  readKeys,
  requireKey,
  writeRevoked,
  type KeyRow,
} from './key-store.ts';
import type { Signers } from './signers.ts';

interface KeyEndingsDeps {
  vault: Vault;
  clock: Clock;
  activity: ActivityLog;
  signers: Signers;
}

/** How keys end: the private part goes, the public half stays, and whoever holds what they signed is told. */
export class KeyEndings {
  readonly #deps: KeyEndingsDeps;
  readonly #listeners = new Set<(kid: string) => void>();

  constructor(deps: KeyEndingsDeps) {
    this.#deps = deps;
  }

  /**
   * Marks a key as revoked and destroys its private part.
   * @param what what the service did, for the activity log
   * @param confirmed whether the service said that it does not accept the key
   * @throws KeyholdError `key_not_found`
   */
  retire(keyId: string, what: string, confirmed: boolean): void {
    const sql = this.#deps.vault.sql();
    const row = requireKey(sql, keyId);
    sql.transaction(() => {
      writeRevoked(sql, keyId, this.#now());
      writeEndedKey(sql, row, confirmed, this.#now());
      this.#log('key.revoked', row, `${row.label}: ${what}`);
    });
    this.#end(row.kid);
  }

  /** Deletes a key with all that is known of it. @throws KeyholdError `key_not_found` */
  remove(keyId: string): void {
    const sql = this.#deps.vault.sql();
    const row = requireKey(sql, keyId);
    sql.transaction(() => {
      writeEndedKey(sql, row, false, this.#now());
      deleteKey(sql, keyId);
      this.#log('key.removed', row, describeKey(row));
    });
    this.#end(row.kid);
  }

  /**
   * Deletes all keys of a context; `secure_delete` overwrites what they held.
   * @param confirmed kids of those that the service said it does not accept
   */
  removeAllOf(contextId: string, confirmed: ReadonlySet<string> = new Set()): void {
    const sql = this.#deps.vault.sql();
    const rows = readKeys(sql, contextId);
    sql.transaction(() => {
      for (const row of rows) writeEndedKey(sql, row, confirmed.has(row.kid), this.#now());
      deleteKeysOf(sql, contextId);
    });
    for (const { kid } of rows) this.#end(kid);
  }

  /** The service said of keys that have ended here that it does not accept them. */
  noteRefused(kids: ReadonlySet<string>): void {
    writeRefused(this.#deps.vault.sql(), [...kids]);
  }

  /** Does what makes the keys those of a backup, in a transaction, and ends what it took away or revoked. */
  restore<T>(work: () => T): T {
    const { vault, signers } = this.#deps;
    const sql = vault.sql();
    const living = (): KeyRow[] => readAllKeys(sql).filter(({ revoked_at }) => revoked_at === null);
    const [done, ended] = sql.transaction(() => {
      const before = living();
      const result = work();
      const left = new Set(living().map(({ kid }) => kid));
      const gone = before.filter(({ kid }) => !left.has(kid));
      for (const row of gone) writeEndedKey(sql, row, false, this.#now());
      return [result, gone];
    });
    // The rows are others now.
    signers.forgetAll();
    for (const { kid } of ended) this.#end(kid);
    return done;
  }

  /** Tells the kid of each key whose private part is gone: what it signed is not to be given out any more. */
  onEnd(listener: (kid: string) => void): Cancel {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #log(kind: ActivityKind, { context_id }: KeyRow, detail: string): void {
    const { vault, activity } = this.#deps;
    activity.append({ kind, contextName: readAccountName(vault.sql(), context_id), detail });
  }

  #end(kid: string): void {
    this.#deps.signers.forget(kid);
    for (const listener of this.#listeners) listener(kid);
  }

  #now(): string {
    return this.#deps.clock.now().toISOString();
  }
}

/** A key as the activity log calls it. */
export function describeKey(row: KeyRow): string {
  return `${row.label} (${shortFingerprint(fingerprint(row.public_key))})`;
}
