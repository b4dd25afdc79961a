/** An item with all the words by which it can be found, in lower case. */
interface Findable<Item> {
  readonly item: Item;
  readonly text: string;
}

/** Makes items findable, once for many searches. */
export function findable<Item>(
  items: readonly Item[],
  wordsOf: (item: Item) => readonly (string | null | undefined)[],
): Findable<Item>[] {
  return items.map((item) => ({ item, text: wordsOf(item).filter(Boolean).join('\n').toLowerCase() }));
}

/** The words of what was typed, in lower case. */
export function searchWords(query: string): string[] {
  return query.toLowerCase().split(/\s+/).filter(Boolean);
}

/** The items that have every typed word, in their order. */
export function findAll<Item>(items: readonly Findable<Item>[], query: string): Item[] {
  const words = searchWords(query);
  return items.filter(({ text }) => words.every((word) => text.includes(word))).map(({ item }) => item);
}

/** Milliseconds after the last key before a list that is asked for follows the filter. */
export const typingPause = 150;
