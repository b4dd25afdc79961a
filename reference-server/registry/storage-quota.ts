import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Reader } from '../db/write.ts';
import { DistributionError } from '../http/distribution-error.ts';
import { requireRepository } from './repository-content.ts';

/** What a file takes at least, in bytes: many small ones fill a disk as well. */
const leastCost = 4096;
const mebibyte = 1024 * 1024;
/** After an answer that took longer, the database is not asked again at once, in milliseconds. */
const slowAnswer = 100;

/** What an upload or a running request holds or may come to hold. */
interface Share {
  orgId: string;
  /** In bytes. */
  size: number;
}

/**
 * How much an organization may keep. A content counts once for each organization that has it, whatever repositories
 * it is in; an unfinished upload counts with what has arrived. What is stored is asked of the database, what is on
 * its way is counted here, so that requests beside each other cannot pass the limit together.
 */
export class StorageQuota {
  readonly #db: Reader;
  readonly #limit: number;
  readonly #shares = new Map<string, Share>();
  /** The most that an organization can have stored, in bytes: what the database said last and what was kept since. */
  readonly #stored = new Map<string, number>();
  /** All that was kept since the start, by organization. */
  readonly #kept = new Map<string, number>();
  readonly #asks = new Map<string, Promise<void>>();
  /** Until when the database is not asked again, because its last answer took long; by organization. */
  readonly #restsUntil = new Map<string, number>();

  /** @param limit - Of each organization, in bytes. */
  constructor(db: Reader, limit: number) {
    this.#db = db;
    this.#limit = limit;
  }

  /** Begins to count an upload that has nothing yet. @throws DistributionError 403 when there is no room. */
  async open(id: string, repositoryId: string): Promise<void> {
    await this.#reserve(id, { orgId: await requireRepository(this.#db, repositoryId), size: 0 });
  }

  /** Goes on counting an upload of before the start, whether there is room or not. */
  async reopen(id: string, repositoryId: string, size: number): Promise<void> {
    this.#shares.set(id, { orgId: await requireRepository(this.#db, repositoryId), size });
  }

  /** Counts so many bytes more of an upload, before they are written. @throws DistributionError 403 as `open`. */
  async grow(id: string, bytes: number): Promise<void> {
    await this.#reserve(id, this.#grown(id, bytes));
  }

  /** Asks whether so many bytes more would fit now, and counts nothing. @throws DistributionError 403 as `open`. */
  async requireRoom(id: string, bytes: number): Promise<void> {
    await this.#requireFit(id, this.#grown(id, bytes));
  }

  #grown(id: string, bytes: number): Share {
    const share = this.#shares.get(id);
    if (share === undefined) throw new Error('This upload is not counted.');
    return { ...share, size: share.size + bytes };
  }

  /** Counts an upload with fewer bytes than before. */
  shrink(id: string, size: number): void {
    const share = this.#shares.get(id);
    if (share !== undefined) this.#shares.set(id, { ...share, size });
  }

  /** Ends counting an upload that is gone. */
  close(id: string): void {
    this.#shares.delete(id);
  }

  /** Ends counting an upload whose content the database has now. */
  keep(id: string): void {
    const share = this.#shares.get(id);
    if (share === undefined) return;
    this.#shares.delete(id);
    const { orgId } = share;
    this.#kept.set(orgId, this.#keptOf(orgId) + costOf(share));
    const stored = this.#stored.get(orgId);
    // This is too much where the organization had the content before; the database is asked once room seems short.
    if (stored !== undefined) this.#stored.set(orgId, stored + costOf(share));
  }

  /**
   * Does what gives a repository a content, with room kept for it meanwhile.
   *
   * @throws DistributionError 403 when there is no room and the organization does not have the content yet.
   */
  async withRoom<T>(
    repositoryId: string,
    content: { digest: string; size: number },
    work: () => Promise<T>,
  ): Promise<T> {
    const id = randomUUID();
    const orgId = await requireRepository(this.#db, repositoryId);
    if (!(await this.#has(orgId, content.digest))) await this.#reserve(id, { orgId, size: content.size });
    try {
      const result = await work();
      this.keep(id);
      return result;
    } finally {
      this.close(id);
    }
  }

  async #reserve(id: string, share: Share): Promise<void> {
    await this.#requireFit(id, share);
    this.#shares.set(id, share);
  }

  async #requireFit(id: string, share: Share): Promise<void> {
    // The database is asked only where room seems to be short: that takes long where much is stored.
    if (!this.#stored.has(share.orgId) || !this.#fits(id, share)) await this.#askStored(share.orgId);
    if (!this.#fits(id, share)) {
      throw new DistributionError(
        403,
        'DENIED',
        `The organization has no room left: it may keep ${String(this.#limit / mebibyte)} MiB here, unfinished ` +
          'uploads included. Delete images that are not needed, or ask the operator of the server for more.',
      );
    }
  }

  #fits(id: string, share: Share): boolean {
    let used = (this.#stored.get(share.orgId) ?? 0) + costOf(share);
    for (const [other, held] of this.#shares) {
      if (other !== id && held.orgId === share.orgId) used += costOf(held);
    }
    return used <= this.#limit;
  }

  /** Asks for all who wait at once. */
  async #askStored(orgId: string): Promise<void> {
    if (performance.now() < (this.#restsUntil.get(orgId) ?? 0)) return;
    const running = this.#asks.get(orgId) ?? this.#askDatabase(orgId).finally(() => this.#asks.delete(orgId));
    this.#asks.set(orgId, running);
    await running;
  }

  async #askDatabase(orgId: string): Promise<void> {
    const since = performance.now();
    const before = this.#keptOf(orgId);
    const stored = await this.#readStored(orgId);
    // What was kept meanwhile may be in the answer or not.
    this.#stored.set(orgId, stored + this.#keptOf(orgId) - before);
    // SQLite serves nothing else meanwhile: a client without room must not make it add up all the time.
    const took = performance.now() - since;
    if (took > slowAnswer) this.#restsUntil.set(orgId, performance.now() + 20 * took);
  }

  #keptOf(orgId: string): number {
    return this.#kept.get(orgId) ?? 0;
  }

  async #readStored(orgId: string): Promise<number> {
    const { stored } = await this.#db
      .selectFrom(
        contentsOf(this.#db, orgId, 'registry_blobs')
          .union(contentsOf(this.#db, orgId, 'registry_manifests'))
          .as('contents'),
      )
      .select(
        sql<number | null>`sum(case when size < ${leastCost} then ${leastCost} else size end)`.as('stored'),
      )
      .executeTakeFirstOrThrow();
    return stored ?? 0;
  }

  async #has(orgId: string, digest: string): Promise<boolean> {
    for (const table of ['registry_blobs', 'registry_manifests'] as const) {
      const row = await contentsOf(this.#db, orgId, table).where('digest', '=', digest).executeTakeFirst();
      if (row !== undefined) return true;
    }
    return false;
  }
}

/** Digest and size of everything that an organization's repositories have, each once. */
function contentsOf(db: Reader, orgId: string, table: 'registry_blobs' | 'registry_manifests') {
  return db
    .selectFrom(table)
    .innerJoin('repositories', 'repositories.id', `${table}.repository_id`)
    .select(['digest', 'size'])
    .distinct()
    .where('org_id', '=', orgId);
}

function costOf({ size }: Share): number {
  return Math.max(size, leastCost);
}
