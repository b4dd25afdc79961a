import { KeyholdError } from '../../../contracts/errors.ts';
import type { SlotSummary } from '../../../contracts/ipc/slots.ts';
import type { Keychain } from '../ports.ts';
import { wipe } from './bytes.ts';
import { slotOf, withoutSlot, withSlot, type Slot, type VaultHeader } from './header.ts';
import { protectSecret, revealSecret, type KeychainSecret } from './keychain-secret.ts';
import { decodeRecoveryCode } from './recovery-code.ts';
import { RecoveryCodes } from './recovery-codes.ts';
import { newSecret, rekey } from './rekey.ts';
import { makePassphraseSlot, makeRecoverySlot, wrapDataKey } from './slot-making.ts';
import { unwrapWithKeychain, unwrapWithRecovery, wrapWithKeychain } from './slots.ts';
import { requireStrong } from './strength.ts';
import type { Vault } from './vault.ts';
import type { VaultEvent, VaultSession } from './vault-session.ts';

const order: readonly Slot['kind'][] = ['passphrase', 'keychain', 'recovery'];

/**
 * The ways into the vault and what changes them. Each of them opens the vault alone; the passphrase's always
 * exists. Operations wait for each other. One that is overtaken by a lock ends with `vault_locked` and changes
 * nothing. Passphrases and codes are zeroed before an operation settles.
 */
export class VaultSlots {
  /** The code that was just made, for those who show, copy and print it. */
  readonly codes: RecoveryCodes;
  readonly #session: VaultSession;
  readonly #keychain: Keychain;
  readonly #beforeRekey: () => void;
  #keychainTried = false;

  /** @param deps `beforeRekey`: keeps a copy of the file; when it throws nothing is re-keyed */
  constructor({
    vault,
    keychain,
    beforeRekey,
  }: {
    vault: Vault;
    keychain: Keychain;
    beforeRekey: () => void;
  }) {
    this.#session = vault.session;
    this.#keychain = keychain;
    this.#beforeRekey = beforeRekey;
    this.codes = new RecoveryCodes(vault.session.deps.random);
    vault.onChange(() => {
      if (!vault.isUnlocked) this.codes.forget();
    });
  }

  /**
   * Which ways a locked vault has besides its passphrase. `automatic`: the keychain may be asked without a click,
   * because the app just started and nobody has locked the vault.
   */
  waysIn(): { keychain: 'none' | 'offered' | 'automatic'; recovery: boolean } {
    const { header } = this.#session.store();
    const recovery = slotOf(header, 'recovery') !== undefined;
    if (slotOf(header, 'keychain') === undefined) return { keychain: 'none', recovery };
    const automatic = !this.#session.wasOpen && !this.#keychainTried;
    return { keychain: automatic ? 'automatic' : 'offered', recovery };
  }

  /** The slots, without anything secret, in the order in which they are shown. */
  list(): SlotSummary[] {
    const { header } = this.#session.store();
    return order.flatMap((kind) => {
      const slot = slotOf(header, kind);
      if (slot === undefined) return [];
      return [{ kind, createdAt: slot.createdAt, backend: 'backend' in slot ? slot.backend : null }];
    });
  }

  /** The system keychain that can be used here; null when there is none that really protects. */
  keychainBackend(): Promise<string | null> {
    return this.#keychain.backend();
  }

  /**
   * Unlocks with the secret that the system keychain keeps. An unlocked vault stays so.
   * @throws KeyholdError `keychain_failed` with the reason; `vault_missing`, `vault_damaged`, `vault_newer`,
   *   `vault_locked` when `lock` was called meanwhile
   */
  async unlockWithKeychain(): Promise<void> {
    const session = this.#session;
    if (session.isUnlocked) return;
    this.#keychainTried = true;
    const { header } = session.store();
    const slot = slotOf(header, 'keychain');
    if (slot === undefined) throw new KeyholdError('keychain_failed', { keychain: 'lost' });
    const requireNoLock = session.watchLocks();
    // Not in turn: a keychain that waits for its own password must not keep the vault's from being tried.
    const secret = await revealSecret(this.#keychain, slot);
    try {
      await session.inTurn(() => {
        requireNoLock();
        if (session.isUnlocked) return Promise.resolve();
        const dataKey = unwrapWithKeychain(header.vaultId, slot, secret);
        if (dataKey === null) throw new KeyholdError('keychain_failed', { keychain: 'lost' });
        session.unlock(dataKey, 'system keychain');
        return Promise.resolve();
      });
    } finally {
      wipe(secret);
    }
  }

  /**
   * Opens the vault by its recovery code and gives it a new passphrase, both or neither.
   * @param code as typed
   * @param passphrase UTF-8
   * @throws KeyholdError `recovery_code_mistyped` (no try was made), `passphrase_too_short`,
   *   `passphrase_too_weak`, `unlock_delayed`, `wrong_recovery_code`, `vault_locked`, `storage_failed`
   */
  async recover(code: string, passphrase: Buffer): Promise<void> {
    let secret: Buffer | null = null;
    try {
      secret = decodeRecoveryCode(code);
      const held = secret;
      await this.#session.inTurn(() => this.#recover(held, passphrase));
    } finally {
      wipe(passphrase);
      if (secret !== null) wipe(secret);
    }
  }

  /**
   * Wraps the data key anew. What was sealed stays as it is.
   * @param passphrases UTF-8
   * @throws KeyholdError `vault_locked`, `wrong_passphrase`, `unlock_delayed`, `passphrase_too_short`,
   *   `passphrase_too_weak`, `storage_failed`
   */
  async changePassphrase(passphrases: { old: Buffer; new: Buffer }): Promise<void> {
    const session = this.#session;
    try {
      await session.inTurn(async () => {
        session.keyring();
        await requireStrong(passphrases.new);
        await this.#prove(passphrases.old);
        const slot = await wrapDataKey(session, (wrapping) =>
          makePassphraseSlot(session.deps, wrapping, passphrases.new),
        );
        this.#put(slot, { kind: 'vault.passphrase_changed', detail: null });
      });
    } finally {
      wipe(passphrases.old, passphrases.new);
    }
  }

  /**
   * Gives the vault a new data key and seals every secret with it. All slots are made anew; a recovery code from
   * before no longer opens the vault.
   * @param passphrase UTF-8
   * @returns what became of the keychain's slot (`lost`: the keychain took no new secret), and the id of the new
   *   recovery code, null when the vault had none
   * @throws KeyholdError `vault_locked`, `wrong_passphrase`, `unlock_delayed`, `vault_damaged` when a sealed value
   *   does not open, `storage_failed`; nothing is changed then
   */
  async rekey(passphrase: Buffer): Promise<{ keychain: 'none' | 'kept' | 'lost'; codeId: string | null }> {
    let kept: KeychainSecret | null = null;
    try {
      this.#session.keyring();
      kept = await newSecret(this.#session, this.#keychain);
      const secret = kept;
      return await this.#session.inTurn(async () => {
        this.#session.keyring();
        await this.#prove(passphrase);
        this.#beforeRekey();
        const { keychain, recovery } = await rekey(this.#session, secret, passphrase);
        const codeId = recovery === null ? null : this.codes.hold(recovery.code, recovery.createdAt);
        return { keychain, codeId };
      });
    } finally {
      wipe(passphrase);
      if (kept !== null) wipe(kept.secret);
    }
  }

  /**
   * Lets the system keychain open the vault, from now on.
   * @param passphrase UTF-8, as for `makeRecoveryCode`
   * @throws KeyholdError `vault_locked`, `wrong_passphrase`, `unlock_delayed`, `keychain_failed`, `storage_failed`
   */
  async addKeychain(passphrase: Buffer | null): Promise<void> {
    const session = this.#session;
    const requireNoLock = session.watchLocks();
    try {
      await session.inTurn(async () => {
        session.keyring();
        if (passphrase !== null) await this.#prove(passphrase);
      });
    } finally {
      if (passphrase !== null) wipe(passphrase);
    }
    const { random } = session.deps;
    // Not in turn, as when it unlocks.
    const kept = await protectSecret(this.#keychain, random);
    try {
      await session.inTurn(async () => {
        requireNoLock();
        const slot = await wrapDataKey(session, (wrapping) => wrapWithKeychain(random, wrapping, kept));
        this.#put(slot, { kind: 'vault.keychain_added', detail: kept.backend });
      });
    } finally {
      wipe(kept.secret);
    }
  }

  /**
   * Makes a recovery code; one from before no longer opens the vault.
   * @param passphrase UTF-8: whoever finds the app unlocked shall not make a way in for later. Null right after
   *   the vault was made with it
   * @returns the id by which the code is shown, copied and printed
   * @throws KeyholdError `vault_locked`, `wrong_passphrase`, `unlock_delayed`, `storage_failed`
   */
  async makeRecoveryCode(passphrase: Buffer | null): Promise<string> {
    const session = this.#session;
    try {
      return await session.inTurn(async () => {
        session.keyring();
        if (passphrase !== null) await this.#prove(passphrase);
        const { slot, code } = await wrapDataKey(session, (wrapping) =>
          makeRecoverySlot(session.deps.random, wrapping),
        );
        this.#put(slot, { kind: 'vault.recovery_made', detail: null });
        return this.codes.hold(code, slot.createdAt);
      });
    } finally {
      if (passphrase !== null) wipe(passphrase);
    }
  }

  /**
   * Takes a way in away; does nothing when the vault has none of that kind. The passphrase's cannot be removed.
   * @throws KeyholdError `vault_locked`, `storage_failed`
   */
  remove(kind: 'keychain' | 'recovery'): Promise<void> {
    return this.#session.inTurn(() => {
      this.#session.keyring();
      const { header } = this.#session.store();
      if (slotOf(header, kind) !== undefined) {
        this.#write(withoutSlot(header, kind), { kind: `vault.${kind}_removed`, detail: null });
      }
      if (kind === 'recovery') this.codes.forget();
      return Promise.resolve();
    });
  }

  async #recover(secret: Buffer, passphrase: Buffer): Promise<void> {
    const session: VaultSession = this.#session;
    const { header } = session.store();
    const requireNoLock = session.watchLocks();
    await requireStrong(passphrase);
    session.requireNoDelay();
    const recovery = slotOf(header, 'recovery');
    const dataKey = recovery === undefined ? null : unwrapWithRecovery(header.vaultId, recovery, secret);
    if (dataKey === null) session.refuse('wrong_recovery_code');
    const wasLocked = !session.isUnlocked;
    try {
      const createdAt = session.deps.clock.now().toISOString();
      const wrapping = { vaultId: header.vaultId, dataKey, createdAt };
      const slot = await makePassphraseSlot(session.deps, wrapping, passphrase);
      requireNoLock();
      if (wasLocked) session.unlock(Buffer.from(dataKey), 'recovery code');
      this.#put(slot, { kind: 'vault.recovered', detail: null });
    } catch (error) {
      // Not half of it: with its old passphrase the vault shall not stay open.
      if (wasLocked) session.lock('recovery failed');
      throw error;
    } finally {
      wipe(dataKey);
    }
  }

  /** Asks for the passphrase once more, although the vault is open. Wrong ones count as at the unlock screen. */
  async #prove(passphrase: Buffer): Promise<void> {
    wipe(await this.#session.prove(passphrase));
    this.#session.store().throttle.reset();
  }

  #put(slot: Slot, event: VaultEvent): void {
    this.#write(withSlot(this.#session.store().header, slot), event);
  }

  #write(header: VaultHeader, event: VaultEvent): void {
    this.#session.commit({ header, event });
  }
}
