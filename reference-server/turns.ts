/** Runs one piece of work at a time for each key, in the order in which they came, also after one that failed. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Runs work once everything before it has ended. @throws What the work throws. */
  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key) ?? Promise.resolve();
    const turn = before.then(work);
    const settled = turn.catch(() => undefined);
    this.#last.set(key, settled);
    try {
      return await turn;
    } finally {
      if (this.#last.get(key) === settled) this.#last.delete(key);
    }
  }
}
