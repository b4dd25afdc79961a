/** What an undo left behind in Podman's auth file. */
export function undoneWords(restored: 'exact' | 'entry'): string {
  return restored === 'exact'
    ? 'The auth file is as it was before, to the byte.'
    : 'The auth file had changed since, so only Keyhold’s entry was taken out.';
}
