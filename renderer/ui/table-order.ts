/** What a row is ordered by; null where it has nothing of the kind. */
export type OrderValue = string | number | null;

export type Direction = 'ascending' | 'descending';

/** Names with numbers in them as people count: `key 9` before `key 10`. Also right for ISO 8601 times. */
const words = new Intl.Collator(undefined, { numeric: true });

function compare(a: string | number, b: string | number): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : words.compare(String(a), String(b));
}

/**
 * Rows in the order of a value. Rows of the same value stay in the order they come in; those without a value are the
 * last in both directions.
 */
export function inOrder<Row>(
  rows: readonly Row[],
  valueOf: (row: Row) => OrderValue,
  direction: Direction,
): Row[] {
  const sign = direction === 'ascending' ? 1 : -1;
  return rows
    .map((row) => ({ row, value: valueOf(row) }))
    .toSorted((a, b) => {
      if (a.value === null || b.value === null) return Number(a.value === null) - Number(b.value === null);
      return sign * compare(a.value, b.value);
    })
    .map(({ row }) => row);
}

/** The direction after a click on a column's head: up, down, and back to the order that the rows come in. */
export function nextDirection(direction: Direction | null): Direction | null {
  if (direction === null) return 'ascending';
  return direction === 'ascending' ? 'descending' : null;
}
