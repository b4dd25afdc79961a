import { describe, expect, it } from 'vitest';
import { SeenNames } from '../../../main/core/service/seen-names.ts';

describe('the names that services were seen to use', () => {
  it('are those of their own context, and gone once forgotten', () => {
    const seen = new SeenNames();
    seen.note('here', [['u_1', 'maya']]);
    expect([seen.of('here', 'u_1'), seen.of('there', 'u_1')]).toEqual(['maya (u_1)', 'u_1']);
    seen.clear();
    expect(seen.of('here', 'u_1')).toBe('u_1');
  });

  it('that were read last stay, however many come', () => {
    const seen = new SeenNames();
    const many = (from: string, count: number) =>
      Array.from({ length: count }, (_, index) => [`${from}${String(index)}`, 'x'] as const);
    seen.note('here', [
      ['u_1', 'maya'],
      ['u_2', 'old'],
    ]);
    seen.note('here', many('a', 19_998));
    seen.note('here', [['u_1', 'maya']]);
    seen.note('here', many('b', 19_000));
    expect([seen.of('here', 'u_1'), seen.of('here', 'u_2')]).toEqual(['maya (u_1)', 'u_2']);
  });

  it('leave room for what stands behind them in the log', () => {
    const seen = new SeenNames();
    seen.note('here', [['u_1', 'x'.repeat(1_000_000)]]);
    const words = seen.of('here', 'u_1');
    expect(words).toHaveLength(120 + ' (u_1)'.length);
    expect(words).toMatch(/… \(u_1\)$/);
  });
});
