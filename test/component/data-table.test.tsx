import { MantineProvider } from '@mantine/core';
import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import fc from 'fast-check';
import { Trash2 } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { DataTable, type Column, type Filter } from '../../renderer/ui/data-table.tsx';
import { theme } from '../../renderer/ui/theme.ts';

interface Thing {
  id: string;
  name: string;
  size: number | null;
}

const columns: readonly Column<Thing>[] = [
  { head: 'Name', orderBy: ({ name }) => name, cell: (_thing, name) => name },
  { head: 'Size', orderBy: ({ size }) => size, cell: ({ size }) => size ?? 'None' },
  { head: 'Plain', cell: () => 'same' },
];

const filter: Filter<Thing> = {
  label: 'Filter by name',
  noun: 'things',
  noMatch: 'No thing matches.',
  from: 1,
  wordsOf: ({ name }) => [name],
};

const none: ReadonlySet<string> = new Set();

interface TableProps {
  things: readonly Thing[] | undefined;
  error?: unknown;
  refetch?: () => void;
  selects?: 'one' | 'several';
  onOpen?: (thing: Thing) => void;
  onMenu?: (thing: Thing) => void;
}

function Things(props: TableProps): ReactNode {
  const { things, error = null, refetch = () => undefined, selects, onOpen, onMenu } = props;
  const [ids, setIds] = useState(none);
  return (
    <MantineProvider theme={theme}>
      <DataTable
        label="Things"
        columns={columns}
        list={{ data: things, error, refetch, dataUpdatedAt: Date.now() - 120_000 }}
        idOf={({ id }) => id}
        nameOf={({ name }) => name}
        filter={filter}
        empty={<p>Nothing yet</p>}
        {...(onOpen && { onOpen })}
        {...(selects && { selection: { kind: selects, ids, onChange: setIds } })}
        {...(onMenu && {
          menuOf: (thing: Thing) => [
            {
              label: 'Delete',
              icon: Trash2,
              run: () => {
                onMenu(thing);
              },
            },
          ],
        })}
      />
    </MantineProvider>
  );
}

function things(count: number): Thing[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `t${String(index + 1)}`,
    name: `thing ${String(index + 1)}`,
    size: index,
  }));
}

function bodyRows(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>('tbody tr[data-index]')];
}

function boxOf(row: Element | undefined): HTMLInputElement {
  const box = row?.querySelector('input');
  if (!box) throw new Error('a row without a box');
  return box;
}

function focused(): string {
  return document.activeElement?.textContent ?? '';
}

describe('sorting, filtering and selecting', () => {
  const thing = fc.record({
    name: fc.constantFrom('alpha', 'beta', 'alpha beta', 'key 9', 'key 10', 'Alpha'),
    size: fc.option(fc.integer({ min: 0, max: 3 })),
  });
  const step = fc.oneof(
    fc.record({ do: fc.constant('sort' as const), head: fc.constantFrom('Name' as const, 'Size' as const) }),
    fc.record({
      do: fc.constant('filter' as const),
      query: fc.constantFrom('', 'a', 'BETA al', 'key', 'zzz'),
    }),
    fc.record({ do: fc.constant('select' as const), at: fc.nat(8) }),
    fc.record({ do: fc.constant('all' as const) }),
  );

  /** What the table shall show, by the plainest means: the least of the rest is taken until none is left. */
  function oracle(
    all: readonly Thing[],
    query: string,
    head: 'Name' | 'Size' | null,
    down: boolean,
  ): string[] {
    const rest = all.filter(({ name }) =>
      query.split(' ').every((word) => name.toLowerCase().includes(word.toLowerCase())),
    );
    if (head === null) return rest.map(({ id }) => id);
    const before = (a: Thing, b: Thing): boolean => {
      if (head === 'Size') {
        if (a.size === null || b.size === null) return a.size !== null && b.size === null;
        return down ? a.size > b.size : a.size < b.size;
      }
      const rank = ['alpha', 'Alpha', 'alpha beta', 'beta', 'key 9', 'key 10'];
      const [x, y] = [rank.indexOf(a.name), rank.indexOf(b.name)];
      return down ? x > y : x < y;
    };
    const sorted: string[] = [];
    while (rest.length > 0) {
      let least = 0;
      rest.forEach((candidate, index) => {
        const best = rest[least];
        if (best !== undefined && before(candidate, best)) least = index;
      });
      sorted.push(...rest.splice(least, 1).map(({ id }) => id));
    }
    return sorted;
  }

  it('shows and selects what a plain reckoning says, whatever is clicked', () => {
    fc.assert(
      fc.property(
        fc.array(thing, { minLength: 1, maxLength: 8 }),
        fc.array(step, { maxLength: 7 }),
        (made, steps) => {
          cleanup();
          const all = made.map((each, index) => ({ ...each, id: String(index) }));
          render(<Things things={all} selects="several" />);
          let query = '';
          let head: 'Name' | 'Size' | null = null;
          let down = false;
          const selected = new Set<string>();
          for (const taken of steps) {
            const shown = oracle(all, query, head, down);
            if (taken.do === 'filter') {
              query = taken.query;
              fireEvent.change(screen.getByLabelText('Filter by name'), { target: { value: query } });
            } else if (shown.length === 0) {
              continue;
            } else if (taken.do === 'sort') {
              if (head !== taken.head) [head, down] = [taken.head, false];
              else if (down) [head, down] = [null, false];
              else down = true;
              fireEvent.click(screen.getByText(taken.head));
            } else if (taken.do === 'select') {
              const at = taken.at % shown.length;
              const id = shown[at] ?? '';
              if (!selected.delete(id)) selected.add(id);
              fireEvent.click(boxOf(bodyRows()[at]));
            } else {
              const every = shown.every((id) => selected.has(id));
              for (const id of shown) {
                if (every) selected.delete(id);
                else selected.add(id);
              }
              fireEvent.click(screen.getByLabelText('Select all'));
            }
          }
          const shown = oracle(all, query, head, down);
          const names = shown.map((id) => all[Number(id)]?.name);
          expect(bodyRows().map((row) => row.querySelectorAll('td')[1]?.textContent)).toEqual(names);
          expect(bodyRows().map((row) => boxOf(row).checked)).toEqual(shown.map((id) => selected.has(id)));
        },
      ),
      { numRuns: 25 },
    );
  });

  it('keeps its order while nothing matches the filter', () => {
    render(<Things things={things(3)} />);
    fireEvent.click(screen.getByText('Size'));
    fireEvent.click(screen.getByText('Size'));
    for (const value of ['zzz', '']) {
      fireEvent.change(screen.getByLabelText('Filter by name'), { target: { value } });
    }
    expect(bodyRows().map((row) => row.querySelector('td')?.textContent)).toEqual([
      'thing 3',
      'thing 2',
      'thing 1',
    ]);
  });

  it('says to screen readers which column is sorted, and how', async () => {
    const user = userEvent.setup({ delay: null });
    render(<Things things={things(3)} />);
    const head = screen.getByRole('columnheader', { name: 'Size' });
    const said: (string | null)[] = [];
    for (let clicks = 0; clicks < 3; clicks++) {
      await user.click(within(head).getByRole('button'));
      said.push(head.getAttribute('aria-sort'));
    }
    expect(said).toEqual(['ascending', 'descending', null]);
    expect(within(screen.getByRole('columnheader', { name: 'Plain' })).queryByRole('button')).toBeNull();
  });

  it('of one row at a time lets go of the one before', async () => {
    const user = userEvent.setup({ delay: null });
    render(<Things things={things(3)} selects="one" />);
    for (const name of ['Select thing 1', 'Select thing 3']) {
      await user.click(screen.getByRole('checkbox', { name }));
    }
    expect(screen.getAllByRole('checkbox', { checked: true })).toEqual([
      screen.getByRole('checkbox', { name: 'Select thing 3' }),
    ]);
    expect(screen.queryByRole('checkbox', { name: 'Select all' })).toBeNull();
  });
});

describe('a thousand rows', () => {
  it('are drawn as far as they are in sight, and walked through by keys to both ends', async () => {
    const user = userEvent.setup({ delay: null });
    const onOpen = vi.fn();
    render(<Things things={things(1000)} onOpen={onOpen} />);
    expect(bodyRows().length).toBeLessThan(60);
    expect(screen.getByRole('table').getAttribute('aria-rowcount')).toBe('1001');
    screen.getByRole('button', { name: 'thing 1' }).focus();
    const walk = [
      ['{ArrowDown}{ArrowDown}', 'thing 3'],
      ['{ArrowUp}', 'thing 2'],
      ['{PageDown}', 'thing 12'],
      ['{End}', 'thing 1000'],
      ['{ArrowDown}', 'thing 1000'],
      ['{PageUp}', 'thing 990'],
      ['{Home}', 'thing 1'],
      ['{ArrowUp}', 'thing 1'],
      ['{End}', 'thing 1000'],
    ];
    for (const [keys = '', name] of walk) {
      await user.keyboard(keys);
      expect(focused()).toBe(name);
    }
    expect(document.activeElement?.closest('tr')?.getAttribute('aria-rowindex')).toBe('1001');
    await user.keyboard('{Enter}');
    expect(onOpen).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ id: 't1000' }));
  });

  it('are one stop of the Tab key, wherever in them the focus was', async () => {
    const user = userEvent.setup({ delay: null });
    render(<Things things={things(1000)} onOpen={vi.fn()} />);
    screen.getByRole('button', { name: 'thing 1' }).focus();
    await user.keyboard('{ArrowDown}{ArrowDown}');
    const stops = bodyRows().flatMap((row) => [...row.querySelectorAll('[tabindex="0"]')]);
    expect(stops).toEqual([document.activeElement]);
  });
});

describe('the focus', () => {
  it('stays with its row when the rows are read anew in another order', () => {
    const { rerender } = render(<Things things={things(5)} onOpen={vi.fn()} />);
    screen.getByRole('button', { name: 'thing 4' }).focus();
    rerender(<Things things={things(5).toReversed()} onOpen={vi.fn()} />);
    expect(focused()).toBe('thing 4');
  });

  it('goes to the row that takes the place of one that is gone, and to the last after the last', () => {
    const { rerender } = render(<Things things={things(5)} onOpen={vi.fn()} />);
    screen.getByRole('button', { name: 'thing 4' }).focus();
    rerender(<Things things={things(5).filter(({ id }) => id !== 't4')} onOpen={vi.fn()} />);
    expect(focused()).toBe('thing 5');
    rerender(<Things things={things(3)} onOpen={vi.fn()} />);
    expect(focused()).toBe('thing 3');
  });

  it('is not taken back when it was elsewhere', () => {
    const { rerender } = render(<Things things={things(5)} onOpen={vi.fn()} />);
    screen.getByRole('button', { name: 'thing 4' }).focus();
    screen.getByLabelText('Filter by name').focus();
    rerender(<Things things={things(3)} onOpen={vi.fn()} />);
    expect(document.activeElement).toBe(screen.getByLabelText('Filter by name'));
  });
});

describe('a row', () => {
  it('is opened by a click anywhere in it, selected by the space bar, and neither by its box or menu', async () => {
    const user = userEvent.setup({ delay: null });
    const onOpen = vi.fn();
    const onMenu = vi.fn();
    render(<Things things={things(3)} selects="several" onOpen={onOpen} onMenu={onMenu} />);
    const [first = document.body] = bodyRows();
    await user.click(within(first).getByText('same'));
    expect(onOpen).toHaveBeenCalledTimes(1);
    screen.getByRole('button', { name: 'thing 1' }).focus();
    await user.keyboard(' ');
    expect(screen.getByRole('checkbox', { name: 'Select thing 1' })).toHaveProperty('checked', true);
    await user.click(screen.getByRole('checkbox', { name: 'Select thing 1' }));
    await user.click(within(first).getByRole('button', { name: 'Actions for thing 1' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Delete' }));
    expect(onMenu).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ id: 't1' }));
    expect(onOpen).toHaveBeenCalledTimes(1);
  });

  it('is left to the keys of its own open menu', async () => {
    const user = userEvent.setup({ delay: null });
    render(<Things things={things(3)} onOpen={vi.fn()} onMenu={vi.fn()} />);
    screen.getByRole('button', { name: 'Actions for thing 1' }).focus();
    await user.keyboard('{ArrowDown}');
    expect(document.activeElement?.closest('tr')).toBe(bodyRows()[1]);
    await user.keyboard('{Enter}');
    await screen.findByRole('menuitem', { name: 'Delete' });
    await user.keyboard('{End}');
    expect(bodyRows()[1]?.contains(document.activeElement)).toBe(true);
  });
});

describe('without rows', () => {
  it('it says that they are read, why they could not be, or that there are none', async () => {
    const user = userEvent.setup({ delay: null });
    const refetch = vi.fn();
    const { rerender } = render(<Things things={undefined} />);
    screen.getByRole('status', { name: 'Loading' });
    rerender(<Things things={undefined} error={new Error('no')} refetch={refetch} />);
    expect(screen.queryByRole('status', { name: 'Loading' })).toBeNull();
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(refetch).toHaveBeenCalledOnce();
    expect(screen.queryByText(/^What is listed/)).toBeNull();
    rerender(<Things things={things(3)} error={new Error('no')} />);
    expect(screen.getByText(/^What is listed/).textContent).toBe('What is listed was read 2 minutes ago.');
    expect(screen.getAllByRole('row')).toHaveLength(4);
    rerender(<Things things={[]} />);
    screen.getByText('Nothing yet');
    expect(screen.queryByRole('table')).toBeNull();
  });

  it('of those that the filter leaves it says that none matches', () => {
    render(<Things things={things(9)} />);
    fireEvent.change(screen.getByLabelText('Filter by name'), { target: { value: 'zzz' } });
    screen.getByText('No thing matches.');
    expect(screen.getByRole('status').textContent).toBe('0 of 9 things');
  });
});
