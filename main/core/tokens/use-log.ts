import { KeyholdError } from '../../../contracts/errors.ts';
import type { ActivityLog, NewActivity } from '../activity/activity-log.ts';
import type { KeyService } from '../keys/key-service.ts';
import { writeRegistryUse } from '../registries/registry-uses.ts';
import type { Clock } from '../ports.ts';
import type { Vault } from '../vault/vault.ts';

/** What a key was used for. */
export interface KeyUse {
  kid: string;
  entry: NewActivity;
  /**
   * The program that asked, by its name where that is known, and the registry that a credential was made for; null
   * for a use by the app's own window.
   */
  by: { program: string | null; host: string | null } | null;
}

interface Use extends KeyUse {
  noted: () => void;
  failed: (error: unknown) => void;
}

interface UseLogDeps {
  vault: Pick<Vault, 'sql' | 'isUnlocked'>;
  keys: Pick<KeyService, 'markUsed' | 'markUsedBy'>;
  activity: Pick<ActivityLog, 'appendAll'>;
  clock: Clock;
}

/** Turns of the event loop without a further use after which those at hand are written. */
const patience = 4;

/** Most uses in one transaction; the agent serves as many connections at once. */
const mostTogether = 64;

/**
 * Notes the uses of keys on the disk. Each transaction is a wait for the disk in which nothing else goes on, so uses
 * that are under way at the same time share one. A turn of the event loop brings in one connection at most.
 */
export class UseLog {
  readonly #deps: UseLogDeps;
  #waiting: Use[] = [];

  constructor(deps: UseLogDeps) {
    this.#deps = deps;
  }

  /**
   * Notes that a key was used now, with an entry of the activity log; settles once both are on the disk.
   *
   * @throws KeyholdError `vault_locked` when the vault is locked before that, `storage_failed`.
   */
  note(use: KeyUse): Promise<void> {
    return new Promise((noted, failed) => {
      this.#waiting.push({ ...use, noted, failed });
      if (this.#waiting.length === 1) this.#gather(1, patience);
    });
  }

  /** @param seen - Uses that were waiting a turn ago. */
  #gather(seen: number, turnsLeft: number): void {
    setImmediate(() => {
      const now = this.#waiting.length;
      if (turnsLeft === 0 || now >= mostTogether) this.#settle();
      else this.#gather(now, now > seen ? patience : turnsLeft - 1);
    });
  }

  #settle(): void {
    const uses = this.#waiting;
    this.#waiting = [];
    try {
      this.#write(uses);
      for (const { noted } of uses) noted();
    } catch (error) {
      for (const { failed } of uses) failed(error);
    }
  }

  #write(uses: readonly Use[]): void {
    const { vault, keys, activity } = this.#deps;
    if (!vault.isUnlocked) throw new KeyholdError('vault_locked');
    vault.sql().transaction(() => {
      for (const kid of new Set(uses.map((use) => use.kid))) keys.markUsed(kid);
      this.#writePrograms(uses);
      activity.appendAll(uses.map(({ entry }) => entry));
    });
  }

  /** Of several uses of a key or a host, the last one counts. */
  #writePrograms(uses: readonly Use[]): void {
    const { vault, keys, clock } = this.#deps;
    const at = clock.now().toISOString();
    const known = uses.flatMap(({ kid, by }) => (by === null ? [] : [{ kid, ...by }]));
    for (const [kid, { program }] of new Map(known.map((use) => [use.kid, use]))) {
      keys.markUsedBy(kid, program);
    }
    for (const [host, { program }] of new Map(known.map((use) => [use.host, use]))) {
      if (host !== null) writeRegistryUse(vault.sql(), host, { at, program });
    }
  }
}
