import { KeyholdError } from '../../../contracts/errors.ts';
import type { VaultState } from '../../../contracts/ipc/vault.ts';
import type { Cancel, Listener, Sql } from '../ports.ts';
import { wipe } from './bytes.ts';
import { canonicalJson, type VaultHeader } from './header.ts';
import { dataKeyLength, Keyring } from './keyring.ts';
import { requireSealedColumn } from './sealed-columns.ts';
import { openValue, sealValue, type SealPlace } from './sealing.ts';
import { makePassphraseSlot } from './slot-making.ts';
import { requireStrong } from './strength.ts';
import { VaultSession, type VaultDeps, type VaultEvent } from './vault-session.ts';

export type { SealPlace };

function stateOf(error: unknown): VaultState {
  const code = error instanceof KeyholdError ? error.code : null;
  if (code === 'vault_missing') return 'missing';
  if (code === 'vault_damaged') return 'damaged';
  if (code === 'vault_newer') return 'newer';
  throw error;
}

/**
 * The vault: one file of public rows and sealed secrets, opened with a passphrase. While it is locked, public
 * rows can be read, to be shown and not to be acted on, and secrets cannot be reached. Other ways in: `VaultSlots`.
 */
export class Vault {
  /** For `VaultSlots` and nothing else. */
  readonly session: VaultSession;

  constructor(deps: VaultDeps) {
    this.session = new VaultSession(deps);
  }

  /**
   * The vault's state, the milliseconds until the next unlock try is accepted, and whether a damaged file was changed
   * by something other than Keyhold. Opens the file if need be.
   * @throws KeyholdError `storage_failed` when the file cannot be read at all
   */
  status(): { state: VaultState; retryAfterMs: number; changed: boolean } {
    if (this.session.isUnlocked) return { state: 'unlocked', retryAfterMs: 0, changed: false };
    // What unlocking finds is not what an accident does to a file.
    if (this.session.foundDamaged) return { state: 'damaged', retryAfterMs: 0, changed: true };
    try {
      const retryAfterMs = this.session.store().throttle.retryAfterMs();
      return { state: 'locked', retryAfterMs, changed: false };
    } catch (error) {
      const changed = error instanceof KeyholdError && error.details?.changed === true;
      return { state: stateOf(error), retryAfterMs: 0, changed };
    }
  }

  get isUnlocked(): boolean {
    return this.session.isUnlocked;
  }

  /** @throws KeyholdError `vault_locked` */
  requireUnlocked(): void {
    if (!this.isUnlocked) throw new KeyholdError('vault_locked');
  }

  /**
   * Makes the vault and leaves it unlocked.
   * @param passphrase UTF-8; zeroed before this settles
   * @throws KeyholdError `vault_exists` (whatever state that file is in), `passphrase_too_short`,
   *   `passphrase_too_weak`, `vault_locked` when `lock` was called meanwhile (nothing is made then),
   *   `storage_failed`
   */
  async create(passphrase: Buffer): Promise<void> {
    try {
      await this.session.inTurn(() => this.#create(passphrase));
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
    const { session } = this;
    // A lock counts from the call on, not from its turn.
    const check = session.watchLocks();
    try {
      await session.inTurn(async () => {
        check();
        if (!session.isUnlocked) session.unlock(await session.prove(passphrase), null);
      });
    } finally {
      wipe(passphrase);
    }
  }

  /**
   * Zeroes all keys, then tells the listeners.
   * @param reason a word for the activity log
   */
  lock(reason?: string): void {
    this.session.lock(reason ?? null);
  }

  /** Calls `listener` whenever the vault was made, unlocked, locked or changed, or an unlock failed. */
  onChange(listener: Listener): Cancel {
    return this.session.changed.add(listener);
  }

  /** For the activity log: what happened, while it can still authenticate it. */
  onEvent(listener: (event: VaultEvent) => void): Cancel {
    return this.session.events.add(listener);
  }

  /**
   * The rows of the vault. Works while it is locked, but then nobody knows yet whether they are true, and those of
   * authenticated tables cannot be written.
   * @throws KeyholdError `vault_missing`, `vault_damaged`, `vault_newer`, `storage_failed`
   */
  sql(): Sql {
    return this.session.store().sql;
  }

  /**
   * Encrypts a secret for one place in the vault; it opens nowhere else. The caller zeroes `secret`.
   * @throws KeyholdError `vault_locked`
   */
  seal(place: SealPlace, secret: Buffer): Buffer {
    requireSealedColumn(place);
    const { header } = this.session.store();
    return sealValue(this.session.keyring(), this.session.deps.random, header.vaultId, place, secret);
  }

  /**
   * Decrypts what was sealed for this place. The caller zeroes the answer after use.
   * @throws KeyholdError `vault_locked`, `vault_damaged`
   */
  open(place: SealPlace, sealed: Buffer): Buffer {
    return openValue(this.session.keyring(), this.session.store().header.vaultId, place, sealed);
  }

  /**
   * HMAC-SHA256, 32 bytes, with a key of this vault that serves `purpose` only.
   * @throws KeyholdError `vault_locked`
   */
  authenticate(purpose: string, data: Buffer): Buffer {
    return this.session.keyring().mac(purpose, data);
  }

  /** Locks the vault and closes its file. */
  close(): void {
    this.session.close();
  }

  async #create(passphrase: Buffer): Promise<void> {
    const { file, random } = this.session.deps;
    if (file.exists()) throw new KeyholdError('vault_exists');
    const requireNoLock = this.session.watchLocks();
    await requireStrong(passphrase);
    const dataKey = random.bytes(dataKeyLength);
    const keyring = new Keyring(dataKey);
    try {
      const text = canonicalJson(await this.#newHeader(dataKey, passphrase));
      requireNoLock();
      this.session.begin(text, keyring);
    } catch (error) {
      keyring.wipe();
      throw error;
    }
  }

  async #newHeader(dataKey: Buffer, passphrase: Buffer): Promise<VaultHeader> {
    const { deps } = this.session;
    const vaultId = deps.random.uuid();
    const createdAt = deps.clock.now().toISOString();
    const slot = await makePassphraseSlot(deps, { vaultId, dataKey, createdAt }, passphrase);
    return { format: 2, vaultId, createdAt, slots: [slot] };
  }
}
