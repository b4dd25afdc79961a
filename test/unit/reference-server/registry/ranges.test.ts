import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  parseDownloadRange,
  parseUploadRange,
  uploadProgress,
} from '../../../../reference-server/registry/ranges.ts';

const runs = { numRuns: 1000 };
const number = fc.oneof(
  fc.nat(20).map(String),
  fc.bigInt({ min: 0n, max: 1n << 80n }).map(String),
  fc.constantFrom('', 'x', '-1', ' 1'),
);

function isWhole(text: string): boolean {
  return text !== '' && Array.from(text).every((character) => '0123456789'.includes(character));
}

/** The bytes of a range one by one, as RFC 9110 tells which belong to it; null where it is ignored. */
function oracleBytes(first: string, last: string, size: number): number[] | null {
  if ((first !== '' && !isWhole(first)) || (last !== '' && !isWhole(last)) || first + last === '')
    return null;
  const all = Array.from({ length: size }, (_, at) => at);
  if (first === '') return all.filter((at) => BigInt(at) >= BigInt(size) - BigInt(last));
  if (last !== '' && BigInt(last) < BigInt(first)) return null;
  return all.filter((at) => BigInt(at) >= BigInt(first) && (last === '' || BigInt(at) <= BigInt(last)));
}

describe('the Range of a download', () => {
  it('selects the bytes that a naive reader selects', () => {
    fc.assert(
      fc.property(number, number, fc.nat(20), (first, last, size) => {
        const result = parseDownloadRange(`bytes=${first}-${last}`, size);
        const bytes = oracleBytes(first, last, size);
        const lastOfNothing = size === 0 && first === '' && bytes !== null && BigInt(last) > 0n;
        if (bytes === null || lastOfNothing) expect(result).toBe('whole');
        else if (bytes.length === 0) expect(result).toBe('unsatisfiable');
        else expect(result).toEqual({ start: bytes.at(0), end: bytes.at(-1) });
      }),
      runs,
    );
  });

  it('is ignored in every other form', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.constantFrom('bytes=0-1,2-3', 'bytes', 'bytes=0-1 ')),
        (header) => {
          fc.pre(!/^bytes=\d*-\d*$/i.test(header));
          expect(parseDownloadRange(header, 10)).toBe('whole');
        },
      ),
      runs,
    );
    expect(parseDownloadRange(undefined, 10)).toBe('whole');
  });
});

describe('the Content-Range of a chunk', () => {
  it('is two whole numbers that a file can have, in order', () => {
    fc.assert(
      fc.property(number, fc.constantFrom('-', ' - ', '/'), number, (first, separator, last) => {
        const formed = separator === '-' && isWhole(first) && isWhole(last);
        const good =
          formed && BigInt(first) <= BigInt(last) && BigInt(last) <= BigInt(Number.MAX_SAFE_INTEGER);
        const expected = good ? { start: Number(first), end: Number(last) } : formed ? null : 'malformed';
        expect(parseUploadRange(`${first}${separator}${last}`)).toEqual(expected);
      }),
      runs,
    );
  });

  it('is answered with the bytes that are there, 0-0 for none', () => {
    expect([0, 1, 2, 500].map(uploadProgress)).toEqual(['0-0', '0-0', '0-1', '0-499']);
  });
});
