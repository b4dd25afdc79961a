import type { ActivityLog } from '../../activity/activity-log.ts';
import type { Clock, HttpClient, Random } from '../../ports.ts';
import type { Account } from '../../service/account.ts';
import { bearer } from '../../service/authorization.ts';
import type { Vault } from '../../vault/vault.ts';
import { readAccountName } from '../kind/account-name.ts';
import { basicUserName } from '../kind/basic-user-name.ts';
import type { Kind, Leaving, Login, RevokedCredential } from '../kind/kind.ts';
import { isConfirmed, revocationOf, revocationWords } from '../kind/revocation.ts';
import { askToEnd } from './session-requests.ts';
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
export interface NewSession {
  kind: 'session';
  /** The token that signs in, and is renewed by itself. */
  token: string;
  /** How long the token lasts, and how long it can be renewed, seconds from now. */
  expiresIn: number;
  sessionExpiresIn: number;
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
  make(accountId: string, { token, expiresIn, sessionExpiresIn }: NewSession): void {
    const { vault, activity, clock, random } = this.#deps;
    const id = random.uuid();
    const given = { token, expires_in: expiresIn, session_expires_in: sessionExpiresIn };
    insertSession(vault.sql(), {
      id,
      contextId: accountId,
      ...this.#tokens.columns(id, given, clock.now().getTime()),
      isOver: 0,
      programUsedAt: null,
      programUsedBy: null,
      reminded: null,
    });
    const contextName = readAccountName(vault.sql(), accountId);
    activity.append({ kind: 'session.started', contextName });
  }

  /**
   * Has a session act in another organization of its user.
   *
   * @param also - Part of the transaction that keeps it.
   * @throws NotSignedIn; KeyholdError `not_allowed` where the user does not belong to it, `vault_locked`.
   */
  switchTo(account: Account, id: string, org: string, also: () => void): Promise<void> {
    return this.#tokens.switchTo(account, id, org, also);
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
    return { username: basicUserName(account.userId), secret: text, until: null };
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
    const token = this.#tokens.text(row.id);
    return async () => {
      const revocation = revocationOf(await askToEnd(this.#deps, origin, token));
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
    const { id, endsAt } = row;
    return { id, credential: { kind: 'session', secret: this.#tokens.text(id) }, label: null, endsAt };
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
