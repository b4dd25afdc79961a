import { expect, it, vi } from 'vitest';
import { Floods } from '../../../reference-server/limits/floods.ts';

let time = 0;
const floods = () => new Floods(() => new Date(time), { failures: 2, windowSeconds: 60 });

it('tells the first of a kind, and the rest as a number when the window is over', async () => {
  const [flood, told] = [floods(), [] as [string, number][]];
  const note = (kind: string, word: string) =>
    flood.note(kind, (more) => Promise.resolve(void told.push([word, more])));
  for (const word of ['a', 'b', 'c', 'd', 'e']) await note('one', word);
  await note('two', 'other');
  expect(told).toEqual([
    ['a', 0],
    ['b', 0],
    ['other', 0],
  ]);
  await flood.flush();
  expect(told.slice(3)).toEqual([['e', 2]]);
  await flood.flush();
  expect(told).toHaveLength(4);
  time += 61_000;
  await note('one', 'f');
  expect(told.at(-1)).toEqual(['f', 0]);
});

it('tells by itself, also where one cannot be told', async () => {
  vi.useFakeTimers();
  try {
    const [flood, told] = [floods(), [] as number[]];
    for (let count = 0; count < 4; count += 1) {
      await flood.note('one', (more) => Promise.resolve(void told.push(more)));
      await flood.note('two', () => (count < 2 ? Promise.resolve() : Promise.reject(new Error('gone'))));
    }
    await vi.advanceTimersByTimeAsync(60_000);
    expect(told).toEqual([0, 0, 1]);
  } finally {
    vi.useRealTimers();
  }
});

it('counts no more kinds than it has room for', async () => {
  const [flood, told] = [floods(), vi.fn(() => Promise.resolve())];
  for (let round = 0; round < 4; round += 1) {
    for (let kind = 0; kind < 1200; kind += 1) await flood.note(String(kind), told);
  }
  told.mockClear();
  await flood.flush();
  expect(told).toHaveBeenCalledTimes(1000);
});
