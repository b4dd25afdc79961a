import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accessVia } from '../../contracts/server-api/access/matrix.ts';
import {
  accessWords,
  actionNames,
  actionsOf,
  bitsOf,
  levelOf,
  levels,
  nextLevel,
} from '../../renderer/features/access/model/levels.ts';
import { blockOf, blockSide, cellIn } from '../../renderer/features/access/model/cells.ts';
import { shortName } from '../../renderer/features/access/model/grid-lines.ts';
import {
  batchOf,
  cellKey,
  takenBack,
  withChanges,
  without,
  type PendingChange,
  type PendingState,
} from '../../renderer/features/access/model/pending.ts';
import { nothingPending } from '../../renderer/features/access/model/prepared-work.ts';
import { areaOf, isIn, moved, within, type Selected } from '../../renderer/ui/grid/selection.ts';
import { cellWords, effectWords, nameWords } from '../../renderer/features/access/model/change-words.ts';
import { offeredLevels } from '../../renderer/features/access/requests/request-words.ts';
import { samplePrincipal } from '../support/world-access.ts';

const anyBits = fc.integer({ min: 0, max: 15 });

describe('levels', () => {
  it('that a request is approved with are what was asked for, then each that is less and none that is more', () => {
    for (let bits = 1; bits < 16; bits++) {
      const asked = bitsOf(actionsOf(bits));
      const [first, ...others] = offeredLevels(asked).map((offered) => offered.bits);
      expect(first).toBe(asked);
      const less = levels.map((level) => level.bits).filter((level) => level !== 0 && level !== asked);
      expect(others.toReversed()).toEqual(
        less.filter((level) => actionsOf(level).every((action) => actionsOf(asked).includes(action))),
      );
    }
  });

  it('of any actions: admin is all, each action is kept, and a word tells sets apart', () => {
    const words = new Map<string, number>();
    for (let bits = 0; bits < 16; bits++) {
      const actions = actionNames.filter((_name, index) => (bits & (1 << index)) !== 0);
      const told = bitsOf(actions);
      expect(actionsOf(told)).toEqual(actions.includes('admin') ? actionNames : actions);
      const word = accessWords(told);
      expect(words.get(word) ?? told).toBe(told);
      words.set(word, told);
    }
    expect(accessWords(bitsOf(['write']))).toBe('push, without pull');
    expect(accessWords(bitsOf(['read', 'delete']))).toBe('pull and delete, without push');
  });

  it('come round by clicks, and a set that is none becomes the weakest level that has all of it', () => {
    fc.assert(
      fc.property(anyBits, (bits) => {
        const told = bitsOf(actionsOf(bits));
        const next = levels[nextLevel(told)]?.bits ?? -1;
        if (levelOf(told) === null) {
          const wider = levels.filter((level) => (level.bits & told) === told);
          expect(next).toBe(wider[0]?.bits);
        } else {
          let at = told;
          levels.forEach(() => (at = levels[nextLevel(at)]?.bits ?? -1));
          expect(at).toBe(told);
          expect(next).not.toBe(told);
        }
      }),
    );
  });
});

describe('a part of the matrix', () => {
  const hex = (length: number) =>
    fc.array(fc.integer({ min: 0, max: 15 }), { minLength: length, maxLength: length });

  it('says of each cell what was told of it, and of others nothing', () => {
    const sizes = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 7 }));
    const parts = sizes.chain(([rows, columns]) =>
      fc.array(fc.tuple(hex(columns), hex(columns), hex(columns)), { minLength: rows, maxLength: rows }),
    );
    fc.assert(
      fc.property(parts, (told) => {
        const text = (digits: readonly number[]) => digits.map((digit) => digit.toString(16)).join('');
        const block = blockOf(
          {
            version: 'v',
            principals: [],
            repositories: [],
            rows: told.map(([access, direct, via]) => ({
              ...{ access: text(access), direct: text(direct), via: text(via) },
            })),
            ends: [{ row: 0, column: 0, direct: '2027-01-01T00:00:00Z', access: null }],
          },
          1,
        );
        told.forEach(([access, direct, via], row) => {
          access.forEach((digit, column) => {
            const cell = cellIn(block, row + 3 * blockSide, column + blockSide);
            expect(actionsOf(cell.access)).toEqual(actionsOf(digit));
            expect(actionsOf(cell.direct)).toEqual(actionsOf(direct[column] ?? 0));
            expect(cell.via).toBe(via[column]);
            expect(cell.directEnd).toBe(row === 0 && column === 0 ? '2027-01-01T00:00:00Z' : null);
          });
        });
        expect(cellIn(block, told.length, 0).access).toBe(0);
      }),
    );
  });
});

/** What a person would keep on paper: each cell as it was first seen and as it shall be, after each deed. */
class Paper {
  readonly was = new Map<string, string>();
  #pages = [new Map<string, string>()];

  get shall(): Map<string, string> {
    return this.#pages.at(-1) ?? new Map<string, string>();
  }

  write(changes: readonly PendingChange[]): void {
    const page = new Map(this.shall);
    for (const { principal, repository, was, shall } of changes) {
      const key = cellKey(principal, repository);
      if (!page.has(key)) this.was.set(key, JSON.stringify(was));
      const wanted = JSON.stringify(shall.bits === 0 ? { bits: 0, end: null } : shall);
      if (wanted === this.was.get(key)) page.delete(key);
      else page.set(key, wanted);
    }
    if (JSON.stringify([...page].sort()) !== JSON.stringify([...this.shall].sort())) this.#pages.push(page);
  }

  tearOff(): void {
    if (this.#pages.length > 1) this.#pages.pop();
  }
}

describe('pending changes', () => {
  const terms = fc.record({
    bits: fc.constantFrom(...levels.map(({ bits }) => bits)),
    end: fc.constantFrom(null, '2027-01-01T00:00:00Z'),
  });
  const wholeTerms = terms.map(({ bits, end }) => ({ bits, end: bits === 0 ? null : end }));
  // What is there does not change while somebody works.
  const world = fc.array(wholeTerms, { minLength: 6, maxLength: 6 });
  const deeds = fc.array(
    fc.oneof(
      fc.constant('back' as const),
      fc.array(fc.tuple(fc.nat(2), fc.nat(1), terms), { minLength: 1, maxLength: 4 }),
    ),
    { maxLength: 12 },
  );

  it('are those of a list on paper, whatever is done and taken back', () => {
    fc.assert(
      fc.property(world, deeds, (there, done) => {
        const paper = new Paper();
        let state: PendingState = nothingPending;
        for (const each of done) {
          if (each === 'back') {
            state = takenBack(state);
            paper.tearOff();
            continue;
          }
          const changes = each.map(([row, column, shall]) => ({
            ...{ principal: `user:${row}`, repository: `acme/${column}`, shall },
            was: there[row * 2 + column] ?? { bits: 0, end: null },
            seen: { version: 'v', turn: 1 },
          }));
          state = withChanges(state, changes);
          paper.write(changes);
        }
        const shall = [...state.changes].map(([key, change]) => [key, JSON.stringify(change.shall)]);
        expect(new Map(shall as [string, string][])).toEqual(paper.shall);
      }),
    );
  });

  const change = (name: string, turn: number): PendingChange => ({
    ...{ principal: 'user:1', repository: name, was: { bits: 0, end: null }, shall: { bits: 3, end: null } },
    seen: { version: `v${turn}`, turn },
  });

  it('are sent with the version that was seen first, in the order in which they were made', () => {
    const { changes } = withChanges(nothingPending, [change('a', 7), change('b', 4), change('c', 9)]);
    const batch = batchOf(changes);
    expect(batch.version).toBe('v4');
    expect(batch.changes.map(({ repository }) => repository)).toEqual(['a', 'b', 'c']);
    expect(batch.changes[0]).toEqual({
      ...{ principal: 'user:1', repository: 'a', actions: ['read', 'write'], expiresAt: null },
    });
  });

  it('that are left out come back with the last deed', () => {
    const state = without(withChanges(nothingPending, [change('a', 1), change('b', 1)]), [
      cellKey('user:1', 'a'),
    ]);
    expect([...state.changes.values()].map(({ repository }) => repository)).toEqual(['b']);
    expect(takenBack(state).changes.size).toBe(2);
  });
});

describe('a selection', () => {
  const sizes = fc.record({ rows: fc.integer({ min: 1, max: 9 }), columns: fc.integer({ min: 1, max: 9 }) });
  const place = fc.record({
    row: fc.integer({ min: -1, max: 12 }),
    column: fc.integer({ min: -1, max: 12 }),
  });
  const selections = fc.record({
    from: place,
    to: place,
    whole: fc.constantFrom<Selected['whole']>(null, 'rows', 'columns'),
  });

  it('has the cells between both places, and lies within the grid', () => {
    fc.assert(
      fc.property(selections, sizes, (asked, size) => {
        const { from, to, whole } = within(asked, size);
        const area = areaOf({ from, to, whole }, size);
        for (let row = 0; row < size.rows; row++)
          for (let column = 0; column < size.columns; column++) {
            const between = (at: number, one: number, other: number): boolean =>
              at >= Math.min(one, other) && at <= Math.max(one, other);
            const inRows = whole === 'columns' || between(row, from.row, to.row);
            const inColumns = whole === 'rows' || between(column, from.column, to.column);
            expect(isIn(area, row, column)).toBe(inRows && inColumns);
          }
      }),
    );
  });

  it('moves within the grid and its heads, and never into the corner', () => {
    const keys = fc.constantFrom(
      ...['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Home', 'End', 'PageUp', 'PageDown'],
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(keys, fc.boolean()), { maxLength: 30 }), sizes, (pressed, size) => {
        let at = { row: 0, column: 0 };
        for (const [key, ctrlKey] of pressed) {
          at = moved(at, { key, ctrlKey }, size, 4) ?? at;
          expect(at.row).toBeGreaterThanOrEqual(-1);
          expect(at.column).toBeGreaterThanOrEqual(-1);
          expect(at.row).toBeLessThan(size.rows);
          expect(at.column).toBeLessThan(size.columns);
          expect(at).not.toEqual({ row: -1, column: -1 });
        }
      }),
    );
  });
});

describe('the name of a repository in a head', () => {
  it('has no organization, keeps both ends, and is short', () => {
    expect(shortName('acme/web', 'acme', 20)).toBe('web');
    expect(shortName('northwind/web', 'acme', 20)).toBe('northwind/web');
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 300, unit: 'grapheme' }), (own) => {
        const shown = shortName(`acme/${own}`, 'acme', 20);
        expect(Array.from(shown).length).toBeLessThanOrEqual(20);
        const [begin = '', end = ''] = shown.split('…');
        if (Array.from(own).length > 20 && !own.includes('…')) {
          expect(own.startsWith(begin)).toBe(true);
          expect(own.endsWith(end)).toBe(true);
        } else if (Array.from(own).length <= 20) expect(shown).toBe(own);
      }),
    );
  });
});

describe('words', () => {
  it('of an effect keep their order around names that run from right to left', () => {
    const principal = samplePrincipal({ reference: 'group:1', kind: 'group', name: 'مطورو-الواجهة' });
    const effect = {
      ...{ principal, repository: 'acme/web', actions: ['write' as const], until: null },
      ...{ before: [], after: ['write' as const], by: [] },
    };
    expect(effectWords('gains', effect, 0)).toBe('\u2068مطورو-الواجهة\u2069 gains push on acme/web');
    const latin = { ...effect, principal: { ...principal, name: 'jonas' } };
    expect(effectWords('gains', latin, 0)).toBe('jonas gains push on acme/web');
    // Hebrew, Adlam, Phoenician, Samaritan, Old Hungarian
    for (const name of ['מפתחים', '𞤀𞤣', '𐤀𐤁', 'ࠀࠁ', '𐲀𐲁'])
      expect(nameWords(name)).toBe(`\u2068${name}\u2069`);
  });

  it('of a pending cell say what one may do now where the grant does not', () => {
    const [was, shall] = [
      { bits: 0, end: null },
      { bits: 3, end: null },
    ];
    const cell = { access: 0, direct: 0, via: 0, directEnd: null, accessEnd: null };
    expect(cellWords(cell, { was, shall }, 0)).toBe('pending: push, was none');
    const inPublic = { ...cell, access: 1, via: accessVia.public };
    expect(cellWords(inPublic, { was, shall }, 0)).toBe('pending: push, was none; now pull, as everybody');
    expect(cellWords(null, { was, shall }, 0)).toBe('pending: push, was none; now not read yet');
  });
});
