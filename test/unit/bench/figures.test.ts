import { describe, expect, it } from 'vitest';
import { selectBenches } from '../../bench/benches.ts';
import { toFigure } from '../../bench/figure.ts';
import { interleavedMedians, median } from '../../bench/rounds.ts';
import { renderTable } from '../../bench/table.ts';

const facts = { id: 'helper', figure: 'get', unit: 'ms', value: 6 };

describe('a median', () => {
  it('is the middle value, whatever their order', () => {
    expect(median([100, 9, 10])).toBe(10);
  });

  it('lies between the two middle values of an even number', () => {
    expect(median([4, 1, 2, 100])).toBe(3);
  });

  it('does not exist of nothing', () => {
    expect(() => median([])).toThrow(/no median/);
  });
});

describe('rounds', () => {
  it('take all measurements in turn, each first in its turn, and count after warming up', async () => {
    const order: string[] = [];
    const take = (name: string, values: number[]) => () => {
      order.push(name);
      return values.shift() ?? NaN;
    };
    const medians = await interleavedMedians(
      { one: take('one', [1000, 1, 2, 3]), other: take('other', [1000, 10, 30, 20]) },
      { warmUp: 1, counted: 3 },
    );
    expect(medians).toEqual({ one: 2, other: 20 });
    expect(order.join(' ')).toBe('one other other one one other other one');
  });
});

describe('a figure', () => {
  it('has its ratio to the peer, and passes up to the goal', () => {
    const goal = { of: 'ratio', atMost: 0.65 } as const;
    expect(toFigure({ ...facts, peer: { name: 'other', value: 10 }, goal })).toEqual({
      id: 'helper',
      figure: 'get',
      unit: 'ms',
      value: 6,
      peer: 'other',
      peerValue: 10,
      ratio: 0.6,
      goal: '<= 0.65 x',
      pass: true,
    });
    expect(toFigure({ ...facts, peer: { name: 'other', value: 9 }, goal }).pass).toBe(false);
  });

  it('passes from the goal on where more is better', () => {
    const goal = { of: 'ratio', atLeast: 2 } as const;
    expect(toFigure({ ...facts, peer: { name: 'other', value: 3 }, goal })).toMatchObject({
      goal: '>= 2 x',
      pass: true,
    });
    expect(toFigure({ ...facts, peer: { name: 'other', value: 4 }, goal }).pass).toBe(false);
  });

  it('can have a goal for its value alone', () => {
    const goal = { of: 'value', atMost: 5 } as const;
    expect(toFigure({ ...facts, goal })).toMatchObject({ peer: null, goal: '<= 5 ms', pass: false });
  });

  it('neither passes nor fails without its peer', () => {
    const goal = { of: 'ratio', atMost: 0.65 } as const;
    expect(toFigure({ ...facts, peer: { name: 'other', value: null }, goal })).toMatchObject({
      ratio: null,
      pass: null,
    });
  });
});

describe('the table', () => {
  it('has one line for each figure, with numbers under each other', () => {
    const goal = { of: 'ratio', atMost: 0.65 } as const;
    const figures = [
      toFigure({ ...facts, value: 8.7, peer: { name: 'keyring', value: 15.4 }, goal }),
      toFigure({ ...facts, figure: 'start', value: 1234.4, peer: { name: 'absent', value: null }, goal }),
    ];
    expect(renderTable(figures).split('\n')).toEqual([
      '| Figure | Unit | Value | Peer    | Peer value |   Ratio | Goal      | Pass |',
      '| ------ | ---- | ----: | ------- | ---------: | ------: | --------- | ---- |',
      '| get    | ms   |  8.70 | keyring |       15.4 | 0.565 x | <= 0.65 x | yes  |',
      '| start  | ms   |  1234 | absent  |          - |       - | <= 0.65 x | -    |',
    ]);
  });
});

describe('the parts', () => {
  it('are all of them, or the named ones', () => {
    expect(selectBenches([]).map(({ name }) => name)).toEqual(expect.arrayContaining(['helper', 'start']));
    expect(selectBenches(['start']).map(({ name }) => name)).toEqual(['start']);
  });

  it('are listed when an unknown one is asked for', () => {
    expect(() => selectBenches(['helper', 'nope'])).toThrow(
      `There is no benchmark "nope". There are: ${selectBenches([])
        .map(({ name }) => name)
        .join(', ')}.`,
    );
  });
});
