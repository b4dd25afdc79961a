/** A limit for a figure's ratio to its peer, or for its value where it has none. */
export type Goal =
  | { readonly of: 'ratio' | 'value'; readonly atMost: number }
  | { readonly of: 'ratio' | 'value'; readonly atLeast: number };

/** What a figure is held against. `value` is null where the peer is not on this machine; `name` then says so. */
export interface Peer {
  readonly name: string;
  readonly value: number | null;
}

/** One row of the table, and one entry of out/bench.json. */
export interface Figure {
  /** The bench that it comes from. */
  readonly id: string;
  readonly figure: string;
  readonly unit: string;
  readonly value: number;
  readonly peer: string | null;
  readonly peerValue: number | null;
  /** `value` by `peerValue`. */
  readonly ratio: number | null;
  /** The goal in words, such as `<= 0.65 x`. */
  readonly goal: string | null;
  /** Null where there is no goal, or nothing to hold the figure against. */
  readonly pass: boolean | null;
}

/** A part of the benchmark. Gives its figures; `say` tells the person what is going on. */
export type Bench = (say: (text: string) => void) => Promise<Figure[]>;

interface Facts {
  id: string;
  figure: string;
  unit: string;
  value: number;
  peer?: Peer;
  goal?: Goal;
}

/** Completes a measured value with its ratio and whether that is good enough. */
export function toFigure({ id, figure, unit, value, peer, goal }: Facts): Figure {
  const peerValue = peer?.value ?? null;
  const ratio = peerValue === null ? null : value / peerValue;
  return {
    id,
    figure,
    unit,
    value,
    peer: peer?.name ?? null,
    peerValue,
    ratio,
    goal: goal === undefined ? null : inWords(goal, unit),
    pass: goal === undefined ? null : meets(goal, goal.of === 'ratio' ? ratio : value),
  };
}

function inWords(goal: Goal, unit: string): string {
  const limit = 'atMost' in goal ? `<= ${String(goal.atMost)}` : `>= ${String(goal.atLeast)}`;
  return `${limit} ${goal.of === 'ratio' ? 'x' : unit}`;
}

function meets(goal: Goal, value: number | null): boolean | null {
  if (value === null) return null;
  return 'atMost' in goal ? value <= goal.atMost : value >= goal.atLeast;
}
