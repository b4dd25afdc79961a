import { KeyholdError } from '../../../contracts/errors.ts';
import type { Random } from '../ports.ts';
import { wipe } from './bytes.ts';

interface Held {
  id: string;
  code: Buffer;
  /** RFC 3339. */
  madeAt: string;
  wasShown: boolean;
}

/**
 * The recovery code that was made last, until the user has stored it, the vault locks or another one is made. From
 * then on nothing on this computer knows it.
 */
export class RecoveryCodes {
  readonly #random: Random;
  #held: Held | null = null;

  constructor(random: Random) {
    this.#random = random;
  }

  /**
   * Keeps a code that was just made.
   * @param code ASCII; zeroed by `forget`
   * @returns the id by which the window asks for it
   */
  hold(code: Buffer, madeAt: string): string {
    this.forget();
    const id = this.#random.uuid();
    this.#held = { id, code, madeAt, wasShown: false };
    return id;
  }

  /**
   * The code's text, to be copied or printed.
   * @throws KeyholdError `recovery_code_gone`
   */
  read(id: string): { code: string; madeAt: string } {
    const { code, madeAt } = this.#get(id);
    return { code: code.toString('latin1'), madeAt };
  }

  /**
   * The code's text for the window, once.
   * @throws KeyholdError `recovery_code_gone`
   */
  reveal(id: string): string {
    const held = this.#get(id);
    if (held.wasShown) throw new KeyholdError('recovery_code_gone');
    held.wasShown = true;
    return held.code.toString('latin1');
  }

  /** Zeroes the code. With an id only that one: a newer one stays. */
  forget(id?: string): void {
    if (this.#held === null || (id !== undefined && this.#held.id !== id)) return;
    wipe(this.#held.code);
    this.#held = null;
  }

  #get(id: string): Held {
    if (this.#held?.id !== id) throw new KeyholdError('recovery_code_gone');
    return this.#held;
  }
}
