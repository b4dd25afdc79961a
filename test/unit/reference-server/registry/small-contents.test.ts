import { beforeEach, describe, expect, it } from 'vitest';
import { SmallContents } from '../../../../reference-server/registry/small-contents.ts';

const part = Buffer.alloc(64 * 1024);
/** So many of these parts fit. */
const capacity = 256;

let contents: SmallContents;
beforeEach(() => {
  contents = new SmallContents();
});

function fill(from: number, to: number): void {
  for (let at = from; at < to; at++) contents.add(String(at), part);
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
    contents.add('large', Buffer.alloc(64 * 1024 + 1));
    expect(contents.get('large')).toBeUndefined();
  });

  it('make room when they are forgotten, and count once', () => {
    fill(0, capacity);
    contents.add('0', part);
    contents.forget('5');
    contents.forget('5');
    expect(contents.get('5')).toBeUndefined();
    fill(capacity, capacity + 1);
    expect(contents.get('0')).toBe(part);
  });
});
