/** The middle of the values; between the two middle ones where their number is even. Throws when there are none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  if (upper === undefined || lower === undefined) throw new Error('There is no median of nothing.');
  return (lower + upper) / 2;
}

export interface Rounds {
  /** Rounds whose values do not count. */
  warmUp: number;
  counted: number;
}

/** Measures once, and gives what it found in the unit of its figure. */
export type Measurement = () => number | Promise<number>;

/**
 * Takes all measurements in turn, round by round, so that whatever else the machine does meets all of them
 * alike. Each round begins with another one.
 *
 * @returns the median of each, under its name
 */
export async function interleavedMedians<Name extends string>(
  measurements: Readonly<Record<Name, Measurement>>,
  { warmUp, counted }: Rounds,
): Promise<Record<Name, number>> {
  const names = Object.keys(measurements) as Name[];
  const values = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, number[]>;
  for (let round = 0; round < warmUp + counted; round++) {
    const first = round % names.length;
    for (const name of [...names.slice(first), ...names.slice(0, first)]) {
      const value = await measurements[name]();
      if (round >= warmUp) values[name].push(value);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(values[name])])) as Record<Name, number>;
}
