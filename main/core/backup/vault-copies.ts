import { KeyholdError } from '../../../contracts/errors.ts';
import type { VaultCopy } from '../../../contracts/ipc/rescue.ts';
import { countStored } from '../credentials/backup/vault-credentials.ts';
import type { Cancel, Clock, Logger } from '../ports.ts';
import type { VaultFolder } from '../ports/vault-file.ts';
import { inspectStore } from '../vault/vault-store.ts';
import type { Vault } from '../vault/vault.ts';

/**
 * Copies of a kind that are kept; the oldest go first. Those of the days and those from before a change are counted on
 * their own, so that many changes on one day do not push out the days before.
 */
const kept = 7;

/** The copy of the day is made this long after unlocking, so that the first screen does not wait for it. */
const afterUnlockMs = 5000;

/** `2026-11-24T135509Z` of a time: sorts by time, and no file system minds it. */
export function stamp(time: Date): string {
  return `${time.toISOString().slice(0, 19).replaceAll(':', '')}Z`;
}

function day(time: Date): string {
  return time.toISOString().slice(0, 10);
}

function dayOf(copy: string): string {
  return copy.slice('vault-'.length, 'vault-'.length + 'YYYY-MM-DD'.length);
}

/**
 * Dated copies of the vault file in its own folder: one a day when the vault was unlocked, and one before whatever
 * changes all of it. A copy is as sealed as the vault is, and opens with the passphrase of its day.
 */
export class VaultCopies {
  readonly #vault: Vault;
  readonly #folder: VaultFolder;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #planned: Cancel | null = null;

  constructor(deps: { vault: Vault; folder: VaultFolder; clock: Clock; logger: Logger }) {
    this.#vault = deps.vault;
    this.#folder = deps.folder;
    this.#clock = deps.clock;
    this.#logger = deps.logger;
    deps.vault.onEvent(({ kind }) => {
      if (kind === 'vault.unlocked') this.#planDaily();
    });
  }

  /** How many there are and the UTC day of the newest, whether they are good or not. */
  summary(): { copies: number; newestCopy: string | null } {
    const names = this.#folder.copies();
    const newest = names[0];
    return { copies: names.length, newestCopy: newest === undefined ? null : dayOf(newest) };
  }

  /**
   * Makes the copy of this UTC day unless it is there.
   * @throws KeyholdError `storage_failed`, `vault_damaged`
   */
  keepDaily(): void {
    const name = `vault-${day(this.#clock.now())}.db`;
    if (!this.#folder.copies().includes(name)) this.#make(name);
  }

  /**
   * Copies the vault as it is now, before something that changes all of it.
   * @throws KeyholdError `storage_failed`, `vault_damaged`
   */
  keep(): void {
    const name = `vault-${stamp(this.#clock.now())}.db`;
    // Twice in one second: the first copy is the one from before the changes.
    if (!this.#folder.copies().includes(name)) this.#make(name);
  }

  /** The copies that pass the vault's checks, newest first. */
  good(): VaultCopy[] {
    return this.#folder.copies().flatMap((copy) => {
      const facts = this.#factsOf(copy);
      return facts === null ? [] : [{ copy, day: dayOf(copy), ...facts }];
    });
  }

  /**
   * Deletes all copies, those from before changes of the schema too: what was changed since, a passphrase for example,
   * does not reach them.
   * @returns how many there were
   * @throws KeyholdError `storage_failed`
   */
  removeAll(): number {
    const names = this.#folder.copies();
    for (const name of names) this.#folder.removeCopy(name);
    return names.length + this.#folder.removeSchemaCopies();
  }

  #planDaily(): void {
    this.#planned?.();
    this.#planned = this.#clock.after(afterUnlockMs, () => {
      this.#planned = null;
      try {
        if (this.#vault.status().state !== 'damaged') this.keepDaily();
      } catch (error) {
        // The vault itself is well; the next unlocking tries again.
        this.#logger.error('vault_copies.daily_failed', error);
      }
    });
  }

  #make(name: string): void {
    this.#folder.makeCopy(name, this.#vault.sql());
    const others = this.#folder.copies().filter((copy) => copy !== name && copy.length === name.length);
    // Never the new one, even if a wrong clock has dated it before all others.
    for (const old of others.slice(kept - 1)) this.#folder.removeCopy(old);
  }

  #factsOf(copy: string): Pick<VaultCopy, 'upTo' | 'contexts' | 'credentials'> | null {
    try {
      return inspectStore(this.#folder.copy(copy), (sql, header) => {
        const facts = sql.get<{ at: string | null; contexts: number }>(
          `SELECT (SELECT at FROM activity ORDER BY seq DESC LIMIT 1) AS at,
             (SELECT count(*) FROM contexts) AS contexts`,
        );
        if (facts === undefined) throw new KeyholdError('vault_damaged');
        const { at, contexts } = facts;
        return { upTo: at ?? header.createdAt, contexts, credentials: countStored(sql) };
      });
    } catch (error) {
      this.#logger.error('vault_copies.bad_copy', error);
      return null;
    }
  }
}
