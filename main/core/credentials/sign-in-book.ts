import type { SignIn } from '../../../contracts/domain/sign-in.ts';
import type { Cancel, Clock, Listener, Logger } from '../ports.ts';
import type { Said } from '../service/authorization.ts';
import { Listeners } from '../lib/listeners.ts';
import type { Vault } from '../vault/vault.ts';
import type { ContextSummary } from '../../../contracts/domain/context.ts';

interface Note {
  credentialId: string;
  said: Said;
  since: string;
  checkedAt: string;
}

/** The same answer is told of again only after this, milliseconds: a page of work may be a hundred answers. */
const tellAgainMs = 5000;

const nothing: Omit<SignIn, 'seenAt'> = { state: 'unknown', since: null, checkedAt: null };

interface SignInBookDeps {
  vault: Pick<Vault, 'isUnlocked' | 'onChange'>;
  /** The id of the credential that signs an account in now; null when it has none. */
  idOf: (account: AccountState) => string | null;
  /** Accounts with a credential that is over. */
  over: () => ReadonlySet<string>;
  clock: Clock;
  logger: Logger;
}

type AccountState = Pick<ContextSummary, 'id' | 'state' | 'credential'>;

/**
 * What each context's service last said of its sign-in: the one source of whatever shows it. It asks nobody; whoever
 * has an answer of a service writes it down. In memory, and gone when the vault is locked.
 */
export class SignInBook {
  readonly #deps: SignInBookDeps;
  readonly #notes = new Map<string, Note>();
  readonly #seen = new Map<string, string>();
  /** Since when credentials are not accepted by their service, by their ids. */
  readonly #refused = new Map<string, string>();
  readonly #changed: Listeners;

  constructor(deps: SignInBookDeps) {
    this.#deps = deps;
    this.#changed = new Listeners(deps.logger);
    deps.vault.onChange(() => {
      if (deps.vault.isUnlocked) return;
      this.#notes.clear();
      this.#seen.clear();
      this.#refused.clear();
    });
  }

  /** Writes down what a context's service said to a credential. */
  note(contextId: string, credentialId: string, said: Said): void {
    const now = this.#deps.clock.now().toISOString();
    const before = this.#notes.get(contextId);
    const same = before?.credentialId === credentialId && before.said === said ? before : null;
    this.#notes.set(contextId, { credentialId, said, since: same?.since ?? now, checkedAt: now });
    if (said === 'signed_in') {
      this.#seen.set(contextId, now);
      this.#refused.delete(credentialId);
    }
    if (said === 'not_accepted' && !this.#refused.has(credentialId)) this.#refused.set(credentialId, now);
    // Either way: the clock may have been set back.
    const age = same === null ? Infinity : Math.abs(Date.parse(now) - Date.parse(same.checkedAt));
    if (age >= tellAgainMs) this.#changed.tell();
  }

  /** How a context's sign-in stands with the credential that signs in now. */
  of(context: AccountState): SignIn {
    return this.reader()(context);
  }

  /** As `of`, for thousands of contexts: what is asked of the vault for all of them is asked once. */
  reader(): (context: AccountState) => SignIn {
    const withOver = this.#deps.over();
    return (account) => {
      const { id, state } = account;
      const note = this.#notes.get(id);
      const seenAt = state === 'active' ? (this.#seen.get(id) ?? null) : null;
      // Most were never asked, and have a credential that signs in.
      if (state !== 'active' || (note === undefined && !withOver.has(id))) return { ...nothing, seenAt };
      const credentialId = this.#deps.idOf(account);
      if (credentialId === null)
        return { ...nothing, seenAt, state: withOver.has(id) ? 'expired' : 'not_accepted' };
      if (note?.credentialId !== credentialId) return { ...nothing, seenAt };
      const { said, since, checkedAt } = note;
      return { state: said, since, checkedAt, seenAt };
    };
  }

  /** Since when a credential's service does not accept it, as far as it said so; else null. */
  refusedSince(credentialId: string): string | null {
    return this.#refused.get(credentialId) ?? null;
  }

  /** Tells when something is known that was not, or when it was heard again. */
  onChange(listener: Listener): Cancel {
    return this.#changed.add(listener);
  }
}
