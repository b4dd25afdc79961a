import { beforeEach, describe, expect, it } from 'vitest';
import { smallContents } from '../../../../reference-server/registry/small-contents.ts';

const part = Buffer.alloc(64 * 1024);
/** So many of these parts fit. */
const capacity = 256;

let contents: ReturnType<typeof smallContents>;
beforeEach(() => {
  contents = smallContents();
});

function fill(from: number, to: number): void {
  for (let at = from; at < to; at++) contents.set(String(at), part);
}

describe('small contents', () => {
  it('are kept, until those that nobody asks for make room', () => {
    fill(0, capacity);
    expect(contents.get('0')).toBe(part);
    fill(capacity, capacity + 2);
    expect(['0', '1', '2', '3'].map((digest) => contents.get(digest) !== undefined)).toEqual([
      ...[true, false, false, true],
    ]);
  });

  it('are small', () => {
    contents.set('large', Buffer.alloc(64 * 1024 + 1));
    expect(contents.get('large')).toBeUndefined();
  });

  it('make room when they are forgotten, and count once', () => {
    fill(0, capacity);
    contents.set('0', part);
    contents.delete('5');
    contents.delete('5');
    expect(contents.get('5')).toBeUndefined();
    fill(capacity, capacity + 1);
    expect(contents.get('0')).toBe(part);
  });
});
