import { KeyholdError, type ErrorCode } from '../../../contracts/errors.ts';
import type { Cancel, Clock, Kdf, Logger, Random, Sql } from '../ports.ts';
import type { VaultFile } from '../ports/vault-file.ts';
import { wipe } from './bytes.ts';
import type { KdfSettings } from './calibration.ts';
import { passphraseSlotOf, requireAuthentic, type VaultHeader } from './header.ts';
import { Keyring } from './keyring.ts';
import { Listeners } from '../lib/listeners.ts';
import { Turns } from '../lib/turns.ts';
import { unwrapWithPassphrase } from './slots.ts';
import { bringUpToDate, createStore, openStore, writeHeader, type VaultStore } from './vault-store.ts';

export interface VaultDeps {
  file: VaultFile;
  clock: Clock;
  random: Random;
  kdf: Kdf;
  logger: Logger;
  kdfParameters: KdfSettings;
}

/** What the activity log keeps of the vault's own life. */
export interface VaultEvent {
  kind:
    | 'vault.created'
    | 'vault.unlocked'
    | 'vault.unlock_failed'
    | 'vault.locked'
    | 'vault.recovered'
    | 'vault.passphrase_changed'
    | 'vault.rekeyed'
    | 'vault.rows_vouched'
    | 'vault.keychain_added'
    | 'vault.keychain_removed'
    | 'vault.recovery_made'
    | 'vault.recovery_removed';
  /** By what it was unlocked or why it was locked, when there is something to say. */
  detail: string | null;
}

/** The rows are read ahead so long after the file was opened, when the unlock screen is about to be there. */
const readAheadMs = 100;

interface Change {
  header: VaultHeader;
  event: VaultEvent;
  /** The keys from now on, when they are others; owned by the session once the change is made. */
  keyring?: Keyring;
  /** Part of the same transaction, before the header is written. */
  also?: (sql: Sql) => void;
}

/**
 * What the vault holds while the app runs: its opened file and, while it is unlocked, its keys. The operations on
 * the vault and its slots work on this; nothing outside `core/vault` does.
 */
export class VaultSession {
  readonly deps: VaultDeps;
  readonly changed: Listeners;
  readonly events: Listeners<VaultEvent>;
  #store: VaultStore | null = null;
  #keyring: Keyring | null = null;
  readonly #turns = new Turns(1);
  /** Counts locks, so that work which was still deriving a key does not undo a lock. */
  #locks = 0;
  #wasOpen = false;
  #readAhead: Cancel | null = null;
  #foundDamaged = false;

  constructor(deps: VaultDeps) {
    this.deps = deps;
    this.changed = new Listeners(deps.logger);
    this.events = new Listeners(deps.logger);
  }

  get isUnlocked(): boolean {
    return this.#keyring !== null;
  }

  /** Whether the vault was unlocked or locked since the app started. */
  get wasOpen(): boolean {
    return this.#wasOpen;
  }

  /** Whether unlocking found damage that the checks of the file alone cannot find. Closing forgets it. */
  get foundDamaged(): boolean {
    return this.#foundDamaged;
  }

  /** @throws KeyholdError `vault_missing`, `vault_damaged`, `vault_newer`, `storage_failed` */
  store(): VaultStore {
    if (this.#store !== null) return this.#store;
    const store = openStore(this.deps.file, this.deps.clock, (error) => {
      // A disk that cannot be read for a moment changed nothing.
      const isDisk = error instanceof KeyholdError && error.code === 'storage_failed';
      if (!isDisk) this.#foundDamaged = true;
      this.lock(isDisk ? 'storage failed' : 'file changed');
    });
    this.#store = store;
    this.#readAhead = this.deps.clock.after(readAheadMs, () => this.#readRows(store));
    return store;
  }

  /** @throws KeyholdError `vault_locked` */
  keyring(): Keyring {
    if (this.#keyring === null) throw new KeyholdError('vault_locked');
    return this.#keyring;
  }

  /** Runs work when all that was asked for before is done. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.#turns.take(work);
  }

  /**
   * Answers a check for after each wait of what unlocks: it throws `vault_locked` when `lock` was called since. What
   * works on an unlocked vault needs none: nothing unlocks it again before its turn is over.
   */
  watchLocks(): () => void {
    const locks = this.#locks;
    return () => {
      if (locks !== this.#locks) throw new KeyholdError('vault_locked');
    };
  }

  /** Makes the file with this header and leaves the vault unlocked. The session owns the keyring from now on. */
  begin(headerText: string, keyring: Keyring): void {
    createStore(this.deps.file, headerText, keyring);
    this.store().rows.open(keyring);
    this.#open(keyring);
    this.#tell({ kind: 'vault.created', detail: null });
  }

  /**
   * Unlocks with a data key that a slot gave; the session owns its bytes from now on.
   * @throws KeyholdError `vault_damaged` when the file's header is not the one that was kept with this key
   */
  unlock(dataKey: Buffer, detail: string | null): void {
    const keyring = new Keyring(dataKey);
    const store = this.store();
    try {
      const { headerText, mac, throttle, header, rows } = store;
      requireAuthentic(keyring, headerText, mac);
      if (header.format === 2) rows.open(keyring);
      else rows.requireNone();
      if (header.format === 2) bringUpToDate(this.deps.file, store, keyring);
      throttle.reset();
    } catch (error) {
      store.rows.forget();
      keyring.wipe();
      if (error instanceof KeyholdError && error.code === 'vault_damaged') {
        this.#foundDamaged = true;
        this.changed.tell();
      }
      throw error;
    }
    this.#open(keyring);
    if (this.store().header.format === 1) this.#vouch();
    this.#tell({ kind: 'vault.unlocked', detail });
  }

  lock(reason: string | null): void {
    this.#locks += 1;
    this.#wasOpen = true;
    const keyring = this.#keyring;
    if (keyring === null) return;
    // Told first: the activity log authenticates its last entry while the key is there.
    this.events.tell({ kind: 'vault.locked', detail: reason });
    this.#keyring = null;
    this.#closeRows();
    keyring.wipe();
    this.changed.tell();
  }

  close(): void {
    this.lock('quit');
    this.#readAhead?.();
    this.#store?.sql.close();
    this.#store = null;
    this.#foundDamaged = false;
  }

  /**
   * Tries a passphrase against its slot.
   * @returns the data key; the caller zeroes it or hands it to the session
   * @throws KeyholdError `unlock_delayed` (nothing was tried) and `wrong_passphrase`, both with `retryAfterMs`
   */
  async prove(passphrase: Buffer): Promise<Buffer> {
    this.requireNoDelay();
    const { header } = this.store();
    const slot = passphraseSlotOf(header);
    const check = this.watchLocks();
    const dataKey = await unwrapWithPassphrase(this.deps.kdf, header.vaultId, slot, passphrase);
    try {
      check();
    } catch (error) {
      if (dataKey !== null) wipe(dataKey);
      throw error;
    }
    return dataKey ?? this.refuse('wrong_passphrase');
  }

  /** @throws KeyholdError `unlock_delayed` with `retryAfterMs` while wrong tries still have to wait */
  requireNoDelay(): void {
    const retryAfterMs = this.store().throttle.retryAfterMs();
    if (retryAfterMs > 0) throw new KeyholdError('unlock_delayed', { retryAfterMs });
  }

  /** Notes a wrong try. @throws KeyholdError of this code, with `retryAfterMs` */
  refuse(code: Extract<ErrorCode, 'wrong_passphrase' | 'wrong_recovery_code'>): never {
    const retryAfterMs = this.store().throttle.fail();
    const detail = code === 'wrong_recovery_code' ? 'recovery code' : null;
    this.#tell({ kind: 'vault.unlock_failed', detail });
    throw new KeyholdError(code, { retryAfterMs });
  }

  /**
   * Writes another header, with whatever belongs to it, and its entry in the activity log, in one transaction.
   * When it fails all is as before, and a new keyring still belongs to the caller.
   * @throws KeyholdError `vault_locked`, `storage_failed`
   */
  commit({ header, event, keyring, also }: Change): void {
    const store = this.store();
    const before = this.keyring();
    try {
      store.sql.transaction(() => {
        also?.(store.sql);
        this.#store = writeHeader(store, keyring ?? before, header);
        this.#keyring = keyring ?? before;
        // What the log does not take is not done.
        this.events.tellOrThrow(event);
      });
    } catch (error) {
      this.#store = store;
      // Null when the vault was locked for what was found then.
      if (this.#keyring === null) before.wipe();
      else this.#keyring = before;
      throw error;
    }
    if (keyring !== undefined) before.wipe();
    this.#emptyLog(store.sql);
    this.changed.tell();
  }

  #readRows({ rows }: VaultStore): void {
    try {
      rows.read();
    } catch (error) {
      // Found again, and told, when the vault is to be unlocked.
      this.deps.logger.error('vault.read_failed', error);
    }
  }

  /** A lock is never held up: what cannot be written is written the next time. */
  #closeRows(): void {
    try {
      this.#store?.rows.close();
    } catch (error) {
      this.deps.logger.error('vault.root_failed', error);
    }
  }

  /** What a slot or a key was before shall not lie in SQLite's log until that is used again. */
  #emptyLog(sql: Sql): void {
    try {
      sql.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } catch (error) {
      // The change itself is saved, and the log is emptied at the next occasion.
      this.deps.logger.error('vault.checkpoint_failed', error);
    }
  }

  /** The rows of a vault from before there was a root are taken as they are: once, and the log says so. */
  #vouch(): void {
    const { header } = this.store();
    try {
      this.commit({
        header: { ...header, format: 2 },
        event: { kind: 'vault.rows_vouched', detail: 'delete the copies from before' },
      });
    } catch (error) {
      this.lock('storage failed');
      throw error;
    }
  }

  #open(keyring: Keyring): void {
    this.#readAhead?.();
    this.#wasOpen = true;
    this.#keyring = keyring;
  }

  #tell(event: VaultEvent): void {
    this.events.tell(event);
    this.changed.tell();
  }
}
