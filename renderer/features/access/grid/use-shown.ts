import { useEffect, useMemo, useState } from 'react';
import type { AccessWork } from '../model/access-work.ts';
import type { Sides } from '../model/cell-store.ts';
import {
  cellsFor,
  needsCells,
  shownByCells,
  shownByNames,
  type Known,
  type Narrowing,
  type Shown,
} from '../model/filter.ts';

interface ShownPart {
  shown: Shown;
  /** How many parts of how many are read, while cells decide what is shown and are not all there. */
  reading: { done: number; total: number } | null;
  /** Some cells could not be read, or are too many: what would be shown for them is not. */
  isPart: boolean;
  /** When cells were used decides, and the service does not tell it. */
  isUntold: boolean;
}

/** What was found, for a narrowing and the sides. */
interface Found extends Omit<ShownPart, 'reading'> {
  of: Shown;
  by: Narrowing;
}

/** The rows and columns that are shown. Where cells decide, these are read first; until then names alone do. */
export function useShown(work: AccessWork, sides: Sides, narrowing: Narrowing): ShownPart {
  const named = useMemo(() => shownByNames(sides, narrowing), [sides, narrowing]);
  const [found, setFound] = useState<Found | null>(null);
  const [reading, setReading] = useState<ShownPart['reading']>(null);
  const asks = needsCells(narrowing);
  useEffect(() => {
    if (!asks) return undefined;
    const { cells, pending } = work;
    if (narrowing.has === 'unused') cells.askUse();
    const part = cellsFor(sides, narrowing, named);
    const state = { isOver: false };
    const progress = (done: number, total: number): void => {
      if (!state.isOver) setReading({ done, total });
    };
    const find = async (): Promise<void> => {
      const left = await cells.ensure(part.rows, part.columns, progress, () => state.isOver);
      if (state.isOver) return;
      const known: Known = {
        cell: (row, column) => cells.cell(row, column),
        use: (row, column) => cells.use(row, column),
        pending: pending.get().changes,
      };
      const shown = shownByCells(sides, narrowing, named, known, Date.now());
      const isUntold = narrowing.has === 'unused' && left === 0 && known.use(0, 0) === undefined;
      setFound({ of: named, by: narrowing, shown, isPart: left > 0, isUntold });
      setReading(null);
    };
    void find();
    return () => {
      state.isOver = true;
    };
  }, [work, sides, narrowing, named, asks]);
  if (!asks) return { shown: named, reading: null, isPart: false, isUntold: false };
  const isFound = found?.of === named && found.by === narrowing;
  return {
    shown: isFound ? found.shown : named,
    reading: isFound ? null : (reading ?? { done: 0, total: 0 }),
    isPart: isFound && found.isPart,
    isUntold: isFound && found.isUntold,
  };
}
