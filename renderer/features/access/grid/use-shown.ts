import { useEffect, useMemo, useState } from 'react';
import type { AccessWork } from '../model/access-work.ts';
import type { Sides } from '../model/cell-store.ts';
import {
  cellsFor,
  needsCells,
  shownByCells,
  shownByNames,
  type Narrowing,
  type Shown,
} from '../model/filter.ts';

interface ShownPart {
  shown: Shown;
  /** How many parts of how many are read, while cells decide what is shown and are not all there. */
  reading: { done: number; total: number } | null;
  /** Some cells could not be read, or are too many: what would be shown for them is not. */
  isPart: boolean;
}

/** What was found, for a narrowing and the sides. */
interface Found {
  of: Shown;
  by: Narrowing;
  shown: Shown;
  isPart: boolean;
}

/** The rows and columns that are shown. Where cells decide, these are read first; until then names alone do. */
export function useShown(work: AccessWork, sides: Sides, narrowing: Narrowing): ShownPart {
  const named = useMemo(() => shownByNames(sides, narrowing), [sides, narrowing]);
  const [found, setFound] = useState<Found | null>(null);
  const [reading, setReading] = useState<ShownPart['reading']>(null);
  const asks = needsCells(narrowing);
  useEffect(() => {
    if (!asks) return undefined;
    const { cells } = work;
    const part = cellsFor(sides, narrowing, named);
    const state = { isOver: false };
    const progress = (done: number, total: number): void => {
      if (!state.isOver) setReading({ done, total });
    };
    const find = async (): Promise<void> => {
      const left = await cells.ensure(part.rows, part.columns, progress, () => state.isOver);
      if (state.isOver) return;
      const at = (row: number, column: number) => cells.cell(row, column);
      const shown = shownByCells(sides, narrowing, named, at, Date.now());
      setFound({ of: named, by: narrowing, shown, isPart: left > 0 });
      setReading(null);
    };
    void find();
    return () => {
      state.isOver = true;
    };
  }, [work, sides, narrowing, named, asks]);
  if (!asks) return { shown: named, reading: null, isPart: false };
  const isFound = found?.of === named && found.by === narrowing;
  return {
    shown: isFound ? found.shown : named,
    reading: isFound ? null : (reading ?? { done: 0, total: 0 }),
    isPart: isFound && found.isPart,
  };
}
