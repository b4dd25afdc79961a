import { KeyholdError } from '../../../contracts/errors.ts';
import type { Random } from '../ports.ts';
import type { Vault } from '../vault/vault.ts';

interface Deps {
  vault: Pick<Vault, 'isUnlocked' | 'onChange' | 'requireUnlocked'>;
  random: Random;
}

/**
 * Secrets that a service told once, with what is known of each. They are held in memory until they are let go of or the
 * vault locks: nobody can see them again.
 */
export class HeldSecrets<Facts extends { secret: string }> {
  readonly #deps: Deps;
  readonly #held = new Map<string, { facts: Facts; revealed: boolean }>();

  constructor(deps: Deps) {
    this.#deps = deps;
    deps.vault.onChange(() => {
      if (!deps.vault.isUnlocked) this.#held.clear();
    });
  }

  /**
   * @returns The id by which it can be had.
   * @throws KeyholdError `vault_locked`: a service may answer after a lock, and no secret is held beyond one.
   */
  hold(facts: Facts): string {
    this.#deps.vault.requireUnlocked();
    const id = this.#deps.random.uuid();
    this.#held.set(id, { facts, revealed: false });
    return id;
  }

  /** @throws KeyholdError `secret_gone`. */
  get(id: string): Facts {
    return this.#one(id).facts;
  }

  /** Gives it to be shown, once. @throws KeyholdError `secret_gone`, also for the second time. */
  reveal(id: string): Facts {
    const held = this.#one(id);
    if (held.revealed) throw new KeyholdError('secret_gone');
    held.revealed = true;
    return held.facts;
  }

  /** Lets go of one; does nothing for one that is not held. */
  close(id: string): void {
    this.#held.delete(id);
  }

  #one(id: string): { facts: Facts; revealed: boolean } {
    const held = this.#held.get(id);
    if (held === undefined) throw new KeyholdError('secret_gone');
    return held;
  }
}
