import { Turns } from '../turns.ts';
import { FailureCounter } from './failure-counter.ts';
import type { FailureRule } from './failure-counter.ts';

/** How many failed sign-ins are allowed. */
export interface SignInRules {
  /** For one name from one address, and for one account from one address, whatever name was typed. */
  name: FailureRule;
  /** From one address, whatever name was typed. */
  address: FailureRule;
  /** For one name from all addresses. */
  everywhere: FailureRule;
  /** Sign-ins at a provider that begin in one network. */
  begun: FailureRule;
}

/** The rules that go with one for a name. */
export function signInRulesFor(name: FailureRule): SignInRules {
  const times = (factor: number): FailureRule => ({ ...name, failures: name.failures * factor });
  return { name, address: times(10), everywhere: times(6), begun: times(20) };
}

/** The rules of a server that is told no others: five failures in five minutes. */
export const signInRules = signInRulesFor({ failures: 5, windowSeconds: 300 });

/** One try to sign in. */
interface SignInTry<T> {
  /** What was typed as name. */
  name: string;
  /** The account that it means, or null when there is none. */
  account: string | null;
  /** The caller's network: an IPv4 address, or the first 64 bits of an IPv6 address. */
  network: string;
  /** Checks the password; null when it is wrong. */
  check: () => Promise<T | null>;
  /** Takes as long as `check`, and checks nothing. */
  pretend: () => Promise<void>;
}

/** How a try ended; after `seconds` the next one may be made. */
export type SignInOutcome<T> =
  { kind: 'right'; value: T } | { kind: 'wrong' } | { kind: 'paused'; seconds: number };

/**
 * Slows down guessing of passwords without telling which names exist, and without shutting an owner out.
 *
 * What a caller can see depends on nothing but the name that was typed and the address it came from: a name or an
 * address that failed too often is paused before anything is checked, the same for names that nobody has. The count
 * of an account is kept beside it, over user name and e-mail: where that is full, a try is answered as a wrong one
 * without a look at the password, so that the second name gives no further guesses.
 *
 * Failures of a name from all addresses together pause nobody: the password is still checked and the right one signs
 * in, only wrong ones are told to wait. Tries from one address run one after the other, so that many at once cannot
 * slip past a count.
 */
export class SignInLimits {
  readonly rules: SignInRules;
  readonly #perName: FailureCounter;
  readonly #perAccount: FailureCounter;
  readonly #perAddress: FailureCounter;
  readonly #everywhere: FailureCounter;
  readonly #turns = new Turns();

  constructor(now: () => Date, rules: SignInRules = signInRules) {
    this.rules = rules;
    this.#perName = new FailureCounter(now, rules.name);
    this.#perAccount = new FailureCounter(now, rules.name);
    this.#perAddress = new FailureCounter(now, rules.address);
    this.#everywhere = new FailureCounter(now, rules.everywhere);
  }

  /** Makes one try when its turn has come. */
  async attempt<T>(attempt: SignInTry<T>): Promise<SignInOutcome<T>> {
    return this.#turns.run(attempt.network, () => this.#runOne(attempt));
  }

  async #runOne<T>(attempt: SignInTry<T>): Promise<SignInOutcome<T>> {
    const { network, account } = attempt;
    const name = attempt.name.trim().toLowerCase();
    const nameHere = `${name} ${network}`;
    const accountHere = account === null ? null : `${account} ${network}`;
    const paused = this.#perName.pausedFor(nameHere) ?? this.#perAddress.pausedFor(network);
    if (paused !== null) return { kind: 'paused', seconds: paused };

    const full = accountHere !== null && this.#perAccount.pausedFor(accountHere) !== null;
    const value = full ? await attempt.pretend().then(() => null) : await attempt.check();
    if (value !== null) {
      this.#perName.forget(nameHere);
      if (accountHere !== null) this.#perAccount.forget(accountHere);
      return { kind: 'right', value };
    }
    this.#perName.add(nameHere);
    this.#perAddress.add(network);
    if (accountHere !== null) this.#perAccount.add(accountHere);
    const seconds = this.#everywhere.pausedFor(name);
    this.#everywhere.add(name);
    return seconds === null ? { kind: 'wrong' } : { kind: 'paused', seconds };
  }
}
