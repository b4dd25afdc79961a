import { CompiledQuery } from 'kysely';
import type { Kysely } from 'kysely';
import type { Database } from './schema.ts';

/** Counts every row that was ever written over this connection, those of a transaction still open included. */
const countChanges = CompiledQuery.raw('select total_changes() as changes');

/**
 * Answers of the database, kept for as long as nothing at all is written to it: whatever is taken away ends at once.
 * That can be known because this process is the file's only writer (`openDatabase` locks it).
 */
export class UnchangedCache<Value> {
  readonly #db: Kysely<Database>;
  readonly #limit: number;
  readonly #kept = new Map<string, Value>();
  #changes = -1;

  /** @param limit - At most so many answers are kept; beyond that all are thrown away. */
  constructor(db: Kysely<Database>, limit: number) {
    this.#db = db;
    this.#limit = limit;
  }

  /**
   * The answer to a question.
   *
   * @param key - Names the question.
   * @param read - Asks the database; its answer may depend on nothing else, the clock included.
   */
  async get(key: string, read: () => Promise<Value>): Promise<Value> {
    const changes = await this.#countChanges();
    if (changes !== this.#changes) {
      this.#kept.clear();
      this.#changes = changes;
    }
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const value = await read();
    // An answer that a write overtook belongs to no state that is still asked for.
    if (this.#changes === changes) {
      if (this.#kept.size >= this.#limit) this.#kept.clear();
      this.#kept.set(key, value);
    }
    return value;
  }

  async #countChanges(): Promise<number> {
    const { rows } = await this.#db.executeQuery(countChanges);
    return Number((rows[0] as { changes: unknown } | undefined)?.changes);
  }
}
