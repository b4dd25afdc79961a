import { KeyholdError } from '../../../contracts/errors.ts';
import type { ActivityLog, NewActivity } from '../activity/activity-log.ts';
import type { Credentials } from '../credentials/credentials.ts';
import { writeRegistryUse } from '../contexts/registry-uses.ts';
import type { Cancel, Clock } from '../ports.ts';
import type { Vault } from '../vault/vault.ts';

/** What a credential was used for. */
export interface Use {
  credentialId: string;
  entry: NewActivity;
  /**
   * The program that asked, by its name where that is known, and the registry that a credential was made for; null
   * for a use by the app's own window.
   */
  by: { program: string | null; host: string | null } | null;
}

interface WaitingUse extends Use {
  noted: () => void;
  failed: (error: unknown) => void;
}

interface UseLogDeps {
  vault: Pick<Vault, 'sql' | 'isUnlocked'>;
  credentials: Pick<Credentials, 'markUsed'>;
  activity: Pick<ActivityLog, 'appendAll'>;
  clock: Clock;
}

/** Most uses in one transaction; the agent serves as many connections at once. */
const mostTogether = 64;

/** Most turns of the event loop to wait for a further use. */
const mostPatience = 16;

/** Turns to wait when so many uses came together the last time: one that comes alone is not kept waiting. */
function patienceFor(together: number): number {
  return together > 1 ? Math.min(together, mostPatience) : 0;
}

/** When uses are brought to the disk: once there are so many, or the first one is so old. */
const syncAt = { uses: 32, ms: 20 } as const;

/** Time for which a mark of the last use by a program stays as it is, milliseconds: the log has every use. */
const markLife = 1000;

/** Most uses that the disk may not have yet: what a power cut can take from the log. */
const mostUnsynced = 128;

/**
 * Notes the uses of credentials: those that come at the same time in one transaction. A use that is noted survives the
 * end of the app at any moment; the disk is told to keep it a moment later, and only a power cut before that takes it:
 * docs/adr/0017-log-of-uses.md.
 */
export class UseLog {
  readonly #deps: UseLogDeps;
  #waiting: WaitingUse[] = [];
  #writes = false;
  /** Turns of the event loop without a further use after which those at hand are written. */
  #patience = 0;
  /** Uses that came in this turn of the event loop. */
  #ofThisTurn = 0;
  /** What was marked last, and when: hosts and credentials with the program. */
  readonly #marks = new Map<string, { program: string | null; at: number }>();
  /** Uses that are written and that the disk has not confirmed yet. */
  #unsynced = 0;
  #syncing: Promise<void> | null = null;
  #syncFailed = false;
  #stopClock: Cancel | null = null;

  constructor(deps: UseLogDeps) {
    this.#deps = deps;
  }

  /**
   * Notes that a credential was used now, with an entry of the activity log; settles once both are written.
   *
   * @throws KeyholdError `vault_locked` when the vault is locked before that, `storage_failed`.
   */
  note(use: Use): Promise<void> {
    return new Promise((noted, failed) => {
      this.#waiting.push({ ...use, noted, failed });
      this.#countTurn();
      if (!this.#writes) void this.#writeAll();
    });
  }

  /** Uses that were written one by one are seen to have come together. */
  #countTurn(): void {
    this.#ofThisTurn += 1;
    if (this.#ofThisTurn > 1) return;
    setImmediate(() => {
      this.#patience = Math.max(this.#patience, patienceFor(this.#ofThisTurn));
      this.#ofThisTurn = 0;
    });
  }

  async #writeAll(): Promise<void> {
    this.#writes = true;
    while (this.#waiting.length > 0) {
      await this.#gather();
      await this.#settle(this.#waiting.splice(0, mostTogether));
    }
    this.#writes = false;
  }

  /**
   * Waits for further uses: the more came together the last time, the more turns of the event loop, of which one brings
   * in one connection at most.
   */
  async #gather(): Promise<void> {
    let seen = 0;
    for (let idle = 0; idle < this.#patience && seen < mostTogether; idle++) {
      if (this.#waiting.length > seen) idle = 0;
      seen = this.#waiting.length;
      await new Promise(setImmediate);
    }
    this.#patience = patienceFor(this.#waiting.length);
  }

  async #settle(uses: readonly WaitingUse[]): Promise<void> {
    try {
      // A disk that failed has to show first that it keeps what it is given.
      while (this.#syncFailed || this.#unsynced + uses.length > mostUnsynced) await this.#sync();
      this.#write(uses);
      for (const { noted } of uses) noted();
    } catch (error) {
      this.#marks.clear();
      for (const { failed } of uses) failed(error);
    }
  }

  #write(uses: readonly Use[]): void {
    const { vault, credentials, activity } = this.#deps;
    if (!vault.isUnlocked) throw new KeyholdError('vault_locked');
    vault.sql().unsyncedTransaction(() => {
      const ownUses = uses.filter(({ by }) => by === null);
      for (const id of new Set(ownUses.map(({ credentialId }) => credentialId))) credentials.markUsed(id);
      this.#writePrograms(uses);
      activity.appendAll(uses.map(({ entry }) => entry));
    });
    this.#unsynced += uses.length;
    this.#syncInTime();
  }

  /** A failure is noted in `#syncFailed`, and further uses wait until the disk works again. */
  #syncInTime(): void {
    const sync = (): void => {
      this.#sync().catch(() => undefined);
    };
    if (this.#unsynced >= syncAt.uses) sync();
    else this.#stopClock ??= this.#deps.clock.after(syncAt.ms, sync);
  }

  /** Settles once the disk has all uses that were written before. @throws KeyholdError `storage_failed` */
  #sync(): Promise<void> {
    this.#stopClock?.();
    this.#stopClock = null;
    this.#syncing ??= this.#syncNow().finally(() => {
      this.#syncing = null;
      if (!this.#syncFailed && this.#unsynced > 0) this.#syncInTime();
    });
    return this.#syncing;
  }

  async #syncNow(): Promise<void> {
    const { vault } = this.#deps;
    const written = this.#unsynced;
    try {
      // The lock is an entry that is on the disk, with all before it.
      if (vault.isUnlocked) await vault.sql().sync();
      this.#syncFailed = false;
      this.#unsynced -= written;
    } catch (error) {
      this.#syncFailed = true;
      throw error;
    }
  }

  /** Of several uses of a credential or a host, the last one counts. */
  #writePrograms(uses: readonly Use[]): void {
    const { vault, credentials, clock } = this.#deps;
    const now = clock.now();
    const known = uses.flatMap(({ credentialId: id, by }) => (by === null ? [] : [{ id, ...by }]));
    for (const [id, { program }] of new Map(known.map((use) => [use.id, use]))) {
      if (this.#marksAnew(`credential ${id}`, program, now)) credentials.markUsed(id, { program });
    }
    for (const [host, { program }] of new Map(known.map((use) => [use.host, use]))) {
      if (host === null || !this.#marksAnew(`host ${host}`, program, now)) continue;
      writeRegistryUse(vault.sql(), host, { at: now.toISOString(), program });
    }
  }

  /** Whether a mark is due: not for the same program a moment later. */
  #marksAnew(what: string, program: string | null, now: Date): boolean {
    const last = this.#marks.get(what);
    const at = now.getTime();
    if (last?.program === program && Math.abs(at - last.at) < markLife) return false;
    this.#marks.set(what, { program, at });
    return true;
  }
}
