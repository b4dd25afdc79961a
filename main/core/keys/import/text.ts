/** How many characters tell an encoding. */
const sample = 64;

/** Whether every other byte, from the first or the second on, is zero: Latin letters in UTF-16. */
function hasZeros(bytes: Buffer, from: 0 | 1): boolean {
  const some = bytes.subarray(0, sample);
  return some.length > 1 && some.every((byte, index) => (index % 2 === from ? byte === 0 : byte !== 0));
}

function fromUtf16(bytes: Buffer, isBigEndian: boolean): string {
  const whole = Buffer.from(bytes.subarray(0, bytes.length - (bytes.length % 2)));
  try {
    return (isBigEndian ? whole.swap16() : whole).toString('utf16le');
  } finally {
    whole.fill(0);
  }
}

function decode(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return fromUtf16(bytes, false);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return fromUtf16(bytes, true);
  if (hasZeros(bytes, 1)) return fromUtf16(bytes, false);
  if (hasZeros(bytes, 0)) return fromUtf16(bytes, true);
  return bytes.toString('utf8');
}

/**
 * A file's text: UTF-8, or UTF-16 as PowerShell writes it, without byte order marks and what else has no width, and with
 * common spaces for those that cannot be told from them.
 */
export function textOf(bytes: Buffer): string {
  return decode(bytes)
    .replaceAll(/[\u00ad\u200b-\u200f\u2060\ufeff]/g, '')
    .replaceAll(/[\u00a0\u2028\u2029\u202f\u3000]/g, ' ');
}

/** The text that a literal of JSON, of a shell or of a variable stands for: `\n` a line's end, `\/` a slash. */
export function unescaped(text: string): string {
  return text
    .replaceAll(/\\{1,8}u00([0-9a-fA-F]{2})/g, (_all, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    )
    .replaceAll(/\\{1,8}[rn]/g, '\n')
    .replaceAll(/\\{1,8}\//g, '/');
}

/** The bytes of base64, plain or base64url, padded or not, whatever blanks are in it; null when it is none. */
export function base64Bytes(text: string): Buffer | null {
  const digits = text.replaceAll(/\s+/g, '');
  const isBase64 = /^[A-Za-z0-9+/_-]*={0,2}$/.test(digits) && digits.replace(/=+$/, '').length % 4 !== 1;
  return isBase64 ? Buffer.from(digits, 'base64') : null;
}
