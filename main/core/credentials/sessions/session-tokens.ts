import { KeyholdError } from '../../../../contracts/errors.ts';
import type { Clock } from '../../ports.ts';
import type { HttpClient } from '../../ports/http.ts';
import type { Account } from '../../service/account.ts';
import { NotSignedIn } from '../../service/authorization.ts';
import { failureOf, type Answer, type Failed } from '../../service/client.ts';
import { saidOfRefusal } from '../../service/whoami.ts';
import type { Vault } from '../../vault/vault.ts';
import { askToSwitch } from './jwt-requests.ts';
import type { Renewed } from './session-form.ts';
import { sessionRequests } from './session-requests.ts';
import {
  readSession,
  sessionPlace,
  writeOver,
  writeRenewed,
  type SessionRow,
  type TokenColumns,
} from './session-store.ts';

/** A token is renewed so long before its end, milliseconds, or half its life: a request with it has to arrive. */
const leadMs = 60_000;

/** A token that signs in, in memory, with the time when it is good by this computer's clock, milliseconds since 1970. */
interface Token {
  text: string;
  from: number;
  until: number;
}

interface Deps {
  vault: Vault;
  http: HttpClient;
  clock: Clock;
}

/** Asks the service for another token by the one that is kept. */
type Ask = (kept: string) => Promise<Answer<Renewed>>;

/** What a service gave for a session just now. */
export type Given = Pick<Renewed, 'token' | 'access' | 'expiresIn' | 'sessionExpiresIn'>;

/**
 * The tokens that sessions sign in by. Each is renewed once for all who wait for it, in memory and in the vault. What
 * the service says counts, not the clocks: a token that it calls over is renewed, and a session is over once it says so.
 * Being offline ends nothing. A refresh token lies in the vault alone; what it gave signs in until the vault is locked.
 */
export class SessionTokens {
  readonly #deps: Deps;
  /** Those that were opened since the vault was unlocked, by the ids of their sessions. */
  readonly #opened = new Map<string, Token>();
  /** What is being asked of services now, by the ids of sessions: no two at once for one of them. */
  readonly #asked = new Map<string, Promise<Token>>();

  constructor(deps: Deps) {
    this.#deps = deps;
    deps.vault.onChange(() => {
      if (!deps.vault.isUnlocked) this.#opened.clear();
    });
  }

  /** Seals what a service gave just now. @throws KeyholdError `vault_locked` */
  columns(id: string, { token, expiresIn, sessionExpiresIn }: Given, askedAt: number): TokenColumns {
    const after = (seconds: number): string => new Date(askedAt + seconds * 1000).toISOString();
    return {
      sealedToken: this.#deps.vault.seal(sessionPlace(id), Buffer.from(token)),
      renewedAt: after(0),
      tokenEndsAt: after(expiresIn),
      endsAt: after(sessionExpiresIn),
    };
  }

  /** Signs in by what a service gave, once it is kept. */
  hold(id: string, { access, expiresIn }: Given, askedAt: number): Token {
    const token = { text: access, from: askedAt, until: askedAt + expiresIn * 1000 };
    this.#opened.set(id, token);
    return token;
  }

  /**
   * The token of a session, renewed where it ends too soon.
   *
   * @param seconds - How long it is to last at least. More than a new one lasts means a new one.
   * @throws NotSignedIn, KeyholdError `vault_locked`
   */
  async get(account: Account, id: string, seconds = 0): Promise<Token> {
    const token = this.#current(id);
    if (token === null) return await this.renew(account, id);
    const now = this.#deps.clock.now().getTime();
    const life = token.until - token.from;
    const lead = Math.min(leadMs, life / 2);
    // One from the future was made before the clock was set back: nobody knows how long it lasts.
    const isGood = token.from <= now && now < token.until;
    const wanted = Math.max(lead, Math.min(seconds * 1000, life - lead));
    if (isGood && token.until - now >= wanted) return token;
    try {
      return await this.renew(account, id);
    } catch (error) {
      // As long as it lasts, it is of use to whoever asks while the service does not answer.
      if (isGood && error instanceof NotSignedIn && error.said === 'unreachable') return token;
      throw error;
    }
  }

  /** Renews the token of a session, once for all who ask at the same time. Throws as `get`. */
  renew(account: Account, id: string): Promise<Token> {
    const running = this.#asked.get(id);
    if (running !== undefined) return running;
    const { renew } = sessionRequests[this.#row(id).form];
    return this.#ask(account, id, (kept) => renew(this.#deps, account.origin, kept));
  }

  /**
   * Gets a token for another organization, from when on the session acts in it.
   *
   * @param also - Part of the transaction that keeps it.
   * @throws As `get`; `not_allowed` where the user does not belong to it.
   */
  async switchTo(account: Account, id: string, org: string, also: () => void): Promise<void> {
    // The token may have ended: nothing but a renewal takes it then.
    await this.get(account, id);
    const running = (): Promise<Token> | undefined => this.#asked.get(id);
    for (let other = running(); other !== undefined; other = running()) await other.catch(() => undefined);
    const there = { ...account, org };
    await this.#ask(there, id, (text) => askToSwitch(this.#deps, account.origin, text, org), also);
  }

  /** The token that is kept, for what is to end the session. @throws KeyholdError `vault_locked`, `session_expired` */
  kept(id: string): string {
    const { sealedToken } = this.#row(id);
    const plain = this.#deps.vault.open(sessionPlace(id), sealedToken);
    try {
      return plain.toString();
    } finally {
      plain.fill(0);
    }
  }

  /** Asks for another token, and tells of it once it is kept. */
  #ask(account: Account, id: string, ask: Ask, also?: () => void): Promise<Token> {
    const asked = this.#renewed(account, id, ask, also).finally(() => {
      if (this.#asked.get(id) === asked) this.#asked.delete(id);
    });
    this.#asked.set(id, asked);
    return asked;
  }

  async #renewed(account: Account, id: string, ask: Ask, also?: () => void): Promise<Token> {
    const { vault, clock } = this.#deps;
    const askedAt = clock.now().getTime();
    const { form } = this.#row(id);
    const answer = await this.#answer(id, ask);
    if (answer.kind !== 'answered') throw await this.#failure(account, id, answer);
    try {
      vault.requireUnlocked();
      // Never kept: requests of one user would be made in the name of another, or in another organization.
      if (!isOf(account, answer.value)) throw foreign();
      const row = readSession(vault.sql(), id);
      if (row === undefined) throw new KeyholdError('session_expired');
      vault.sql().transaction(() => {
        writeRenewed(vault.sql(), { ...row, ...this.columns(id, answer.value, askedAt) });
        also?.();
      });
      return this.hold(id, answer.value, askedAt);
    } catch (error) {
      // A token that is renewed by itself is renewed later just as well; a refresh token that is used up is not.
      if (form === 'refresh-token')
        await sessionRequests[form].end(this.#deps, account.origin, answer.value.token);
      throw error;
    }
  }

  /** Where the token that was asked by is not the one that is kept any more, that one is tried, once. */
  async #answer(id: string, ask: Ask): Promise<Answer<Renewed>> {
    const kept = this.kept(id);
    const answer = await ask(kept);
    if (answer.kind !== 'refused' || !this.#deps.vault.isUnlocked) return answer;
    const now = this.kept(id);
    return now === kept ? answer : await ask(now);
  }

  async #failure(account: Account, id: string, answer: Failed): Promise<NotSignedIn> {
    this.#deps.vault.requireUnlocked();
    if (answer.kind !== 'refused') return new NotSignedIn(answer.kind, failureOf(answer, {}));
    const { form } = this.#row(id);
    if (sessionRequests[form].isOver(answer)) {
      const kept = this.kept(id);
      // Where somebody else has used the refresh token, theirs is the session that goes on: ours ends it as well.
      if (form === 'refresh-token') await sessionRequests[form].end(this.#deps, account.origin, kept);
      this.#deps.vault.requireUnlocked();
      writeOver(this.#deps.vault.sql(), id);
      return new NotSignedIn('not_accepted', new KeyholdError('session_expired'));
    }
    const error = failureOf(answer, { alpha_pending: 'approval_pending', not_found: 'not_allowed' });
    return new NotSignedIn(saidOfRefusal(answer.code, 'refused'), error);
  }

  /** @throws KeyholdError `vault_locked`; `session_expired` when it is gone or over */
  #row(id: string): SessionRow {
    const { vault } = this.#deps;
    vault.requireUnlocked();
    const row = readSession(vault.sql(), id);
    if (row === undefined || row.isOver === 1) throw new KeyholdError('session_expired');
    return row;
  }

  /** What signs in; null for what nobody has since the vault was unlocked. Throws as `#row`. */
  #current(id: string): Token | null {
    const { form, renewedAt, tokenEndsAt } = this.#row(id);
    const opened = this.#opened.get(id);
    if (opened !== undefined || form === 'refresh-token') return opened ?? null;
    const token = { text: this.kept(id), from: Date.parse(renewedAt), until: Date.parse(tokenEndsAt) };
    this.#opened.set(id, token);
    return token;
  }
}

/** Whether a token is for an account. One for no organization is of a user who does not belong to it any more. */
function isOf({ userId, org }: Account, renewed: Renewed): boolean {
  const isUser = renewed.userId === null || renewed.userId === userId;
  return isUser && (org === null || renewed.org === null || renewed.org === org);
}

function foreign(): NotSignedIn {
  return new NotSignedIn('foreign', new KeyholdError('not_a_keyhold_server'));
}
