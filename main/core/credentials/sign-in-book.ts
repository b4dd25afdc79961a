import type { SignIn } from '../../../contracts/domain/sign-in.ts';
import type { KeyService } from './keys/key-service.ts';
import type { Cancel, Clock, Listener, Logger } from '../ports.ts';
import type { Said } from '../service/authorization.ts';
import { Listeners } from '../lib/listeners.ts';
import type { Vault } from '../vault/vault.ts';
import type { Account } from './account.ts';

interface Note {
  kid: string;
  said: Said;
  since: string;
  checkedAt: string;
}

/** The same answer is told of again only after this, milliseconds: a page of work may be a hundred answers. */
const tellAgainMs = 5000;

const nothing: Omit<SignIn, 'seenAt'> = { state: 'unknown', since: null, checkedAt: null };

interface SignInBookDeps {
  vault: Pick<Vault, 'isUnlocked' | 'onChange'>;
  keys: Pick<KeyService, 'signingKid' | 'contextsWithExpired'>;
  clock: Clock;
  logger: Logger;
}

/**
 * What each context's service last said of its sign-in: the one source of whatever shows it. It asks nobody; whoever
 * has an answer of a service writes it down. In memory, and gone when the vault is locked.
 */
export class SignInBook {
  readonly #deps: SignInBookDeps;
  readonly #notes = new Map<string, Note>();
  readonly #seen = new Map<string, string>();
  /** Keys that their service does not know, by kid, and since when. */
  readonly #unknown = new Map<string, string>();
  readonly #changed: Listeners<undefined>;

  constructor(deps: SignInBookDeps) {
    this.#deps = deps;
    this.#changed = new Listeners(deps.logger);
    deps.vault.onChange(() => {
      if (deps.vault.isUnlocked) return;
      this.#notes.clear();
      this.#seen.clear();
      this.#unknown.clear();
    });
  }

  /** Writes down what a context's service said to a token of a key. */
  note(contextId: string, kid: string, said: Said): void {
    const now = this.#deps.clock.now().toISOString();
    const before = this.#notes.get(contextId);
    const same = before?.kid === kid && before.said === said ? before : null;
    this.#notes.set(contextId, { kid, said, since: same?.since ?? now, checkedAt: now });
    if (said === 'signed_in') {
      this.#seen.set(contextId, now);
      this.#unknown.delete(kid);
    }
    if (said === 'key_unknown' && !this.#unknown.has(kid)) this.#unknown.set(kid, now);
    // Either way: the clock may have been set back.
    const age = same === null ? Infinity : Math.abs(Date.parse(now) - Date.parse(same.checkedAt));
    if (age >= tellAgainMs) this.#changed.tell(undefined);
  }

  /** How a context's sign-in stands with the key that signs now. */
  of(context: Pick<Account, 'id' | 'state'>): SignIn {
    return this.reader()(context);
  }

  /** As `of`, for thousands of contexts: what is asked of the vault for all of them is asked once. */
  reader(): (context: Pick<Account, 'id' | 'state'>) => SignIn {
    const withExpired = this.#deps.keys.contextsWithExpired();
    return ({ id, state }) => {
      const note = this.#notes.get(id);
      const seenAt = state === 'active' ? (this.#seen.get(id) ?? null) : null;
      // Most were never asked, and have a key that signs.
      if (state !== 'active' || (note === undefined && !withExpired.has(id))) return { ...nothing, seenAt };
      const kid = this.#deps.keys.signingKid(id);
      if (kid === null)
        return { ...nothing, seenAt, state: withExpired.has(id) ? 'key_expired' : 'key_unknown' };
      if (note?.kid !== kid) return { ...nothing, seenAt };
      const { said, since, checkedAt } = note;
      return { state: said, since, checkedAt, seenAt };
    };
  }

  /** Since when a key's service does not know it, as far as it said so; else null. */
  unknownSince(kid: string): string | null {
    return this.#unknown.get(kid) ?? null;
  }

  /** Tells when something is known that was not, or when it was heard again. */
  onChange(listener: Listener): Cancel {
    return this.#changed.add(listener);
  }
}
