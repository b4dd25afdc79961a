import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatTtl, parseTtl } from '../../../../main/core/tokens/ttl.ts';

describe('a token life as people type it', () => {
  it.each([
    ['24h', 86_400],
    ['90m', 5400],
    ['1h30m', 5400],
    ['3600s', 3600],
    ['1h0m5s', 3605],
    [' 2H ', 7200],
    ['0s', 0],
  ])('%j is %i seconds', (text, seconds) => {
    expect(parseTtl(text)).toBe(seconds);
  });

  it.each([
    '',
    ' ',
    '3600',
    'h',
    '1',
    '1h30',
    '30m1h',
    '1h1h',
    '1.5h',
    '-1h',
    '+1h',
    '1 h',
    '1d',
    '1h,30m',
    '１h',
    '876001h',
    '9007199254740993s',
    `${'9'.repeat(400)}h`,
  ])('refuses %j', (text) => {
    expect(parseTtl(text)).toBeNull();
  });

  it('reads back what it writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000_000 }), (seconds) => {
        expect(parseTtl(formatTtl(seconds))).toBe(seconds);
      }),
    );
  });

  it('writes the short form', () => {
    expect([86_400, 5400, 60, 3605, 0].map(formatTtl)).toEqual(['24h', '1h30m', '1m', '1h5s', '0s']);
  });
});
