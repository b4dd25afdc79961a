/** A thing's last state that was acknowledged, and those that it was asked to take without an answer. */
interface Fate {
  sure: string;
  maybe: Set<string>;
}

/** The state of what is not there. */
export const nothing = 'nothing';

/**
 * What was asked of a server and what it acknowledged. A thing is anything with a state: a grant, a key, a tag. After a
 * break-off each is in the state that was acknowledged last, or in one that was asked for since.
 */
export class Ledger {
  readonly #fates = new Map<string, Fate>();
  readonly #audit = new Set<string>();
  #acknowledged = 0;
  /** Called with the number of acknowledgments so far, after each. */
  onAcknowledged: (count: number) => void = () => undefined;

  get acknowledged(): number {
    return this.#acknowledged;
  }

  /** Notes that a thing is asked to change. */
  ask(thing: string, state: string): void {
    const fate = this.#fates.get(thing) ?? { sure: nothing, maybe: new Set() };
    fate.maybe.add(state);
    this.#fates.set(thing, fate);
  }

  /**
   * Notes that a change was acknowledged.
   *
   * @param audit the entry that the audit log has of it from then on
   */
  acknowledge(thing: string, state: string, audit?: string): void {
    this.#fates.set(thing, { sure: state, maybe: new Set() });
    if (audit !== undefined) this.#audit.add(audit);
    this.#acknowledged += 1;
    this.onAcknowledged(this.#acknowledged);
  }

  /** Holds a thing against what was found. @returns what is wrong with it, or null */
  find(thing: string, state: string): string | null {
    const { sure, maybe } = this.#fates.get(thing) ?? { sure: nothing, maybe: new Set<string>() };
    this.#fates.set(thing, { sure: state, maybe: new Set() });
    if (state === sure || maybe.has(state)) return null;
    return `${thing}: ${state} instead of ${[sure, ...maybe].join(' or ')}`;
  }

  /** All things of a kind, which is the first word of their names: the rest of the names, and whether the state is sure. */
  of(kind: string): { name: string; sure: string; isSure: boolean }[] {
    return [...this.#fates]
      .filter(([thing]) => thing.startsWith(`${kind} `))
      .map(([thing, { sure, maybe }]) => ({
        name: thing.slice(kind.length + 1),
        sure,
        isSure: maybe.size === 0,
      }));
  }

  /** Acknowledged entries that are not among these; they are asked for no more. */
  missingEntries(found: ReadonlySet<string>): string[] {
    const missing = [...this.#audit].filter((entry) => !found.has(entry));
    this.#audit.clear();
    return missing;
  }
}
