import { KeyholdError } from '../../../contracts/errors.ts';
import type { VaultCopy } from '../../../contracts/ipc/rescue.ts';
import type { ActivityLog } from '../activity/activity-log.ts';
import type { Cancel, Clock, Listener, Logger } from '../ports.ts';
import type { VaultFolder } from '../ports/vault-file.ts';
import { Listeners } from '../lib/listeners.ts';
import type { Vault } from '../vault/vault.ts';
import { stamp, type VaultCopies } from './vault-copies.ts';

interface RescueDeps {
  vault: Vault;
  copies: VaultCopies;
  folder: VaultFolder;
  activity: ActivityLog;
  clock: Clock;
  logger: Logger;
}

/**
 * What can be done about a vault file that is damaged or gone. A damaged file is set aside under a name of its own and
 * never overwritten; the vault that is used next tells of it in its activity log.
 */
export class Rescue {
  readonly #deps: RescueDeps;
  readonly #changed: Listeners;

  constructor(deps: RescueDeps) {
    this.#deps = deps;
    this.#changed = new Listeners(deps.logger);
    deps.vault.onEvent(({ kind }) => {
      if (kind === 'vault.unlocked' || kind === 'vault.created') this.#report();
    });
  }

  /** The good copies, newest first; none unless they can be used. */
  copies(): VaultCopy[] {
    return this.#state() === null ? [] : this.#deps.copies.good();
  }

  /**
   * Puts a good copy in the place of the vault file. A damaged file is set aside before.
   * @throws KeyholdError `rescue_not_needed`, `copy_gone` when the copy is not there or not good, `storage_failed`
   */
  useCopy(copy: string): void {
    const { vault, copies, folder, activity, clock, logger } = this.#deps;
    this.#requireNeed();
    const known = copies.good().find((good) => good.copy === copy);
    if (known === undefined) throw new KeyholdError('copy_gone');
    vault.close();
    folder.setAside(stamp(clock.now()), copy);
    logger.warn('vault.copy_used', { copy });
    // While it is locked: whoever opens it shall find it in the log.
    activity.append({ kind: 'vault.copy_used', detail: `copy of ${known.day}` });
    this.#changed.tell();
  }

  /**
   * Sets a damaged file aside, so that there is no vault.
   * @throws KeyholdError `rescue_not_needed`, `storage_failed`
   */
  setAside(): void {
    const { vault, folder, clock, logger } = this.#deps;
    if (this.#state() !== 'damaged') throw new KeyholdError('rescue_not_needed');
    vault.close();
    folder.setAside(stamp(clock.now()), null);
    logger.warn('vault.set_aside');
    this.#changed.tell();
  }

  /** Lets the next look at the vault read the file anew. */
  checkAgain(): void {
    if (this.#state() === null) return;
    this.#deps.vault.close();
    this.#changed.tell();
  }

  /** Tells when there is another file, or none, in the vault's place. */
  onChange(listener: Listener): Cancel {
    return this.#changed.add(listener);
  }

  #state(): 'damaged' | 'missing' | null {
    const { state } = this.#deps.vault.status();
    return state === 'damaged' || state === 'missing' ? state : null;
  }

  #requireNeed(): void {
    if (this.#state() === null) throw new KeyholdError('rescue_not_needed');
  }

  /** Tells the log of every file that lies set aside and that it does not know of yet. */
  #report(): void {
    const { vault, folder, activity, logger } = this.#deps;
    try {
      for (const name of folder.setAsideFiles()) {
        const known = vault
          .sql()
          .get(`SELECT seq FROM activity WHERE kind = 'vault.set_aside' AND detail = ?`, name);
        if (known === undefined) activity.append({ kind: 'vault.set_aside', detail: name });
      }
    } catch (error) {
      logger.error('rescue.report_failed', error);
    }
  }
}
