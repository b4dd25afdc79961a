/** Most names that are kept. Whoever reads more lists than that has the last of them. */
const most = 20_000;

/**
 * What services called the things in their lists, so that the log names what was deleted, of which only the id is
 * known then. For each context apart: ids are the services' own.
 */
export class SeenNames {
  readonly #names = new Map<string, string>();

  note(contextId: string, named: readonly (readonly [id: string, name: string])[]): void {
    for (const [id, name] of named) this.#names.set(`${contextId} ${id}`, name);
    for (const key of this.#names.keys()) {
      if (this.#names.size <= most) break;
      this.#names.delete(key);
    }
  }

  /** `name (id)`; the id alone of what was in no list. */
  of(contextId: string, id: string): string {
    const name = this.#names.get(`${contextId} ${id}`);
    return name === undefined ? id : `${name} (${id})`;
  }

  clear(): void {
    this.#names.clear();
  }
}
