/** Pages that are read at most: a service may give fewer entries on each than it is asked for. */
const pagesMax = 50;

/**
 * Entries of a list from its beginning as far as anybody reads.
 *
 * @param most - Entries that are read at most.
 * @param read - The page behind a place; an empty one for the first.
 */
export async function readPages<Entry>(
  most: number,
  read: (after: string) => Promise<{ entries: readonly Entry[]; next: string | undefined }>,
  pages = pagesMax,
): Promise<{ entries: Entry[]; isWhole: boolean }> {
  const entries: Entry[] = [];
  let after: string | undefined = '';
  for (let count = 0; count < pages && entries.length < most; count++) {
    const page = await read(after);
    // A service may give any number of them on one page.
    for (const entry of page.entries) entries.push(entry);
    after = page.next;
    if (after === undefined) break;
  }
  return { entries: entries.slice(0, most), isWhole: after === undefined && entries.length <= most };
}
