/** What an undo left behind in a client's file. */
export function undoneWords(restored: 'exact' | 'entry'): string {
  return restored === 'exact'
    ? 'The file is as it was before, to the byte.'
    : 'The file had changed since, so only Keyhold’s entry was taken out.';
}
