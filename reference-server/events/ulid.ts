import { randomBytes } from 'node:crypto';

/** Base32 of ULIDs (https://github.com/ulid/spec): no I, L, O, U. In the order of their values as text, too. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const randomBits = 80n;

/** What a ULID looks like: 48 bits of time in milliseconds, and 80 random bits. */
export const ulidPattern = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

/**
 * The next ULID behind another one, also where both are of one millisecond or the clock was set back: then it is the one
 * before and one more, as the specification has it for monotonic ones.
 *
 * @param last - The greatest so far; null for the first.
 */
export function nextUlid(now: Date, last: string | null): string {
  const time = BigInt(now.getTime());
  const before = last === null ? -1n : decode(last);
  if (before >> randomBits >= time) return encode(before + 1n);
  return encode((time << randomBits) | BigInt(`0x${randomBytes(10).toString('hex')}`));
}

/** The least ULID of a moment. */
export function leastUlid(at: Date): string {
  return encode(BigInt(at.getTime()) << randomBits);
}

function encode(value: bigint): string {
  return Array.from({ length: 26 }, (_, at) =>
    alphabet.charAt(Number((value >> BigInt(5 * (25 - at))) & 31n)),
  ).join('');
}

function decode(ulid: string): bigint {
  return Array.from(ulid).reduce((value, digit) => (value << 5n) | BigInt(alphabet.indexOf(digit)), 0n);
}
