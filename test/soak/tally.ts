/** What a part of the soak has done and found so far. */
export class Tally {
  /** What should not have been found, in words; empty when all is well. */
  readonly wrong: string[] = [];
  readonly #counts = new Map<string, number>();
  readonly #stop: AbortSignal | undefined;

  /** @param stop aborted when no further round is to begin */
  constructor(stop?: AbortSignal) {
    this.#stop = stop;
  }

  /** Whether no further round is to begin: somebody asked for the end. */
  get stopped(): boolean {
    return this.#stop?.aborted ?? false;
  }

  /** Counts something under a name, such as `accepted`. */
  count(what: string, times = 1): void {
    this.#counts.set(what, this.of(what) + times);
  }

  /** How often something was counted. */
  of(what: string): number {
    return this.#counts.get(what) ?? 0;
  }

  /** Everything that was counted, in the order of its first time: `200 rounds, 1,024 writes`. */
  figures(): string {
    return [...this.#counts].map(([what, times]) => `${times.toLocaleString('en')} ${what}`).join(', ');
  }
}

/** One part of the soak. It runs as a test with few rounds and by `npm run soak` with all of them. */
export interface SoakPart {
  /** By which `npm run soak` names it. */
  readonly name: string;
  /** Rounds or cases of a whole soak. */
  readonly count: number;
  /** Runs so many rounds, and tells the tally what it did and found. */
  readonly run: (count: number, tally: Tally) => Promise<void>;
}
