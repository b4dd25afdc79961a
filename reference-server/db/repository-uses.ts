import type { ExpressionBuilder, OnConflictDatabase, OnConflictTables } from 'kysely';
import type { RepositoryUseTable } from './registry-schema.ts';
import type { Database } from './schema.ts';
import type { Reader, Tx, Write } from './write.ts';

/** What counts as a use: a manifest that was sent, or one that was stored. */
type Deed = 'pulled_at' | 'pushed_at';

/** How many pairs of principal and repository are held until the next write; uses of others are not noted before it. */
const maxHeld = 50_000;
/** Rows of one statement. */
const chunk = 1000;

/**
 * Notes when each principal last pulled from and last pushed to each repository. A use costs no write: what is noted is
 * held in memory until `save`, which the server calls once a minute and when it stops. A crash loses what came since.
 */
export class RepositoryUses {
  readonly #write: Write;
  readonly #now: () => Date;
  readonly #most: number;
  #held = new Map<string, RepositoryUseTable>();

  /** @param most - Pairs that are held at most. */
  constructor(write: Write, now: () => Date, most = maxHeld) {
    this.#write = write;
    this.#now = now;
    this.#most = most;
  }

  /** Notes that a principal has just pulled or pushed. */
  note(deed: Deed, principalId: string, repositoryId: string): void {
    this.#hold({
      repository_id: repositoryId,
      principal_id: principalId,
      pulled_at: null,
      pushed_at: null,
      [deed]: this.#now().toISOString(),
    });
  }

  /** Writes what is held, in one transaction; without anything to write, none. What fails is held on. */
  async save(): Promise<void> {
    const held = [...this.#held.values()];
    if (held.length === 0) return;
    this.#held = new Map();
    try {
      await this.#write({}, (tx) => saveUses(tx, held));
    } catch (error) {
      for (const use of held) this.#hold(use);
      throw error;
    }
  }

  #hold(use: RepositoryUseTable): void {
    const key = `${use.principal_id} ${use.repository_id}`;
    const held = this.#held.get(key);
    if (held === undefined && this.#held.size >= this.#most) return;
    this.#held.set(key, {
      ...use,
      pulled_at: later(held?.pulled_at ?? null, use.pulled_at),
      pushed_at: later(held?.pushed_at ?? null, use.pushed_at),
    });
  }
}

function later(one: string | null, other: string | null): string | null {
  return (
    [one, other]
      .filter((at) => at !== null)
      .toSorted()
      .at(-1) ?? null
  );
}

async function saveUses(tx: Tx, uses: readonly RepositoryUseTable[]): Promise<void> {
  for (let at = 0; at < uses.length; at += chunk) {
    const rows = await stillThere(tx, uses.slice(at, at + chunk));
    if (rows.length === 0) continue;
    await tx
      .insertInto('repository_uses')
      .values(rows)
      .onConflict((conflict) =>
        conflict
          .columns(['repository_id', 'principal_id'])
          .doUpdateSet({ pulled_at: laterOf('pulled_at'), pushed_at: laterOf('pushed_at') }),
      )
      .execute();
  }
}

/** Who was deleted meanwhile has used nothing; nor was anything used that was. */
async function stillThere(tx: Tx, uses: readonly RepositoryUseTable[]): Promise<RepositoryUseTable[]> {
  const principals = await tx
    .selectFrom('principals')
    .leftJoin('bots', 'bots.id', 'principals.id')
    .select('principals.id')
    .where('bots.deleted_at', 'is', null)
    .where('principals.id', 'in', [...new Set(uses.map((use) => use.principal_id))])
    .execute();
  const repositories = await tx
    .selectFrom('repositories')
    .select('id')
    .where('id', 'in', [...new Set(uses.map((use) => use.repository_id))])
    .execute();
  const there = new Set([...principals, ...repositories].map(({ id }) => id));
  return uses.filter((use) => there.has(use.principal_id) && there.has(use.repository_id));
}

type Conflict = ExpressionBuilder<
  OnConflictDatabase<Database, 'repository_uses'>,
  OnConflictTables<'repository_uses'>
>;

/** The later of what is stored and what is new: a clock may have been set back. */
const laterOf = (deed: Deed) => (row: Conflict) =>
  row
    .case()
    .when(`excluded.${deed}`, '>', row.fn.coalesce(`repository_uses.${deed}`, row.val('')))
    .then(row.ref(`excluded.${deed}`))
    .else(row.ref(`repository_uses.${deed}`))
    .end();

/** Since when uses are noted on this server, RFC 3339. */
export async function usesNotedSince(db: Reader): Promise<string> {
  const { since } = await db.selectFrom('use_notes').select('since').executeTakeFirstOrThrow();
  return since;
}

/** When principals used repositories, each that has, up to a minute ago. */
export async function usesOf(
  db: Reader,
  principalIds: readonly string[],
  repositoryIds: readonly string[],
): Promise<RepositoryUseTable[]> {
  if (principalIds.length === 0 || repositoryIds.length === 0) return [];
  return db
    .selectFrom('repository_uses')
    .selectAll()
    .where('principal_id', 'in', principalIds)
    .where('repository_id', 'in', repositoryIds)
    .execute();
}
