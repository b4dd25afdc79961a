import { describe, expect, it, vi } from 'vitest';
import { lineSchema } from '../../../contracts/server-api/primitives.ts';

const line = lineSchema(1, 64);

describe('a line of text', () => {
  it.each(['e\u0301', 'Tiệ\u0302p', '\u03b9\u0308\u0301'.repeat(64), '가'.normalize('NFD').repeat(64)])(
    'has one spelling, however long the other one is: %j',
    (text) => {
      const spelled = text.normalize('NFC');
      expect(line.safeParse(text)).toEqual(line.safeParse(spelled));
      if (spelled.length <= 64) expect(line.parse(text)).toBe(spelled);
    },
  );

  it('that is too long in any spelling is refused without a look for another one', () => {
    const normalize = vi.spyOn(String.prototype, 'normalize');
    // In order, these would be sorted one by one: seconds, for what a request can send.
    const marks = `a${'\u0301'.repeat(15_000)}${'\u0316'.repeat(15_000)}`;
    const { error } = line.safeParse(marks);
    const lengths = normalize.mock.contexts.map((text) => String(text).length);
    normalize.mockRestore();
    expect(error?.issues[0]).toMatchObject({ code: 'too_big', maximum: 64 });
    expect(lengths.filter((length) => length > 1000)).toEqual([]);
  });
});
