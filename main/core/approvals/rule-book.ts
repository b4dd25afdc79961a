import type { ApprovalRule, Caller, Remember, Verdict } from '../../../contracts/domain/approval.ts';
import type { Clock, Logger, Random } from '../ports.ts';
import type { Vault } from '../vault/vault.ts';
import { RuleStore, type StoredRule } from './rule-store.ts';

/** A rule without its context's name. */
type BareRule = Omit<ApprovalRule, 'contextName'>;

export interface RuleBookDeps {
  vault: Vault;
  clock: Clock;
  random: Random;
  logger: Logger;
}

const minutes: Partial<Record<Remember, number>> = { '20m': 20, '1h': 60 };

/** Which program may or may not use which context: rules for a while in memory, those for always in the vault. */
export class RuleBook {
  readonly #deps: RuleBookDeps;
  readonly #store: RuleStore;
  #passing: BareRule[] = [];
  /** Read once for each time that the vault is open. */
  #lasting: BareRule[] | null = null;

  constructor(deps: RuleBookDeps) {
    this.#deps = deps;
    this.#store = new RuleStore(deps);
  }

  /** Those that hold now, newest first. @throws KeyholdError `vault_locked` */
  list(): BareRule[] {
    const now = this.#deps.clock.now().toISOString();
    this.#passing = this.#passing.filter(
      ({ verdict, createdAt, endsAt }) =>
        endsAt === null ||
        // A clock that was set back must not lengthen a yes.
        (endsAt > now && (verdict === 'deny' || createdAt <= now)),
    );
    this.#lasting ??= this.#store.read().map(lastingRule);
    return [...this.#passing, ...this.#lasting].sort((a, b) => b.createdAt.localeCompare(a.createdAt));
  }

  /** What the rules say of a program; null when they say nothing. @throws KeyholdError `vault_locked` */
  verdictOn(path: string, contextId: string): Verdict | null {
    return this.list().find((rule) => rule.path === path && rule.contextId === contextId)?.verdict ?? null;
  }

  /** Puts a rule in the place of what was said of this program before. @throws KeyholdError `vault_locked` */
  add(caller: Caller, contextId: string, verdict: Verdict, remember: Exclude<Remember, 'once'>): void {
    const { clock, random, vault } = this.#deps;
    const now = clock.now();
    const { program, path } = caller;
    const made = { id: random.uuid(), contextId, program, path, verdict, createdAt: now.toISOString() };
    vault.sql().transaction(() => {
      for (const rule of this.list()) {
        if (rule.path === path && rule.contextId === contextId) this.remove(rule.id);
      }
      if (remember === 'always') this.#store.insert(made);
    });
    this.#lasting = null;
    if (remember === 'always') return;
    const life = minutes[remember];
    const endsAt = life === undefined ? null : new Date(now.getTime() + life * 60_000).toISOString();
    this.#passing.push({ ...made, holds: endsAt === null ? 'lock' : 'time', endsAt });
  }

  /** @returns the rule; null when it is gone already. @throws KeyholdError `vault_locked` */
  remove(id: string): BareRule | null {
    const rule = this.list().find((known) => known.id === id);
    if (rule === undefined) return null;
    if (rule.holds === 'always') this.#store.remove(id);
    this.#passing = this.#passing.filter((known) => known.id !== id);
    this.#lasting = null;
    return rule;
  }

  /** Contexts were removed, and with them their rules in the vault. */
  forgetGone(isGone: (contextId: string) => boolean): void {
    this.#passing = this.#passing.filter(({ contextId }) => !isGone(contextId));
    this.#lasting = null;
  }

  /** The vault was locked. */
  forget(): void {
    this.#passing = [];
    this.#lasting = null;
  }
}

function lastingRule({ id, contextId, program, path, verdict, createdAt }: StoredRule): BareRule {
  return { id, contextId, program, path, verdict, createdAt, holds: 'always', endsAt: null };
}
