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
 * Reads the `Range` of a download (RFC 9110, section 14.2). Only one range is served; several, other units and
 * malformed ones, such as `bytes=500-0`, are ignored, as that section allows: the whole is right for whoever asks, and
 * 416 says of a blob that it is shorter, which a malformed range does not ask.
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
    // The last bytes of nothing are nothing: no range can say that.
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
