import { LRUCache } from 'lru-cache';

/** Larger contents are not kept but sent from their files, in bytes. */
export const maxSmall = 64 * 1024;
const maxTotal = 16 * 1024 * 1024;

/**
 * Small contents in memory by their digest; the least recently used go first. Nobody may change their bytes.
 */
export function smallContents(): LRUCache<string, Buffer> {
  return new LRUCache({
    maxSize: maxTotal,
    maxEntrySize: maxSmall,
    sizeCalculation: ({ length }: Buffer) => Math.max(length, 1),
  });
}
