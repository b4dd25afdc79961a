import type { Provider } from '../../config/provider.ts';
import { FailureCounter } from '../../limits/failure-counter.ts';
import type { SignInRules } from '../../limits/sign-in-limits.ts';
import { OidcProvider } from './provider.ts';

/** The providers that people sign in with, and what is remembered of the requests to sign in. */
export class Providers {
  /** Refused id tokens, per network. */
  readonly failures: FailureCounter;
  /** Begun sign-ins, per network: each takes a row in the database until it is finished or too old. */
  readonly begun: FailureCounter;
  readonly #all: ReadonlyMap<string, OidcProvider>;

  constructor(settings: readonly Provider[], now: () => Date, rules: SignInRules) {
    this.failures = new FailureCounter(now, rules.address);
    this.begun = new FailureCounter(now, rules.begun);
    this.#all = new Map(settings.map((each) => [each.id, new OidcProvider(each, now)]));
  }

  /** The provider of an id, or null. */
  find(id: string): OidcProvider | null {
    return this.#all.get(id) ?? null;
  }
}
