/** First and last byte, both inclusive, counted from 0. */
export interface ByteRange {
  start: number;
  end: number;
}

const uploadRange = /^(\d+)-(\d+)$/;
/** Names of units are the same in upper and lower case. */
const downloadRange = /^bytes=(\d*)-(\d*)$/i;

/**
 * Reads the `Content-Range` of a chunk: `start-end`, without unit and size (OCI distribution specification 1.1,
 * "Pushing a blob in chunks").
 *
 * @returns `'malformed'` when it is not of that form, null when it ends before it starts or is beyond what a file can
 *   hold.
 */
export function parseUploadRange(header: string): ByteRange | 'malformed' | null {
  const match = uploadRange.exec(header);
  if (match === null) return 'malformed';
  const range = { start: Number(match[1]), end: Number(match[2]) };
  return Number.isSafeInteger(range.end) && range.start <= range.end ? range : null;
}

/**
 * Reads the `Range` of a download (RFC 9110, section 14.2). Only one range is served. Several ranges, other units and
 * malformed ranges, such as `bytes=500-0`, are ignored, as that section allows: the whole is a right answer to them, and
 * 416 would say that the blob is shorter than it was asked for.
 *
 * @param header - The header's value, if it was sent.
 * @param size - Size of the whole, in bytes.
 * @returns The bytes to send, `'whole'` to send everything, `'unsatisfiable'` when the range lies behind the end.
 */
export function parseDownloadRange(
  header: string | undefined,
  size: number,
): ByteRange | 'whole' | 'unsatisfiable' {
  const match = downloadRange.exec(header ?? '');
  const [, first = '', last = ''] = match ?? [];
  if (first === '' && last === '') return 'whole';
  if (first === '') {
    if (BigInt(last) === 0n) return 'unsatisfiable';
    // No range can name the last bytes of an empty blob.
    return size === 0 ? 'whole' : { start: Math.max(0, size - Number(last)), end: size - 1 };
  }
  // Beyond 2^53 numbers would round, and a range that ends before it starts could pass for one that does not.
  if (last !== '' && BigInt(last) < BigInt(first)) return 'whole';
  const start = Number(first);
  if (start >= size) return 'unsatisfiable';
  return { start, end: last === '' ? size - 1 : Math.min(Number(last), size - 1) };
}

/** The `Range` header that tells how much of an upload has arrived: `0-0` also while nothing has. */
export function uploadProgress(offset: number): string {
  return `0-${String(Math.max(0, offset - 1))}`;
}
