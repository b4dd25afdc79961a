import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deriveKey, lengthPrefixed } from '../../../../main/core/vault/bytes.ts';

describe('length-prefixed fields', () => {
  it('give different bytes for different lists', () => {
    const field = fc.oneof(fc.string({ maxLength: 6 }), fc.constant(null));
    const list = fc.array(field, { maxLength: 4 });
    fc.assert(
      fc.property(list, list, (one, other) => {
        const same = JSON.stringify(one) === JSON.stringify(other);
        expect(lengthPrefixed(one).equals(lengthPrefixed(other))).toBe(same);
      }),
      { numRuns: 2000 },
    );
  });

  it('tell null from the empty text', () => {
    expect(lengthPrefixed([null])).toEqual(Buffer.from('ffffffff', 'hex'));
    expect(lengthPrefixed([''])).toEqual(Buffer.from('00000000', 'hex'));
  });
});

describe('HKDF', () => {
  it('gives what RFC 5869 says for SHA-256 without salt', () => {
    // Appendix A.3, its first 32 bytes; there the info is empty.
    const key = deriveKey(Buffer.alloc(22, 0x0b), '');
    expect(key.toString('hex')).toBe('8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d');
  });
});
