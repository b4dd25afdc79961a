import type { ActivityLog } from '../../activity/activity-log.ts';
import type { Clock, Random } from '../../ports.ts';
import type { HttpClient } from '../../ports/http.ts';
import type { Account } from '../../service/account.ts';
import { bearer } from '../../service/authorization.ts';
import type { Vault } from '../../vault/vault.ts';
import { readAccountName } from '../kind/account-name.ts';
import { basicUserName } from '../kind/basic-user-name.ts';
import type { Kind, Leaving, Login, RevokedCredential, SessionForm } from '../kind/kind.ts';
import { isConfirmed, revocationOf, revocationWords } from '../kind/revocation.ts';
import type { Renewed } from './session-form.ts';
import { sessionRequests } from './session-requests.ts';
import {
  deleteSessionOf,
  insertSession,
  readAllSessions,
  readEndedSessions,
  readSession,
  readSessionOf,
  writeOver,
  writeSessionUsedBy,
  type SessionRow,
} from './session-store.ts';
import { SessionTokens } from './session-tokens.ts';

interface Deps {
  vault: Vault;
  activity: ActivityLog;
  http: HttpClient;
  clock: Clock;
  random: Random;
}

/** A session that a service began just now, to be kept. */
export interface NewSession extends Pick<Renewed, 'token' | 'access' | 'expiresIn' | 'sessionExpiresIn'> {
  kind: 'session';
  form: SessionForm;
  /** What its user is called at its service; null in the form `jwt`. */
  username: string | null;
}

/** Sessions: a short token signs in, and is renewed until the session is over. Their ids are those of their rows. */
export class SessionCredential implements Kind {
  readonly errors = { over: 'session_expired', notAccepted: 'session_expired' } as const;
  readonly #deps: Deps;
  readonly #tokens: SessionTokens;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#tokens = new SessionTokens(deps);
  }

  /** Keeps a session, as the one that an account is signed in by. In the transaction that says so of the account. */
  make(accountId: string, given: NewSession): void {
    const { vault, activity, clock, random } = this.#deps;
    const id = random.uuid();
    const now = clock.now().getTime();
    insertSession(vault.sql(), {
      id,
      contextId: accountId,
      form: given.form,
      username: given.username,
      ...this.#tokens.columns(id, given, now),
      isOver: 0,
      programUsedAt: null,
      programUsedBy: null,
      reminded: null,
    });
    // The row has it otherwise.
    if (given.form === 'refresh-token') this.#tokens.hold(id, given, now);
    const contextName = readAccountName(vault.sql(), accountId);
    activity.append({ kind: 'session.started', contextName });
  }

  /**
   * Has a session act in another organization of its user. By an access token one acts in any of them.
   *
   * @param also - Part of the transaction that keeps it.
   * @throws NotSignedIn; KeyholdError `not_allowed` where the user does not belong to it, `vault_locked`.
   */
  async switchTo(account: Account, id: string, org: string, also: () => void): Promise<void> {
    const { vault } = this.#deps;
    if (readSession(vault.sql(), id)?.form === 'refresh-token') vault.sql().transaction(also);
    else await this.#tokens.switchTo(account, id, org, also);
  }

  /**
   * Of an account's session, also once it is over: what its user is called, where they signed in by password, and whether
   * it goes on for as long as it is used.
   */
  before(accountId: string): { username: string | null; lasting: boolean } {
    const row = readSessionOf(this.#deps.vault.sql(), accountId);
    return { username: row?.username ?? null, lasting: row?.form === 'refresh-token' };
  }

  /** Of the sessions of all accounts. */
  ids(): string[] {
    return readAllSessions(this.#deps.vault.sql()).map(({ id }) => id);
  }

  idOf(accountId: string): string | null {
    const row = readSessionOf(this.#deps.vault.sql(), accountId);
    return row === undefined || this.#isOver(row) ? null : row.id;
  }

  isOver(accountId: string): boolean {
    return readSessionOf(this.#deps.vault.sql(), accountId) !== undefined;
  }

  over(): ReadonlySet<string> {
    return new Set(readEndedSessions(this.#deps.vault.sql(), this.#deps.clock.now().toISOString()));
  }

  async headers(account: Account, id: string): Promise<{ authorization: string }> {
    return bearer((await this.#tokens.get(account, id)).text);
  }

  readonly renew = async (account: Account, id: string): Promise<void> => {
    await this.#tokens.renew(account, id);
  };

  async login(account: Account, id: string, seconds: number): Promise<Login> {
    const { text } = await this.#tokens.get(account, id, seconds);
    const { username } = readSession(this.#deps.vault.sql(), id) ?? {};
    return { username: username ?? basicUserName(account.userId), secret: text, until: null };
  }

  notAccepted(id: string): void {
    writeOver(this.#deps.vault.sql(), id);
  }

  validity(id: string): ReturnType<Kind['validity']> {
    const row = readSession(this.#deps.vault.sql(), id);
    const now = this.#deps.clock.now().toISOString();
    if (row === undefined) return { state: 'deleted', at: now };
    if (row.isOver === 1) return { state: 'revoked', at: now };
    return this.#isOver(row) ? { state: 'expired', at: row.endsAt } : { state: 'live' };
  }

  markUsed(id: string, by: { program: string | null } | null): void {
    if (by === null) return;
    writeSessionUsedBy(this.#deps.vault.sql(), id, this.#deps.clock.now().toISOString(), by.program);
  }

  facts(accountId: string): ReturnType<Kind['facts']> {
    const { programUsedAt: at = null, programUsedBy: program = null } =
      readSessionOf(this.#deps.vault.sql(), accountId) ?? {};
    return { apiKey: null, programUse: at === null ? null : { at, program } };
  }

  revocation({ id: accountId, origin }: Account): () => Promise<RevokedCredential> {
    const row = readSessionOf(this.#deps.vault.sql(), accountId);
    if (row === undefined || row.isOver === 1)
      return () => Promise.resolve({ credentials: [], words: 'session was over', refused: new Set() });
    const token = this.#tokens.kept(row.id);
    return async () => {
      const revocation = revocationOf(await sessionRequests[row.form].end(this.#deps, origin, token));
      return {
        credentials: [{ kind: 'session', label: null, fingerprint: null, revocation }],
        words: revocationWords(revocation, 'session'),
        refused: new Set(isConfirmed(revocation) ? [row.id] : []),
      };
    };
  }

  leaving(accountId: string): Leaving | null {
    const row = readSessionOf(this.#deps.vault.sql(), accountId);
    if (row === undefined || this.#isOver(row)) return null;
    const { id, form, endsAt } = row;
    const credential = { kind: 'session', form, secret: this.#tokens.kept(id) } as const;
    return { id, credential, label: null, endsAt };
  }

  delete(accountId: string): string[] {
    const sql = this.#deps.vault.sql();
    const row = readSessionOf(sql, accountId);
    deleteSessionOf(sql, accountId);
    return row === undefined ? [] : [row.id];
  }

  /** By this computer's clock, or once its service said so. */
  #isOver({ isOver, endsAt }: SessionRow): boolean {
    return isOver === 1 || Date.parse(endsAt) <= this.#deps.clock.now().getTime();
  }
}
