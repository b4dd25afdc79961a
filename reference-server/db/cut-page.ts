/**
 * Cuts a page from rows that were asked for with one more than fits on it.
 *
 * @returns The rows of the page, and the last of them where another page follows.
 */
export function cutPage<Row>(rows: readonly Row[], limit: number): { page: Row[]; end: Row | undefined } {
  const page = rows.slice(0, limit);
  return { page, end: rows.length > limit ? page.at(-1) : undefined };
}
