import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leastUlid, nextUlid, ulidPattern } from '../../../../reference-server/events/ulid.ts';

/** Up to the last moment that a ULID can tell, in the year 10889. */
const times = fc.integer({ min: 0, max: 2 ** 48 - 1 }).map((time) => new Date(time));
const timePart = (ulid: string) =>
  Array.from(ulid.slice(0, 10)).reduce(
    (value, digit) => value * 32 + '0123456789ABCDEFGHJKMNPQRSTVWXYZ'.indexOf(digit),
    0,
  );

describe('a ULID', () => {
  it('tells its moment, and is never less than the least of it', () => {
    fc.assert(
      fc.property(times, (time) => {
        const ulid = nextUlid(time, null);
        expect(ulid).toMatch(ulidPattern);
        expect(timePart(ulid)).toBe(time.getTime());
        expect(leastUlid(time) <= ulid).toBe(true);
        expect(timePart(leastUlid(time))).toBe(time.getTime());
      }),
    );
  });

  it('comes behind the one before as text, whatever the clock does', () => {
    fc.assert(
      fc.property(fc.array(times, { minLength: 2, maxLength: 50 }), (moments) => {
        let last: string | null = null;
        for (const moment of moments) {
          const next = nextUlid(moment, last);
          expect(next).toMatch(ulidPattern);
          if (last !== null) expect(next > last).toBe(true);
          last = next;
        }
      }),
    );
  });

  it('is the one before and one more in the same millisecond, and in an earlier one', () => {
    const now = new Date(1_700_000_000_000);
    expect(nextUlid(now, '01HF7YAT00ZZZZZZZZZZZZZZZY')).toBe('01HF7YAT00ZZZZZZZZZZZZZZZZ');
    expect(nextUlid(now, '01HF7YAT00ZZZZZZZZZZZZZZZZ')).toBe('01HF7YAT010000000000000000');
    expect(nextUlid(new Date(0), '01HF7YAT000000000000000009')).toBe('01HF7YAT00000000000000000A');
  });
});
