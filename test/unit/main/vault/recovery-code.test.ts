import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeRecoveryCode, encodeRecoveryCode } from '../../../../main/core/vault/recovery-code.ts';

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const secrets = fc.uint8Array({ minLength: 20, maxLength: 20 }).map((bytes) => Buffer.from(bytes));

function codeOf(secret: Buffer): string {
  return encodeRecoveryCode(secret).toString('latin1');
}

function mistyped(text: string): boolean {
  try {
    decodeRecoveryCode(text);
    return false;
  } catch (error) {
    return error instanceof Error && error.message === 'recovery_code_mistyped';
  }
}

function replaceAt(text: string, index: number, character: string): string {
  return text.slice(0, index) + character + text.slice(index + 1);
}

describe('a recovery code', () => {
  it('is nine groups of four characters of Crockford’s alphabet, for known secrets', () => {
    expect(codeOf(Buffer.alloc(20))).toBe('0000-0000-0000-0000-0000-0000-0000-0000-0000');
    // 2^160 - 1 modulo 2^20 - 3 is 3^8 - 1, for 2^20 is 3 there; 6560 is 6 * 32^2 + 13 * 32.
    expect(codeOf(Buffer.alloc(20, 0xff))).toBe('ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-06D0');
    expect(codeOf(Buffer.from('0123456789abcdef0123456789abcdef01234567', 'hex'))).toBe(
      '04HM-ASW9-NF6Y-Y093-8NKR-KAYD-XW0J-6HB7-RFMY',
    );
  });

  it('gives its secret back', () => {
    fc.assert(
      fc.property(secrets, (secret) => {
        expect(decodeRecoveryCode(codeOf(secret)).equals(secret)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('is read in any case, with any hyphens and spaces, and with look-alikes', () => {
    const filler = fc.array(fc.constantFrom('', ' ', '-', ' – ', '\n', '_'), {
      minLength: 36,
      maxLength: 36,
    });
    const swap: Readonly<Record<string, readonly string[]>> = {
      '0': ['O', 'o', '0'],
      '1': ['I', 'l', 'L', 'i'],
    };
    fc.assert(
      fc.property(secrets, filler, fc.boolean(), fc.nat(), (secret, between, lower, pick) => {
        const plain = codeOf(secret).replaceAll('-', '');
        const typed = Array.from(plain, (character, index) => {
          const forms = swap[character] ?? [lower ? character.toLowerCase() : character];
          return `${forms[pick % forms.length] ?? ''}${between[index] ?? ''}`;
        }).join('');
        expect(decodeRecoveryCode(typed).equals(secret)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('is refused with any one character wrong: every place, every character', () => {
    fc.assert(
      fc.property(secrets, (secret) => {
        const plain = codeOf(secret).replaceAll('-', '');
        for (let index = 0; index < plain.length; index += 1) {
          for (const character of alphabet) {
            if (character !== plain.charAt(index))
              expect(mistyped(replaceAt(plain, index, character))).toBe(true);
          }
        }
      }),
      { numRuns: 25 },
    );
  });

  it('is refused with any two neighbours exchanged', () => {
    fc.assert(
      fc.property(secrets, (secret) => {
        const plain = codeOf(secret).replaceAll('-', '');
        for (let index = 0; index + 1 < plain.length; index += 1) {
          const [one, two] = [plain.charAt(index), plain.charAt(index + 1)];
          const swapped = replaceAt(replaceAt(plain, index, two), index + 1, one);
          if (one !== two) expect(mistyped(swapped)).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['nothing', ''],
    ['one character missing', '0000-0000-0000-0000-0000-0000-0000-0000-000'],
    ['one character too many', '0000-0000-0000-0000-0000-0000-0000-0000-0000-0'],
    ['a letter that it never has', 'U000-0000-0000-0000-0000-0000-0000-0000-0000'],
    ['a sign', '0000-0000-0000-0000-0000-0000-0000-0000-000*'],
    ['an emoji', '0000-0000-0000-0000-0000-0000-0000-0000-00🔑'],
  ])('is refused with %s', (_what, text) => {
    expect(mistyped(text)).toBe(true);
  });

  it('never breaks on any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(mistyped(text)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
