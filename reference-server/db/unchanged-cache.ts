import { LRUCache } from 'lru-cache';
import type { Reader } from './write.ts';

/**
 * Answers of the database, kept until anything at all is written to it, as the table `changes` tells. So what is taken
 * away ends at once.
 */
export class UnchangedCache<Value> {
  readonly #db: Reader;
  readonly #kept: LRUCache<string, { value: Value }>;
  #changes = -1;

  /** @param limit - How many answers are kept at most; beyond that the least recently used go. */
  constructor(db: Reader, limit: number) {
    this.#db = db;
    this.#kept = new LRUCache({ max: limit });
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
    if (known !== undefined) return known.value;
    const value = await read();
    // Not an answer that was read while something was written.
    if (this.#changes === changes) this.#kept.set(key, { value });
    return value;
  }

  async #countChanges(): Promise<number> {
    const { count } = await this.#db.selectFrom('changes').select('count').executeTakeFirstOrThrow();
    return count;
  }
}
