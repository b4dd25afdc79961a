import { LRUCache } from 'lru-cache';

/** What is larger is not kept, and better sent from its file, in bytes. */
export const maxSmall = 64 * 1024;
const maxTotal = 16 * 1024 * 1024;

/**
 * Small contents in memory by their digest, the ones that were not asked for the longest thrown away first; a large one
 * is not kept. Nobody may change them.
 */
export function smallContents(): LRUCache<string, Buffer> {
  return new LRUCache({
    maxSize: maxTotal,
    maxEntrySize: maxSmall,
    sizeCalculation: ({ length }: Buffer) => Math.max(length, 1),
  });
}
