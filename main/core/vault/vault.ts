import { limits } from '../../../contracts/domain/limits.ts';
import { KeyholdError } from '../../../contracts/errors.ts';
import type { VaultState } from '../../../contracts/ipc/vault.ts';
import type { Cancel, Clock, Kdf, Listener, Logger, Random, Sql, VaultFile } from '../ports.ts';
import { wipe } from './bytes.ts';
import { calibrate, type KdfSettings } from './calibration.ts';
import { canonicalJson, requireAuthentic, type VaultHeader } from './header.ts';
import { Keyring } from './keyring.ts';
import { Listeners } from './listeners.ts';
import { openValue, sealValue, type SealPlace } from './sealing.ts';
import { unwrapWithPassphrase, wrapWithPassphrase } from './slots.ts';
import { createStore, openStore, type VaultStore } from './vault-store.ts';

export type { SealPlace };

const dataKeyLength = 32;

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
  kind: 'vault.created' | 'vault.unlocked' | 'vault.unlock_failed' | 'vault.locked';
  /** Why it was locked, when that was said. */
  detail: string | null;
}

function stateOf(error: unknown): VaultState {
  const code = error instanceof KeyholdError ? error.code : null;
  if (code === 'vault_missing') return 'missing';
  if (code === 'vault_damaged') return 'damaged';
  if (code === 'vault_newer') return 'newer';
  throw error;
}

/** Characters (code points) of a text in UTF-8: every byte that does not continue a character begins one. */
function characters(utf8: Buffer): number {
  return utf8.reduce((count, byte) => ((byte & 0xc0) === 0x80 ? count : count + 1), 0);
}

/**
 * The vault: one file of public rows and sealed secrets, opened with a passphrase. While it is locked, public
 * rows can be read and written; secrets cannot be reached.
 */
export class Vault {
  readonly #deps: VaultDeps;
  readonly #changed: Listeners<undefined>;
  readonly #events: Listeners<VaultEvent>;
  #store: VaultStore | null = null;
  #keyring: Keyring | null = null;
  #queue: Promise<unknown> = Promise.resolve();
  /** Counts locks, so that an unlock which was still deriving its key does not undo a lock. */
  #locks = 0;

  constructor(deps: VaultDeps) {
    this.#deps = deps;
    this.#changed = new Listeners(deps.logger);
    this.#events = new Listeners(deps.logger);
  }

  /**
   * The vault's state, and the milliseconds until the next unlock try is accepted. Opens the file if need be.
   * @throws KeyholdError `storage_failed` when the file cannot be read at all
   */
  status(): { state: VaultState; retryAfterMs: number } {
    if (this.#keyring !== null) return { state: 'unlocked', retryAfterMs: 0 };
    try {
      return { state: 'locked', retryAfterMs: this.#opened().throttle.retryAfterMs() };
    } catch (error) {
      return { state: stateOf(error), retryAfterMs: 0 };
    }
  }

  get isUnlocked(): boolean {
    return this.#keyring !== null;
  }

  /**
   * Makes the vault and leaves it unlocked.
   * @param passphrase UTF-8; zeroed before this settles
   * @throws KeyholdError `vault_exists` (whatever state that file is in), `passphrase_too_short`,
   *   `vault_locked` when `lock` was called meanwhile (nothing is made then), `storage_failed`
   */
  async create(passphrase: Buffer): Promise<void> {
    try {
      await this.#inTurn(() => this.#create(passphrase));
    } finally {
      wipe(passphrase);
    }
  }

  /**
   * Unlocks the vault. Calls wait for each other; an unlocked vault stays so, whatever the passphrase.
   * @param passphrase UTF-8; zeroed before this settles
   * @throws KeyholdError `wrong_passphrase` and `unlock_delayed` (no try was made) with `retryAfterMs`,
   *   `vault_missing`, `vault_damaged`, `vault_newer`, `vault_locked` when `lock` was called meanwhile
   */
  async unlock(passphrase: Buffer): Promise<void> {
    try {
      await this.#inTurn(() => this.#unlock(passphrase));
    } finally {
      wipe(passphrase);
    }
  }

  /**
   * Zeroes all keys, then tells the listeners.
   * @param reason a word for the activity log
   */
  lock(reason?: string): void {
    this.#locks += 1;
    const keyring = this.#keyring;
    if (keyring === null) return;
    // Told first: the activity log authenticates its last entry while the key is there.
    this.#events.tell({ kind: 'vault.locked', detail: reason ?? null });
    this.#keyring = null;
    keyring.wipe();
    this.#changed.tell(undefined);
  }

  /** Calls `listener` whenever the vault was made, unlocked or locked, or an unlock failed. */
  onChange(listener: Listener): Cancel {
    return this.#changed.add(listener);
  }

  /** For the activity log: what happened, while it can still authenticate it. */
  onEvent(listener: (event: VaultEvent) => void): Cancel {
    return this.#events.add(listener);
  }

  /**
   * The rows of the vault. Works while it is locked.
   * @throws KeyholdError `vault_missing`, `vault_damaged`, `vault_newer`, `storage_failed`
   */
  sql(): Sql {
    return this.#opened().sql;
  }

  /**
   * Encrypts a secret for one place in the vault; it opens nowhere else. The caller zeroes `secret`.
   * @throws KeyholdError `vault_locked`
   */
  seal(place: SealPlace, secret: Buffer): Buffer {
    const keyring = this.#unlocked();
    return sealValue(keyring, this.#deps.random, this.#opened().header.vaultId, place, secret);
  }

  /**
   * Decrypts what was sealed for this place. The caller zeroes the answer after use.
   * @throws KeyholdError `vault_locked`, `vault_damaged`
   */
  open(place: SealPlace, sealed: Buffer): Buffer {
    return openValue(this.#unlocked(), this.#opened().header.vaultId, place, sealed);
  }

  /**
   * HMAC-SHA256, 32 bytes, with a key of this vault that serves `purpose` only.
   * @throws KeyholdError `vault_locked`
   */
  authenticate(purpose: string, data: Buffer): Buffer {
    return this.#unlocked().mac(purpose, data);
  }

  /** Locks the vault and closes its file. */
  close(): void {
    this.lock('quit');
    this.#store?.sql.close();
    this.#store = null;
  }

  #opened(): VaultStore {
    this.#store ??= openStore(this.#deps.file, this.#deps.clock);
    return this.#store;
  }

  #unlocked(): Keyring {
    if (this.#keyring === null) throw new KeyholdError('vault_locked');
    return this.#keyring;
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#queue.then(work);
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  async #create(passphrase: Buffer): Promise<void> {
    const { file, random } = this.#deps;
    if (file.exists()) throw new KeyholdError('vault_exists');
    if (characters(passphrase) < limits.passphraseMin) {
      throw new KeyholdError('passphrase_too_short', { minLength: limits.passphraseMin });
    }
    const locks = this.#locks;
    const dataKey = random.bytes(dataKeyLength);
    const keyring = new Keyring(dataKey);
    try {
      const text = canonicalJson(await this.#newHeader(dataKey, passphrase));
      if (locks !== this.#locks) throw new KeyholdError('vault_locked');
      createStore(file, text, keyring);
      this.#opened();
    } catch (error) {
      keyring.wipe();
      throw error;
    }
    this.#use(keyring, 'vault.created');
  }

  async #newHeader(dataKey: Buffer, passphrase: Buffer): Promise<VaultHeader> {
    const vaultId = this.#deps.random.uuid();
    const createdAt = this.#deps.clock.now().toISOString();
    const parameters = await calibrate(this.#deps.kdfParameters, this.#deps);
    const vault = { id: vaultId, dataKey, createdAt };
    const slot = await wrapWithPassphrase(this.#deps, vault, passphrase, parameters);
    return { format: 1, vaultId, createdAt, slots: [slot] };
  }

  async #unlock(passphrase: Buffer): Promise<void> {
    if (this.#keyring !== null) return;
    const store = this.#opened();
    const wait = store.throttle.retryAfterMs();
    if (wait > 0) throw new KeyholdError('unlock_delayed', { retryAfterMs: wait });
    const locks = this.#locks;
    const dataKey = await this.#unwrap(store, passphrase);
    if (locks !== this.#locks) {
      if (dataKey !== null) wipe(dataKey);
      throw new KeyholdError('vault_locked');
    }
    if (dataKey === null) {
      const retryAfterMs = store.throttle.fail();
      this.#events.tell({ kind: 'vault.unlock_failed', detail: null });
      this.#changed.tell(undefined);
      throw new KeyholdError('wrong_passphrase', { retryAfterMs });
    }
    const keyring = new Keyring(dataKey);
    try {
      requireAuthentic(keyring, store.headerText, store.mac);
      store.throttle.reset();
    } catch (error) {
      keyring.wipe();
      throw error;
    }
    this.#use(keyring, 'vault.unlocked');
  }

  async #unwrap(store: VaultStore, passphrase: Buffer): Promise<Buffer | null> {
    const { vaultId, slots } = store.header;
    for (const slot of slots) {
      const dataKey = await unwrapWithPassphrase(this.#deps.kdf, vaultId, slot, passphrase);
      if (dataKey !== null) return dataKey;
    }
    return null;
  }

  #use(keyring: Keyring, kind: 'vault.created' | 'vault.unlocked'): void {
    this.#keyring = keyring;
    this.#events.tell({ kind, detail: null });
    this.#changed.tell(undefined);
  }
}
