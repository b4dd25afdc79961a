import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccessChangeRequest, PreparedChange } from '../../contracts/ipc/access.ts';
import type { AccessWork, Standing } from '../../renderer/features/access/model/access-work.ts';
import { addChanges, addedWords } from '../../renderer/features/access/model/add-changes.ts';
import { CellStore, type ReadCells } from '../../renderer/features/access/model/cell-store.ts';
import { Held } from '../../renderer/lib/held-value.ts';
import { actionsOf, bitsOf } from '../../renderer/features/access/model/levels.ts';
import { batchOf, type PendingState } from '../../renderer/features/access/model/pending.ts';
import { nothingPending } from '../../renderer/features/access/model/prepared-work.ts';
import { CallError } from '../../renderer/lib/api.ts';
import { samplePrincipal } from '../support/world-access.ts';

const many = 230;
const rowName = (row: number): string => `bot:acme/b${row}`;
const columnName = (column: number): string => `acme/r${column}`;
const sides = {
  principals: Array.from({ length: many }, (_none, row) =>
    samplePrincipal({ reference: rowName(row), kind: 'bot', name: rowName(row) }),
  ),
  repositories: Array.from({ length: many }, (_none, column) => ({
    ...{ name: columnName(column), public: false },
  })),
  isWhole: true,
};

type Grants = Map<string, { bits: number; end: string | null }>;
const key = (principal: string, repository: string): string => `${principal} ${repository}`;
const end = '2027-01-01T00:00:00Z';

/** What a service tells that has these grants, but fails for the rows from `failsFrom` on. */
function reading(grants: Grants, failsFrom = Infinity): ReadCells {
  return ({ principals, repositories }) => {
    const top = sides.principals.findIndex(({ reference }) => reference === principals.after?.reference) + 1;
    const left = sides.repositories.findIndex(({ name }) => name === repositories.after) + 1;
    if (top >= failsFrom) return Promise.reject(new CallError('server_unreachable'));
    const rows = sides.principals.slice(top, top + principals.count).map(({ reference }) => reference);
    const columns = sides.repositories.slice(left, left + repositories.count).map(({ name }) => name);
    const bits = rows.map((row) => columns.map((column) => grants.get(key(row, column))?.bits ?? 0));
    const texts = bits.map((row) => row.map((each) => each.toString(16)).join(''));
    return Promise.resolve({
      ...{ version: '7', principals: rows, repositories: columns },
      rows: texts.map((text) => ({ access: text, direct: text, via: text.replaceAll(/./g, '0') })),
      ends: rows.flatMap((principal, row) =>
        columns.flatMap((repository, column) => {
          const direct = grants.get(key(principal, repository))?.end ?? null;
          return direct === null ? [] : [{ row, column, direct, access: direct }];
        }),
      ),
    });
  };
}

function workOn(grants: Grants, failsFrom?: number): AccessWork {
  const pending = new Held<PendingState>(nothingPending);
  return {
    place: { contextId: 'c', organization: 'acme' },
    cells: new CellStore(reading(grants, failsFrom), () => Promise.resolve(sides)),
    prepared: { pending, sent: null, isUnknown: false },
    pending,
    standing: new Held<Standing>({ kind: 'none' }),
  };
}

const change = (row: number, column: number, bits: number, expiresAt: string | null): PreparedChange => ({
  ...{ principal: rowName(row), repository: columnName(column), actions: actionsOf(bits), expiresAt },
});
const sent = (work: AccessWork): AccessChangeRequest[] => batchOf(work.pending.get().changes).changes;

const bits = fc.integer({ min: 0, max: 15 }).map((each) => bitsOf(actionsOf(each)));
const ends = fc.constantFrom(null, end);
/** Near each other, so that some are of one cell, and some of nobody. */
const place = fc.constantFrom(0, 1, 99, 100, 101, many - 1, many);
const changesOf = (from: number) =>
  fc.array(fc.tuple(place, place, bits, ends), { minLength: from, maxLength: 30 });

describe('changes that are added to the pending ones', () => {
  it('are those that differ from what there is, and each is counted once', async () => {
    const facts = fc.tuple(changesOf(0), changesOf(0), changesOf(1), fc.constantFrom(0, 100, 200, Infinity));
    await fc.assert(
      fc.asyncProperty(facts, async ([there, first, second, failsFrom]) => {
        const grants: Grants = new Map(
          there.map(([row, column, level, until]) => [
            key(rowName(row), columnName(column)),
            { bits: level, end: level === 0 ? null : until },
          ]),
        );
        const work = workOn(grants, failsFrom);
        const shall: Grants = new Map();
        for (const wanted of [first, second]) {
          const told = await addChanges(
            work,
            sides,
            wanted.map((each) => change(...each)),
          );
          const expected = { added: 0, unchanged: 0, missing: 0, unread: 0, left: 0 };
          const last = new Map(wanted.map((each) => [`${each[0]} ${each[1]}`, each]));
          for (const [row, column, level, until] of last.values()) {
            const at = key(rowName(row), columnName(column));
            const is = shall.get(at) ?? grants.get(at) ?? { bits: 0, end: null };
            const next = { bits: level, end: level === 0 ? null : until };
            if (row === many || column === many) expected.missing++;
            else if (Math.floor(row / 100) * 100 >= failsFrom) expected.unread++;
            else if (is.bits === next.bits && is.end === next.end) expected.unchanged++;
            else {
              expected.added++;
              shall.set(at, next);
            }
          }
          expect(told).toEqual(expected);
        }
        const differing = [...shall].filter(([at, { bits: level, end: until }]) => {
          const is = grants.get(at) ?? { bits: 0, end: null };
          return is.bits !== level || is.end !== until;
        });
        expect(new Set(sent(work).map((each) => key(each.principal, each.repository)))).toEqual(
          new Set(differing.map(([at]) => at)),
        );
        for (const { principal, repository, actions, expiresAt } of sent(work))
          expect({ bits: bitsOf(actions), end: expiresAt }).toEqual(shall.get(key(principal, repository)));
      }),
      { numRuns: 150 },
    );
  });

  it('stand on what there is now, not on what was read before', async () => {
    const grants: Grants = new Map();
    const work = workOn(grants);
    await addChanges(work, sides, [change(0, 0, 1, null)]);
    grants.set(key(rowName(1), columnName(1)), { bits: 3, end: null });
    expect(await addChanges(work, sides, [change(1, 1, 3, null)])).toMatchObject({ added: 0, unchanged: 1 });
    expect(sent(work)).toHaveLength(1);
  });

  it('are a thousand at most: what is left over is told, and nothing is read for it', async () => {
    const work = workOn(new Map());
    const wanted = Array.from({ length: 1100 }, (_none, index) =>
      change(index % many, Math.floor(index / many), 1, null),
    );
    expect(await addChanges(work, sides, wanted)).toMatchObject({ added: 1000, left: 100 });
    expect(sent(work)).toHaveLength(1000);
    expect(await addChanges(work, sides, wanted)).toMatchObject({ added: 0, left: 1100 });
  });

  it('take no room where they take the place of one that is pending', async () => {
    const work = workOn(new Map());
    const wanted = Array.from({ length: 999 }, (_none, index) =>
      change(index % many, Math.floor(index / many), 1, null),
    );
    await addChanges(work, sides, wanted);
    const last = many - 1;
    const more = [
      change(0, 0, 3, null),
      change(1, 0, 3, null),
      change(0, last, 1, null),
      change(1, last, 1, null),
    ];
    expect(await addChanges(work, sides, more)).toMatchObject({ added: 3, left: 1 });
    expect(sent(work)).toHaveLength(1000);
  });

  it('wait while nobody knows what became of the last ones', async () => {
    const work = workOn(new Map());
    const lost: Standing = { kind: 'unknown', sent: { changes: [], version: '7', key: 'k' } };
    work.standing.set(lost);
    expect(await addChanges(work, sides, [change(0, 0, 1, null)])).toBeNull();
    expect(sent(work)).toEqual([]);
  });

  it('are told in words', () => {
    const none = { added: 0, unchanged: 0, missing: 0, unread: 0, left: 0 };
    expect(addedWords({ ...none, added: 1 })).toEqual({ title: '1 change added', note: '' });
    expect(addedWords({ ...none, added: 1000, unchanged: 2, left: 1 })).toEqual({
      title: '1,000 changes added',
      note: '2 others are so already. 1 other is left over: 1,000 at most are made at once. Apply what is pending, then add the rest.',
    });
    expect(addedWords({ ...none, missing: 1, unread: 2 })).toEqual({
      title: 'Nothing was added',
      note: '1 change is about somebody, or a repository, that is not in the matrix. 2 changes could not be read: try again.',
    });
  });
});
