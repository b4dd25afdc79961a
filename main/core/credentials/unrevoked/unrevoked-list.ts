import { credentialNames } from '../../../../contracts/domain/credential.ts';
import { KeyholdError } from '../../../../contracts/errors.ts';
import type { Revocation } from '../../../../contracts/ipc/sign-out.ts';
import type { UnrevokedSummary } from '../../../../contracts/ipc/unrevoked.ts';
import type { ActivityLog } from '../../activity/activity-log.ts';
import { Listeners } from '../../lib/listeners.ts';
import { Turns } from '../../lib/turns.ts';
import type { Cancel, Clock, Listener, Logger, Random } from '../../ports.ts';
import type { HttpClient } from '../../ports/http.ts';
import type { Vault } from '../../vault/vault.ts';
import { isConfirmed, revocationWords } from '../kind/revocation.ts';
import type { Leaving, LeftCredential } from '../kind/kind.ts';
import { revokeLeft } from './left-credential.ts';
import {
  deleteEndedUnrevoked,
  deleteUnrevoked,
  insertUnrevoked,
  readUnrevoked,
  readUnrevokedById,
  unrevokedPlace,
  writeTried,
  type UnrevokedRow,
} from './unrevoked-store.ts';

/** Between two rounds over the list, milliseconds: the first, and the longest, to which it doubles. */
const pauses = { first: 60_000, longest: 30 * 60_000 };

interface UnrevokedDeps {
  vault: Vault;
  http: HttpClient;
  clock: Clock;
  random: Random;
  activity: ActivityLog;
  logger: Logger;
}

/** Whose it was, in words that stay when its context goes. */
export interface LeftBy {
  origin: string;
  serviceName: string;
  contextName: string;
}

/**
 * API keys and sessions that were left while their service could not be asked, or said no. Each stays sealed in the
 * vault until its service says that it is over, it has ended by itself, or the person gives up. While the vault is open
 * the services are asked again by themselves: they are those that the person signed in to.
 */
export class UnrevokedList {
  readonly #deps: UnrevokedDeps;
  readonly #changed: Listeners;
  readonly #turns = new Turns(1);
  #cancelRound: Cancel | null = null;
  #pauseMs = pauses.first;

  constructor(deps: UnrevokedDeps) {
    this.#deps = deps;
    this.#changed = new Listeners(deps.logger);
    deps.vault.onChange(() => {
      this.#cancelRound?.();
      this.#cancelRound = null;
      this.#pauseMs = pauses.first;
      if (deps.vault.isUnlocked && readUnrevoked(deps.vault.sql()).length > 0) this.#plan(0);
    });
  }

  list(): UnrevokedSummary[] {
    return readUnrevoked(this.#deps.vault.sql()).map((row) => {
      const { id, kind, label, contextName, serviceName, origin, leftAt, endsAt, triedAt, outcome } = row;
      const host = new URL(origin).host;
      return { id, kind, label, contextName, serviceName, host, leftAt, endsAt, triedAt, outcome };
    });
  }

  /**
   * Puts a credential on the list. In the transaction that deletes it elsewhere.
   *
   * @returns The id that it has there: one of a backup may come, and be left, a second time.
   * @throws KeyholdError `vault_locked`
   */
  add(by: LeftBy, { credential, label, endsAt }: Omit<Leaving, 'id'>): string {
    const { vault, clock, random } = this.#deps;
    const id = random.uuid();
    insertUnrevoked(vault.sql(), {
      id,
      kind: credential.kind,
      form: credential.kind === 'session' ? credential.form : null,
      ...by,
      keyId: credential.kind === 'api-key' ? credential.keyId : null,
      label,
      sealedSecret: vault.seal(unrevokedPlace(id), Buffer.from(credential.secret)),
      leftAt: clock.now().toISOString(),
      endsAt,
      triedAt: null,
      outcome: null,
    });
    this.#pauseMs = pauses.first;
    this.#plan(this.#pauseMs);
    this.#changed.tell();
    return id;
  }

  /** Notes what its service said, if it is still on the list. */
  note(id: string, revocation: Revocation): void {
    const { vault, clock } = this.#deps;
    const at = clock.now().toISOString();
    if (revocation === 'unreachable' || revocation === 'refused') writeTried(vault.sql(), id, at, revocation);
    else deleteUnrevoked(vault.sql(), id);
    this.#changed.tell();
  }

  /** Asks the service of one at once. @throws KeyholdError `unrevoked_gone`, `vault_locked` */
  retry(id: string): Promise<Revocation> {
    return this.#turns.take(async () => {
      const row = readUnrevokedById(this.#deps.vault.sql(), id);
      if (row === undefined) throw new KeyholdError('unrevoked_gone');
      return await this.#ask(row);
    });
  }

  /** Forgets one. @throws KeyholdError `unrevoked_gone`, `vault_locked` */
  giveUp(id: string): void {
    const { vault, activity } = this.#deps;
    const sql = vault.sql();
    const row = readUnrevokedById(sql, id);
    if (row === undefined) throw new KeyholdError('unrevoked_gone');
    sql.transaction(() => {
      deleteUnrevoked(sql, id);
      const detail = `${credentialNames[row.kind]} of ${row.origin}`;
      activity.append({ kind: 'unrevoked.given_up', contextName: row.contextName, detail });
    });
    this.#changed.tell();
  }

  /** Tells when the list is another one. */
  onChange(listener: Listener): Cancel {
    return this.#changed.add(listener);
  }

  #plan(ms: number): void {
    this.#cancelRound?.();
    this.#cancelRound = this.#deps.clock.after(ms, () => {
      this.#cancelRound = null;
      this.#turns
        .take(() => this.#round())
        .catch((error: unknown) => {
          this.#deps.logger.error('unrevoked.round_failed', error);
        });
    });
  }

  /** Asks for all of them once, and plans the next round while there are some: also after one that failed. */
  async #round(): Promise<void> {
    try {
      await this.#askForAll();
    } finally {
      if (this.#deps.vault.isUnlocked && readUnrevoked(this.#deps.vault.sql()).length > 0) {
        this.#plan(this.#pauseMs);
        this.#pauseMs = Math.min(this.#pauseMs * 2, pauses.longest);
      }
    }
  }

  async #askForAll(): Promise<void> {
    const { vault, clock } = this.#deps;
    // The vault may be locked while a service is asked, and the person give up.
    const isOpen = (): boolean => vault.isUnlocked;
    if (!isOpen()) return;
    for (const { id } of readUnrevoked(vault.sql())) {
      const row = isOpen() ? readUnrevokedById(vault.sql(), id) : undefined;
      if (row !== undefined) await this.#ask(row);
    }
    // Those that have ended by themselves were asked about as well: this computer's clock may be wrong.
    if (isOpen() && deleteEndedUnrevoked(vault.sql(), clock.now().toISOString()) > 0) this.#changed.tell();
  }

  async #ask(row: UnrevokedRow): Promise<Revocation> {
    const { vault, activity } = this.#deps;
    const revocation = await revokeLeft(this.#deps, row.origin, this.#open(row));
    // Nothing is written once it is locked: the next round finds out again.
    if (!vault.isUnlocked) return revocation;
    vault.sql().transaction(() => {
      this.note(row.id, revocation);
      if (!isConfirmed(revocation)) return;
      const detail = `${revocationWords(revocation, row.kind)} at ${row.origin}`;
      activity.append({ kind: 'unrevoked.revoked', contextName: row.contextName, detail });
    });
    return revocation;
  }

  #open({ id, form, keyId, sealedSecret }: UnrevokedRow): LeftCredential {
    const plain = this.#deps.vault.open(unrevokedPlace(id), sealedSecret);
    try {
      const secret = plain.toString();
      return form === null
        ? { kind: 'api-key', keyId: keyId ?? '', secret }
        : { kind: 'session', form, secret };
    } finally {
      plain.fill(0);
    }
  }
}
