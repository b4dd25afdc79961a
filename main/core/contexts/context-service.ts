import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { ContextColour } from '../../../contracts/domain/context-colours.ts';
import type { PerClient } from '../../../contracts/domain/registry-client.ts';
import { KeyholdError } from '../../../contracts/errors.ts';
import type { ContextStatus } from '../../../contracts/ipc/contexts.ts';
import type { ActivityLog } from '../activity/activity-log.ts';
import type { Credentials, RevokedCredential } from '../credentials/credentials.ts';
import type { SignInBook } from '../credentials/sign-in-book.ts';
import type { Cancel, Clock, Listener, Logger, Random } from '../ports.ts';
import type { HttpClient } from '../ports/http.ts';
import { Listeners } from '../lib/listeners.ts';
import type { Vault } from '../vault/vault.ts';
import { ContextAdditions } from './context-additions.ts';
import { ContextChanges } from './context-changes.ts';
import { requireFreeName, requireNewAccount, soundUserId } from './context-names.ts';
import {
  deleteContext,
  readContext,
  readContexts,
  readCurrentContext,
  readHeir,
  readOldest,
  readPending,
  readState,
  toSummary,
  writeCredential,
  writeCurrent,
  writeAppearance,
  writeSignedOut,
  writeUser,
} from './context-store.ts';
import type { StoredContext } from './context-store.ts';
import { checkStatus, updateOffer } from './context-status.ts';
import type { Authorization } from '../service/authorization.ts';
import { RegistryAccounts } from './registry-accounts.ts';

export type { StoredContext } from './context-store.ts';

interface ContextServiceDeps {
  vault: Vault;
  credentials: Credentials;
  http: HttpClient;
  clock: Clock;
  random: Random;
  activity: ActivityLog;
  logger: Logger;
}

/** What a context looks like in lists. */
interface ContextAppearance {
  name: string;
  colour: ContextColour;
  label: string | null;
}

/** The named accounts: one user of one service each, with a credential of its own. */
export class ContextService {
  readonly #deps: ContextServiceDeps;
  readonly #changed: Listeners;
  /** What is known of each context's sign-in. */
  readonly signIns: SignInBook;
  /** Which of them answer for registries. */
  readonly accounts: RegistryAccounts;
  /** How they come in. */
  readonly additions: ContextAdditions;
  /** How they change. */
  readonly changes: ContextChanges;

  constructor(deps: ContextServiceDeps) {
    this.#deps = deps;
    this.signIns = deps.credentials.signIns;
    this.accounts = new RegistryAccounts(deps);
    this.#changed = new Listeners(deps.logger);
    const changed = (): void => this.#changed.tell();
    const get = (id: string): StoredContext => this.get(id);
    this.changes = new ContextChanges({ ...deps, accounts: this.accounts, get, changed });
    this.additions = new ContextAdditions({
      ...deps,
      added: (id) => {
        const context = get(id);
        if (context.state === 'active') this.accounts.offer(context);
        changed();
        return this.summary(id);
      },
    });
  }

  /** All contexts, oldest first. */
  list(): ContextSummary[] {
    return this.#summarizeAll(readContexts(this.#deps.vault.sql()));
  }

  /**
   * Some contexts for a menu, oldest first, with the current one among them.
   *
   * @param most - How many at most.
   * @returns `more`: how many there are beside them.
   */
  some(most: number): { contexts: ContextSummary[]; more: number } {
    const { contexts, total } = readOldest(this.#deps.vault.sql(), most);
    const current = this.current();
    if (current !== null && !contexts.some(({ id }) => id === current.id)) contexts.splice(-1, 1, current);
    return { contexts: this.#summarizeAll(contexts), more: total - contexts.length };
  }

  /** @throws KeyholdError `context_not_found`. */
  summary(id: string): ContextSummary {
    return this.#summarize(this.get(id));
  }

  /** @throws KeyholdError `context_not_found`. */
  get(id: string): StoredContext {
    const context = readContext(this.#deps.vault.sql(), id);
    if (context === null) throw new KeyholdError('context_not_found');
    return context;
  }

  /** Null for a context that was removed. */
  stateOf(id: string): ContextSummary['state'] | null {
    return readState(this.#deps.vault.sql(), id);
  }

  /** The ids of the contexts whose key is to be registered. */
  pending(): string[] {
    return readPending(this.#deps.vault.sql());
  }

  current(): StoredContext | null {
    return readCurrentContext(this.#deps.vault.sql());
  }

  /**
   * Changes a context's name, colour and label.
   *
   * @throws KeyholdError `context_not_found`, `name_taken`.
   */
  edit(id: string, appearance: ContextAppearance): ContextSummary {
    const { vault, activity } = this.#deps;
    const sql = vault.sql();
    const before = this.get(id);
    sql.transaction(() => {
      requireFreeName(sql, appearance.name, id);
      writeAppearance(sql, id, appearance);
      const renamed = appearance.name === before.name ? '' : `was “${before.name}”`;
      const labelled = appearance.label === before.label ? '' : `label ${appearance.label ?? 'removed'}`;
      const detail = [renamed, labelled].filter(Boolean).join(', ');
      if (detail !== '') activity.append({ kind: 'context.edited', contextName: appearance.name, detail });
    });
    this.#changed.tell();
    return this.summary(id);
  }

  /**
   * Gives a context whose key its service does not know yet another user.
   *
   * @throws KeyholdError `context_not_found`, `not_pending`, `invalid_user_id`, `already_added`.
   */
  correctUser(id: string, typed: string): ContextSummary {
    const { vault, activity } = this.#deps;
    const sql = vault.sql();
    const { name, origin, org, state, userId: before } = this.get(id);
    if (state !== 'pending') throw new KeyholdError('not_pending');
    const userId = soundUserId(typed);
    if (userId !== before) {
      requireNewAccount(sql, { origin, userId, org }, id);
      sql.transaction(() => {
        writeUser(sql, id, userId);
        this.accounts.becameAnother(id);
        activity.append({ kind: 'context.edited', contextName: name, detail: `user was “${before}”` });
      });
      this.#changed.tell();
    }
    return this.summary(id);
  }

  /**
   * Makes a context the one that the window and the tray show. Programs do not notice.
   *
   * @throws KeyholdError `context_not_found`.
   */
  setCurrent(id: string): void {
    writeCurrent(this.#deps.vault.sql(), this.get(id).id);
    this.#changed.tell();
  }

  /** As `RegistryAccounts.choose`, and tells the listeners. */
  useAccount(id: string): void {
    this.accounts.choose(id);
    this.#changed.tell();
  }

  /**
   * Removes a context with its key. If it was the current one, the newest active one takes its place, or the
   * newest of all.
   *
   * @throws KeyholdError `context_not_found`.
   */
  remove(id: string): void {
    const sql = this.#deps.vault.sql();
    const context = this.get(id);
    sql.transaction(() => {
      this.#deps.credentials.delete(id);
      deleteContext(sql, id);
      this.accounts.removed();
      const heir = context.current ? readHeir(sql) : null;
      if (heir !== null) writeCurrent(sql, heir.id);
      this.#deps.activity.append({
        kind: 'context.removed',
        contextName: context.name,
        detail: context.origin,
      });
    });
    this.#changed.tell();
  }

  /**
   * Asks the service who we are there, and what it offers now.
   *
   * @throws KeyholdError `context_not_found`, `vault_locked`.
   */
  async status(id: string): Promise<ContextStatus> {
    const context = this.get(id);
    const [facts, isOther] = await Promise.all([
      checkStatus(this.#deps, context),
      updateOffer(this.#deps, context),
    ]);
    if (isOther) this.#changed.tell();
    return { ...facts, context: this.summary(id) };
  }

  /**
   * Signs a request to a context's service in.
   *
   * @throws KeyholdError `context_not_found`, or as `Credentials.authorize`.
   */
  async authorize(id: string): Promise<{ origin: string; authorization: Authorization }> {
    const context = this.get(id);
    return { origin: context.origin, authorization: await this.#deps.credentials.authorize(context) };
  }

  /** The service knows the context's credential now. */
  markActive(id: string): void {
    const { vault, credentials } = this.#deps;
    const context = this.get(id);
    vault.sql().transaction(() => {
      credentials.accept(id);
      this.accounts.offer(context);
    });
    this.#changed.tell();
  }

  /**
   * Deletes a context's credential and leaves it signed out.
   *
   * @param setUp - Which clients signing in again sets up.
   * @param revoked - What became of the credential at the service.
   * @throws KeyholdError `context_not_found`, `vault_locked`.
   */
  markSignedOut(id: string, setUp: PerClient<boolean>, revoked: RevokedCredential): void {
    const { vault, credentials, activity } = this.#deps;
    const context = this.get(id);
    vault.sql().transaction(() => {
      credentials.leave(context, revoked);
      writeSignedOut(vault.sql(), id, setUp);
      activity.append({ kind: 'context.signed_out', contextName: context.name, detail: revoked.words });
    });
    this.#changed.tell();
  }

  /**
   * Makes a new key for a context that was signed out; it is pending then.
   *
   * @throws KeyholdError `context_not_found`, `not_signed_out`, `vault_locked`; `sign_in_not_offered` where its service
   *   takes no keys.
   */
  signInAgain(id: string, keyLabel: string): ContextSummary {
    const { vault, credentials } = this.#deps;
    const { state, maxTokenTtl } = this.get(id);
    if (state !== 'signed_out') throw new KeyholdError('not_signed_out');
    // What it asks of keys is known where it takes some.
    if (maxTokenTtl === null) throw new KeyholdError('sign_in_not_offered');
    vault.sql().transaction(() => {
      credentials.make(id, { kind: 'key', label: keyLabel });
      writeCredential(vault.sql(), id, 'key');
    });
    this.#changed.tell();
    return this.summary(id);
  }

  /** @throws KeyholdError `context_not_found`; `link_not_allowed` where the service has no dashboard. */
  dashboardUrl(id: string): string {
    const { dashboardUrl } = this.get(id);
    if (dashboardUrl === null) throw new KeyholdError('link_not_allowed');
    return dashboardUrl;
  }

  /** Tells the listeners of changes that were made to the rows themselves: a restore. */
  announce(): void {
    this.#changed.tell();
  }

  /** Tells when a context was added, removed or changed. */
  onChange(listener: Listener): Cancel {
    return this.#changed.add(listener);
  }

  #summarizeAll(contexts: readonly StoredContext[]): ContextSummary[] {
    const signIn = this.signIns.reader();
    return contexts.map((context) => toSummary(context, signIn(context)));
  }

  #summarize(context: StoredContext): ContextSummary {
    return toSummary(context, this.signIns.of(context));
  }
}
