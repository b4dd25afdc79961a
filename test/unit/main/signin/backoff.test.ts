import { describe, expect, it } from 'vitest';
import type { Random } from '../../../../main/core/ports.ts';
import { pauseBeforeTry } from '../../../../main/core/signin/backoff.ts';

function alwaysByte(byte: number): Random {
  return {
    bytes: (length) => Buffer.alloc(length, byte),
    uuid: () => '00000000-0000-4000-8000-000000000000',
  };
}

const pauses = (random: Random): number[] =>
  [1, 2, 3, 4, 5, 6, 500].map((tries) => pauseBeforeTry(tries, null, random));

describe('the pause before the next try', () => {
  it('doubles from one second to fifteen, a fifth shorter or longer by chance', () => {
    expect(pauses(alwaysByte(0x00))).toEqual([800, 1600, 3200, 6400, 12_000, 12_000, 12_000]);
    expect(pauses(alwaysByte(0xff))).toEqual([1200, 2400, 4800, 9600, 18_000, 18_000, 18_000]);
  });

  it('is as long as the service asks, but ten minutes at most', () => {
    expect(pauseBeforeTry(1, 60_000, alwaysByte(0))).toBe(60_000);
    expect(pauseBeforeTry(1, 10, alwaysByte(0))).toBe(800);
    expect(pauseBeforeTry(1, 86_400_000, alwaysByte(0))).toBe(600_000);
  });
});
