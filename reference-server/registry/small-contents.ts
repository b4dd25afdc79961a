/** What is larger is not kept, and better sent from its file, in bytes. */
export const maxSmall = 64 * 1024;
const maxTotal = 16 * 1024 * 1024;

/** Small contents in memory by their digest, the ones that were not asked for the longest thrown away first. */
export class SmallContents {
  readonly #kept = new Map<string, Buffer>();
  #total = 0;

  get(digest: string): Buffer | undefined {
    const content = this.#kept.get(digest);
    if (content === undefined) return undefined;
    // To the end, as the newest.
    this.#kept.delete(digest);
    this.#kept.set(digest, content);
    return content;
  }

  /** Keeps a content, unless it is large. Nobody may change it afterwards. */
  add(digest: string, content: Buffer): void {
    if (content.length > maxSmall || this.#kept.has(digest)) return;
    this.#kept.set(digest, content);
    this.#total += content.length;
    for (const oldest of this.#kept.keys()) {
      if (this.#total <= maxTotal) return;
      this.forget(oldest);
    }
  }

  forget(digest: string): void {
    this.#total -= this.#kept.get(digest)?.length ?? 0;
    this.#kept.delete(digest);
  }
}
