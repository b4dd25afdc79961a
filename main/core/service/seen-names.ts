import { printable } from '../../../contracts/domain/printable.ts';

/** Most names that are kept: those that were read last. */
const most = 20_000;
/** Longest name that is kept: what stands behind it in the log is still to be read there. */
const longest = 120;

/**
 * What services called the things in their lists, so that the log names what was deleted, of which only the id is
 * known then. For each context apart: ids are the services' own.
 */
export class SeenNames {
  readonly #names = new Map<string, string>();

  note(contextId: string, named: readonly (readonly [id: string, name: string])[]): void {
    for (const [id, name] of named) {
      // Those that are set anew would keep their old place.
      this.#names.delete(`${contextId} ${id}`);
      this.#names.set(`${contextId} ${id}`, printable(name, longest));
    }
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

  /** The name alone; the id of what was in no list. */
  nameOf(contextId: string, id: string): string {
    return this.#names.get(`${contextId} ${id}`) ?? id;
  }

  clear(): void {
    this.#names.clear();
  }
}
