import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { accessBits, accessVia, matrixQuerySchema } from '../../../contracts/server-api/access/matrix.ts';
import type { Matrix } from '../../../contracts/server-api/access/matrix.ts';
import type { RepositoryAction } from '../../../contracts/server-api/repositories.ts';
import {
  explainAccess,
  explainCell,
  namesOfGivers,
  Reasons,
} from '../../../reference-server/access/matrix/explain.ts';
import { loadMatrix } from '../../../reference-server/access/matrix/matrix.ts';
import type { MatrixPage } from '../../../reference-server/access/matrix/matrix.ts';
import { repositoriesAccess } from '../../../reference-server/access/repository-access.ts';
import { loadSetFacts } from '../../../reference-server/access/matrix/set-facts.ts';
import { ToldRows } from '../../../reference-server/access/matrix/told-rows.ts';
import type { Caller } from '../../../reference-server/auth/caller.ts';
import { repositoryActions } from '../../../reference-server/db/grant-columns.ts';
import { toRepositoryRef } from '../../../reference-server/identity/repositories.ts';
import { mayDo } from '../../support/rights-oracle.ts';
import { newTestContext } from '../../support/server-context.ts';
import type { TestContext } from '../../support/server-context.ts';
import { AccessWorld, accessWorld } from '../../support/access-world.ts';
import type { WorldCell } from '../../support/access-world.ts';

let context: TestContext;
beforeAll(async () => {
  context = await newTestContext();
});

const callerOf = (id: string): Caller => ({
  principal: { kind: 'user', id, name: id },
  credential: { method: 'session', id: '', limits: null, ends: null },
  approved: true,
  mustChangePassword: false,
  organization: null,
});

const bitsOf = (actions: Iterable<RepositoryAction>) =>
  [...actions].reduce((sum: number, action) => sum | accessBits[action], 0);

/** What the plain rules let somebody do, at an instant. */
const oracle = (cell: WorldCell, at: string) =>
  repositoryActions.filter((action) => mayDo(cell.caseAt(at), action));

/** When that changes by itself: every end is tried. */
const oracleUntil = (cell: WorldCell, now: string, of: (actions: RepositoryAction[]) => unknown) =>
  cell.ends
    .filter((end) => end > now)
    .toSorted()
    .find((end) => of(oracle(cell, end)) !== of(oracle(cell, now))) ?? null;

function oracleVia(cell: WorldCell, at: string): number {
  const { who, repository, grants } = cell.caseAt(at);
  if (who?.active !== true) return 0;
  if (who.role === 'owner' || who.onServer === 'admin') return accessVia.role;
  const lasting = grants.filter(({ ended, to }) => !ended && to !== 'another group');
  const isThere = (effect: 'allow' | 'deny', to?: 'their group') =>
    lasting.some((grant) => grant.effect === effect && (to === undefined || grant.to === to));
  return (
    (repository === 'public' ? accessVia.public : 0) |
    (isThere('allow', 'their group') ? accessVia.group : 0) |
    (isThere('deny') ? accessVia.denied : 0)
  );
}

const query = (slug: string) => matrixQuerySchema.parse({ org: slug });

async function pageOf(world: AccessWorld, callerId: string): Promise<MatrixPage> {
  return loadMatrix(context, callerOf(callerId), query(world.org.slug));
}

/** Compares all that is told of a world with the plain rules. @returns how many cells */
async function compare(world: AccessWorld): Promise<number> {
  const now = context.now().toISOString();
  const page = await pageOf(world, world.administrator);
  const subjects = world.listed(now);
  expect(page.principals.map(({ reference }) => reference)).toEqual(
    subjects.map(({ reference }) => reference),
  );
  const rows = await context.db
    .selectFrom('repositories')
    .selectAll()
    .where('org_id', '=', world.org.id)
    .execute();
  const repositories = rows.map(toRepositoryRef);
  const ids = repositories.map(({ id }) => id);
  const facts = await loadSetFacts(
    context,
    { ...world.org, known: new Set([world.org.slug]) },
    subjects,
    ids,
  );
  const reasons = new Reasons(facts, await namesOfGivers(context, facts));
  for (const [row, subject] of subjects.entries()) {
    const names = page.repositories.map(({ name }) => name);
    const guard =
      subject.kind === 'group'
        ? null
        : await repositoriesAccess(
            context,
            { principal: { kind: subject.kind, id: subject.id, name: '' }, limits: null },
            names,
          );
    for (const [column, name] of names.entries()) {
      const cell = world.cell(subject, name);
      const expected = oracle(cell, now);
      const repository = repositories.find(({ fullName }) => fullName === name);
      if (repository === undefined) throw new Error(`There is no ${name}.`);
      const who = { id: subject.id, limits: null };
      const explained = explainCell(facts, reasons, who, repository, context.now());
      const told = page.rows[row];
      const ends = told?.ends.find((end) => end.column === column);
      expect({
        access: parseInt(told?.access[column] ?? '', 16),
        direct: parseInt(told?.direct[column] ?? '', 16),
        via: parseInt(told?.via[column] ?? '', 16),
        ends: { direct: ends?.direct ?? null, access: ends?.access ?? null },
        guard: guard === null ? null : [...(guard[column]?.actions ?? [])],
        explained: explained.actions,
        allowed: explained.because.map(({ allowed, until }) => [allowed, until]),
      }).toEqual({
        access: bitsOf(expected),
        direct: bitsOf(cell.direct(now)?.actions ?? []),
        via: oracleVia(cell, now),
        ends: { direct: cell.direct(now)?.ends ?? null, access: oracleUntil(cell, now, bitsOf) },
        guard: guard === null ? null : expected,
        explained: expected,
        allowed: repositoryActions.map((action) => [
          expected.includes(action),
          oracleUntil(cell, now, (actions) => actions.includes(action)),
        ]),
      });
      // Who may do something, has a reason for it.
      for (const { allowed, by } of explained.because) expect(allowed && by.length === 0).toBe(false);
    }
  }
  return subjects.length * page.repositories.length;
}

/** What somebody has who knew a page, and is told what is new. */
function merged(known: MatrixPage, told: Matrix): unknown[] {
  return told.principals.map(({ reference }, row) => {
    const new_ = told.rows[row] ?? null;
    if (new_ !== null) {
      const ends = told.ends
        .filter((end) => end.row === row)
        .map(({ column, direct, access }) => ({ column, direct, access }));
      return { ...new_, ends };
    }
    return known.rows[known.principals.findIndex((each) => each.reference === reference)];
  });
}

describe('what is told of access', () => {
  it('is by matrix, explanation and guard what the plain rules say, in worlds of all kinds', async () => {
    let cells = 0;
    const property = fc.asyncProperty(accessWorld, async (drawn) => {
      const world = await AccessWorld.in(context, drawn);
      cells += await compare(world);
      // One of them by the whole operation.
      const [subject] = world.listed(context.now().toISOString());
      const name = world.names[0] ?? '';
      if (subject === undefined) return;
      const explained = await explainAccess(context, callerOf(world.administrator), {
        ...{ principal: subject.reference, repository: name },
      });
      expect(explained.actions).toEqual(oracle(world.cell(subject, name), context.now().toISOString()));
    });
    await fc.assert(property, { numRuns: 300 });
    expect(cells).toBeGreaterThan(10_000);
  });

  it('is of those repositories alone that one administers', async () => {
    const property = fc.asyncProperty(accessWorld, async (drawn) => {
      const world = await AccessWorld.in(context, drawn);
      const now = context.now().toISOString();
      for (const person of world.people) {
        const own = world.names.filter((name) => oracle(world.cell(person, name), now).includes('admin'));
        const page = await pageOf(world, person.id).catch(() => null);
        const isOwner =
          person.onServer === 'admin' || (person.role === 'owner' && person.onServer === 'user');
        if (own.length === 0 && !(person.active && isOwner)) expect(page).toBeNull();
        else expect(page?.repositories.map(({ name }) => name)).toEqual(own);
      }
    });
    await fc.assert(property, { numRuns: 25 });
  });

  it('is with an earlier version what is new, and never what is old', async () => {
    const told = new ToldRows();
    let left = 0;
    const property = fc.asyncProperty(accessWorld, fc.nat(5), async (drawn, change) => {
      const world = await AccessWorld.in(context, drawn);
      const first = await pageOf(world, world.administrator);
      const asked = query(world.org.slug);
      const tell = (page: MatrixPage, since?: string) =>
        told.tell(world.administrator, since === undefined ? asked : { ...asked, since }, page);
      tell(first);
      expect(
        tell(await pageOf(world, world.administrator), first.version).rows.every((row) => row === null),
      ).toBe(true);
      await world.change(change);
      const second = await pageOf(world, world.administrator);
      const news = tell(second, first.version);
      left += news.rows.filter((row) => row === null).length;
      expect(merged(first, news)).toEqual(second.rows);
      // Of other repositories nothing is known, whatever looks alike.
      if (change === 5) expect(news.rows).not.toContain(null);
      // Two answers with the same version agree.
      if (second.version === first.version) expect(second).toEqual(first);
    });
    await fc.assert(property, { numRuns: 80 });
    expect(left).toBeGreaterThan(60);
  });
});
