import { KeyholdError } from '../../../contracts/errors.ts';

/** Crockford's Base32: digits and letters without I, L, O and U. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const bitsPerCharacter = 5;

/** Entropy of a code in bytes: 160 bits. */
export const recoverySecretLength = 20;

const secretCharacters = (recoverySecretLength * 8) / bitsPerCharacter;
const checkCharacters = 4;
const groupLength = 4;

/**
 * The largest prime below 32^4. Read as a number in base 32, the secret's remainder by it is the checksum: a
 * prime of this size divides none of the differences that one wrong character or two exchanged neighbours
 * make, so that each of these is found; of other errors one in a million is not.
 */
const checkPrime = 1_048_573;

/** Characters that people take for each other. */
const lookAlikes: Readonly<Record<string, string>> = { O: '0', I: '1', L: '1' };

function valuesOf(secret: Buffer): number[] {
  const values: number[] = [];
  let bits = 0;
  let held = 0;
  for (const byte of secret) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= bitsPerCharacter) {
      bits -= bitsPerCharacter;
      values.push((held >> bits) & 31);
    }
    held &= (1 << bits) - 1;
  }
  return values;
}

function bytesOf(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(recoverySecretLength);
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const value of values) {
    held = (held << bitsPerCharacter) | value;
    bits += bitsPerCharacter;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at] = held >> bits;
    at += 1;
    held &= (1 << bits) - 1;
  }
  return bytes;
}

function remainder(values: readonly number[]): number {
  return values.reduce((rest, value) => (rest * 32 + value) % checkPrime, 0);
}

function numberOf(values: readonly number[]): number {
  return values.reduce((number, value) => number * 32 + value, 0);
}

/**
 * Writes a secret as a code for people: nine groups of four characters, the last group its checksum.
 * @param secret 20 bytes
 * @returns 44 ASCII characters; the caller zeroes them
 */
export function encodeRecoveryCode(secret: Buffer): Buffer {
  const values = valuesOf(secret);
  const check = remainder(values);
  for (let place = checkCharacters - 1; place >= 0; place -= 1) values.push((check >> (place * 5)) & 31);
  const groups = values.length / groupLength;
  const code = Buffer.alloc(values.length + groups - 1, '-');
  values.forEach((value, index) => {
    code.write(alphabet.charAt(value), index + Math.floor(index / groupLength), 'latin1');
  });
  return code;
}

/**
 * Reads a code as people type it: with or without hyphens and spaces, in either case, O for 0, I or L for 1.
 * @returns the secret, 20 bytes; the caller zeroes it
 * @throws KeyholdError `recovery_code_mistyped` when a character is wrong, missing, added or out of place
 */
export function decodeRecoveryCode(text: string): Buffer {
  const characters = text.toUpperCase().replaceAll(/[\s\p{Pd}_]/gu, '');
  const values = Array.from(characters, (character) => alphabet.indexOf(lookAlikes[character] ?? character));
  if (values.length !== secretCharacters + checkCharacters || values.includes(-1)) {
    throw new KeyholdError('recovery_code_mistyped');
  }
  const secret = values.slice(0, secretCharacters);
  if (remainder(secret) !== numberOf(values.slice(secretCharacters))) {
    throw new KeyholdError('recovery_code_mistyped');
  }
  return bytesOf(secret);
}
