import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { KeyholdError } from '../../../contracts/errors.ts';
import type { ActivityLog } from '../activity/activity-log.ts';
import { forgetRegistryUse } from './registry-uses.ts';
import type { Vault } from '../vault/vault.ts';
import { readContext, type StoredContext } from './context-store.ts';
import {
  clearChoice,
  dropEmptyChoices,
  readAnswering,
  readChoices,
  readChosen,
  readOfHost,
  readOtherActive,
  takeOverChoices,
  writeChoice,
  writeFirstChoice,
  type AccountOfHost,
} from './registry-account-store.ts';

interface Deps {
  vault: Vault;
  activity: ActivityLog;
}

/**
 * Which account a registry host is answered with. It is chosen for each host and kept: looking at another context
 * changes nothing, and one that cannot answer is never replaced by another. The first account of a host that can answer
 * is chosen by itself; from then on only a person chooses. docs/adr/0019-one-account-for-each-registry.md.
 */
export class RegistryAccounts {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
    deps.vault.onChange(() => {
      if (deps.vault.isUnlocked) takeOverChoices(deps.vault.sql());
    });
  }

  /**
   * The chosen account of a host, whatever state it is in; null where none is chosen.
   *
   * @param host - `host[:port]` as `URL.host` writes it.
   */
  of(host: string): StoredContext | null {
    return readChosen(this.#deps.vault.sql(), host);
  }

  /** All accounts of a host that has a registry, oldest first. */
  allOf(host: string): AccountOfHost[] {
    return readOfHost(this.#deps.vault.sql(), host);
  }

  /** The chosen account's id for each host that has one; null for a host whose chosen account was removed. */
  choices(): ReadonlyMap<string, string | null> {
    return readChoices(this.#deps.vault.sql());
  }

  /** The hosts that are answered now, each with its user id, by the age of its context. */
  answering(): Pick<ContextSummary, 'host' | 'userId'>[] {
    return readAnswering(this.#deps.vault.sql());
  }

  /** Another account of the host that could answer, the newest; for what is kept while none of them is chosen. */
  otherActive(host: string, except: readonly string[]): string | null {
    return readOtherActive(this.#deps.vault.sql(), host, except);
  }

  /** The service knows the context's key now: the first one of its host answers from then on. */
  offer({ id, host, hasRegistry }: StoredContext): void {
    if (hasRegistry) writeFirstChoice(this.#deps.vault.sql(), host, id);
  }

  /**
   * Makes a context the account that its host is answered with.
   *
   * @throws KeyholdError `context_not_found`, `no_registry`; `key_not_registered` for one that could not answer.
   */
  choose(contextId: string): void {
    const { vault, activity } = this.#deps;
    const sql = vault.sql();
    const context = readContext(sql, contextId);
    if (context === null) throw new KeyholdError('context_not_found');
    if (!context.hasRegistry) throw new KeyholdError('no_registry');
    if (context.state !== 'active') throw new KeyholdError('key_not_registered');
    const { name, host } = context;
    const before = this.of(host);
    if (before?.id === contextId) return;
    sql.transaction(() => {
      writeChoice(sql, host, contextId);
      // What it says is said of the account that answers.
      forgetRegistryUse(sql, host);
      const detail = before === null ? host : `${host}, was “${before.name}”`;
      activity.append({ kind: 'registry.account_chosen', contextName: name, detail });
    });
  }

  /**
   * A context is of another user now, whom nobody chose, or signed in by what no registry takes: if it answered for its
   * host, none does.
   */
  becameAnother(contextId: string): void {
    clearChoice(this.#deps.vault.sql(), contextId);
  }

  /** A context was removed, and may have been the last one of its host. */
  removed(): void {
    dropEmptyChoices(this.#deps.vault.sql());
  }
}
