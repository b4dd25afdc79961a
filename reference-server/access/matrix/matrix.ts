import { accessBits, accessVia } from '../../../contracts/server-api/access/matrix.ts';
import type { Matrix, MatrixQuery, MatrixRow } from '../../../contracts/server-api/access/matrix.ts';
import type { RepositoryAction } from '../../../contracts/server-api/repositories.ts';
import type { Caller } from '../../auth/caller.ts';
import type { ServerContext } from '../../context.ts';
import { usesOf } from '../../db/repository-uses.ts';
import { notFound } from '../../http/api-error.ts';
import type { RepositoryRef } from '../../identity/repositories.ts';
import { requirePrincipal, toAccessPrincipal } from './access-principals.ts';
import type { NamedSubject } from './access-principals.ts';
import { listPrincipals } from './listed-principals.ts';
import { readVersioned } from './access-version.ts';
import { administeredRepositories, requireAdministered } from './administered.ts';
import type { AdministeredOrganization } from './administered.ts';
import { decideRepository } from '../decide.ts';
import type { GrantFacts, PrincipalFacts, RepositoryFacts } from '../decide.ts';
import { nextChange, sameActions } from './explain.ts';
import { askerOf } from '../repository-access.ts';
import { requireRepository } from '../require-right.ts';
import { grantsFor, loadSetFacts, repositoryFacts } from './set-facts.ts';
import type { SetFacts } from './set-facts.ts';

/** When a cell ends by itself; `column` is its place in the row. */
export interface CellEnd {
  column: number;
  direct: string | null;
  access: string | null;
}

/** What one principal may do, with the cells that end by themselves. */
export interface ToldRow extends MatrixRow {
  ends: readonly CellEnd[];
}

/** A page of the matrix, all of whose rows are there. */
export interface MatrixPage {
  version: string;
  principals: Matrix['principals'];
  repositories: Matrix['repositories'];
  rows: readonly ToldRow[];
  next: Matrix['next'];
  /** Where it was asked for. */
  used?: Matrix['used'];
}

/**
 * A page of who may do what on the repositories of an organization that the caller administers, by the same number of
 * queries however many there are.
 *
 * @throws ApiError 403, 404 for the organization, and for a repository or principal that is asked for alone
 */
export async function loadMatrix(
  context: ServerContext,
  caller: Caller,
  query: MatrixQuery,
): Promise<MatrixPage> {
  const { value, version } = await readVersioned(context, async (now) => {
    const org = await requireAdministered(context, caller, query.org);
    const columns = await columnsOf(context, caller, org, query);
    const sides = await subjectsOf(context, caller, org, query);
    const ids = columns.repositories.map(({ id }) => id);
    const facts = await loadSetFacts(context, org, sides.subjects, ids);
    return {
      principals: sides.subjects.map((subject) => toAccessPrincipal(subject, facts)),
      repositories: columns.repositories.map(({ fullName, public: isPublic }) => ({
        name: fullName,
        public: isPublic,
      })),
      rows: sides.subjects.map(({ id }) => rowOf(facts, id, columns.repositories, now)),
      ...(query.used ? { used: await usedCells(context, sides.subjects, columns.repositories) } : {}),
      next: {
        ...(sides.next === undefined ? {} : { principals: sides.next }),
        ...(columns.next === undefined ? {} : { repositories: columns.next }),
      },
    };
  });
  return { ...value, version };
}

/** What people and bots used, themselves; groups use nothing. */
async function usedCells(
  { db }: ServerContext,
  subjects: readonly NamedSubject[],
  repositories: readonly RepositoryRef[],
): Promise<Matrix['used']> {
  const placesOf = (all: readonly { id: string }[]) => new Map(all.map(({ id }, place) => [id, place]));
  const [rows, columns] = [placesOf(subjects), placesOf(repositories)];
  const uses = await usesOf(db, [...rows.keys()], [...columns.keys()]);
  return uses.map((use) => ({
    row: rows.get(use.principal_id) ?? 0,
    column: columns.get(use.repository_id) ?? 0,
    pulled: use.pulled_at,
    pushed: use.pushed_at,
  }));
}

async function columnsOf(
  context: ServerContext,
  caller: Caller,
  org: AdministeredOrganization,
  { repository, repositories_limit: limit, repositories_after: after }: MatrixQuery,
): Promise<{ repositories: RepositoryRef[]; next: string | undefined }> {
  if (repository === undefined) {
    return administeredRepositories(context, askerOf(caller), org, { limit, after });
  }
  if (!repository.startsWith(`${org.slug}/`)) throw notFound(`The repository ${repository} of ${org.slug}`);
  const found = await requireRepository(context, caller, repository, 'admin');
  return { repositories: [found], next: undefined };
}

async function subjectsOf(
  context: ServerContext,
  caller: Caller,
  org: AdministeredOrganization,
  { principal, principals_limit: limit, principals_after: after }: MatrixQuery,
): Promise<{ subjects: NamedSubject[]; next: string | undefined }> {
  if (principal === undefined) {
    return listPrincipals(context, org, askerOf(caller), { limit, after });
  }
  const subject = await requirePrincipal(context, caller, org.slug, principal);
  return { subjects: [subject], next: undefined };
}

/** What somebody may do on each of these repositories. */
export function rowOf(
  facts: SetFacts,
  id: string,
  repositories: readonly RepositoryRef[],
  now: Date,
): ToldRow {
  const who = facts.who.get(id) ?? null;
  const grants = grantsFor(facts, id);
  const row = { access: '', direct: '', via: '' };
  const ends: CellEnd[] = [];
  // Where there are no grants, all depends on whether the repository is public.
  const plain = new Map<boolean, Cell>();
  for (const [column, repository] of repositories.entries()) {
    const given = grants.get(repository.id);
    const known = given === undefined ? plain.get(repository.public) : undefined;
    const cell = known ?? cellOf(who, repositoryFacts(facts, repository, given), now);
    if (given === undefined) plain.set(repository.public, cell);
    row.access += cell.access;
    row.direct += cell.direct;
    row.via += cell.via;
    if (cell.ends !== null) ends.push({ column, ...cell.ends });
  }
  return { ...row, ends };
}

interface Cell extends MatrixRow {
  ends: Omit<CellEnd, 'column'> | null;
}

function cellOf(who: PrincipalFacts | null, on: RepositoryFacts, now: Date): Cell {
  const decide = (at: Date) => decideRepository(who, on, null, at);
  const { actions, because } = decide(now);
  const direct = directGrant(on.grants, now);
  const ways = because.map((fact) => {
    switch (fact.kind) {
      case 'role':
      case 'administrator':
        return accessVia.role;
      case 'public':
        return accessVia.public;
      case 'grant':
        if (fact.grant.effect === 'deny') return accessVia.denied;
        return fact.grant.group === null ? 0 : accessVia.group;
      case 'inactive':
      case 'viewer':
      case 'limit':
        return 0;
    }
  });
  const ends = {
    direct: direct?.ends ?? null,
    access: nextChange(decide, on, now, sameActions),
  };
  return {
    access: bitsOf(actions).toString(16),
    direct: bitsOf(direct?.actions ?? []).toString(16),
    via: ways.reduce((sum: number, way) => sum | way, 0).toString(16),
    ends: ends.direct === null && ends.access === null ? null : ends,
  };
}

/** What was given to somebody alone and has not ended; null for nothing. */
export function directGrant(grants: readonly GrantFacts[], now: Date): GrantFacts | null {
  const isDirect = ({ group, effect, ends }: GrantFacts) =>
    group === null && effect === 'allow' && (ends === null || ends > now.toISOString());
  return grants.find(isDirect) ?? null;
}

function bitsOf(actions: Iterable<RepositoryAction>): number {
  let bits = 0;
  for (const action of actions) bits |= accessBits[action];
  return bits;
}
