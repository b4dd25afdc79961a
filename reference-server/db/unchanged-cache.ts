import { LRUCache } from 'lru-cache';
import type { SelectQueryBuilder } from 'kysely';
import type { Database } from './schema.ts';
import type { Reader } from './write.ts';

/**
 * Answers of the database, kept until anything at all is written to it, as the table `changes` tells. So what is taken
 * away ends at once.
 */
export class UnchangedCache<Value> {
  readonly #count: SelectQueryBuilder<Database, 'changes', { count: number }>;
  readonly #kept: LRUCache<string, { value: Value }>;
  /** What is being read; who asks the same meanwhile waits for it. */
  readonly #reading = new Map<string, Promise<Value>>();
  #changes = -1;

  /**
   * @param limit - How much is kept at most; beyond that the least recently used answers go.
   * @param sizeOf - How much an answer is; 1 without it.
   */
  constructor(db: Reader, limit: number, sizeOf: (value: Value) => number = () => 1) {
    this.#count = db.selectFrom('changes').select('count');
    this.#kept = new LRUCache({ maxSize: limit, sizeCalculation: ({ value }) => sizeOf(value) });
  }

  /**
   * The answer to a question.
   *
   * @param key - Names the question.
   * @param read - Asks the database. Its answer may depend on nothing else but the clock.
   * @param isInTime - Whether a kept answer still holds by the clock; if not, the question is asked anew.
   */
  async get(
    key: string,
    read: () => Promise<Value>,
    isInTime: (value: Value) => boolean = () => true,
  ): Promise<Value> {
    const changes = await this.#countChanges();
    if (changes !== this.#changes) {
      this.#kept.clear();
      this.#reading.clear();
      this.#changes = changes;
    }
    const known = this.#kept.get(key);
    if (known !== undefined && isInTime(known.value)) return known.value;
    return this.#reading.get(key) ?? this.#read(key, read, changes);
  }

  #read(key: string, read: () => Promise<Value>, changes: number): Promise<Value> {
    const reading = read()
      .then((value) => {
        // Not an answer that was read while something was written.
        if (this.#changes === changes) this.#kept.set(key, { value });
        return value;
      })
      .finally(() => {
        if (this.#reading.get(key) === reading) this.#reading.delete(key);
      });
    this.#reading.set(key, reading);
    return reading;
  }

  async #countChanges(): Promise<number> {
    const { count } = await this.#count.executeTakeFirstOrThrow();
    return count;
  }
}
