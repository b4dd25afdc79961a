import type { z } from 'zod';
import type { changedCellsSchema } from '../../../contracts/server-api/access/batches.ts';
import type { ServerContext } from '../../context.ts';
import { isOneOf, wholeOf } from '../../identity/grant-changes.ts';
import { toAccessPrincipal } from '../matrix/access-principals.ts';
import type { CellChange } from './batch-changes.ts';
import { cellsOf } from './batch-store.ts';
import { namesOf } from '../matrix/explain.ts';
import { directGrant } from '../matrix/matrix.ts';
import { grantsFor, loadSetFacts } from '../matrix/set-facts.ts';
import type { ShownOrganization } from '../matrix/set-facts.ts';

/** A cell that was changed, with what is there now. */
export type ChangedCells = z.infer<typeof changedCellsSchema>['cells'];

/**
 * Which cells of these changes were changed after a version, by whomever: all that are on a repository that was made after it.
 *
 * @param count - How often anything had been written.
 */
export async function changedSince(
  context: ServerContext,
  org: ShownOrganization,
  changes: readonly CellChange[],
  count: number,
  now: Date,
): Promise<ChangedCells> {
  const wholes = [...new Set(changes.map(({ repository }) => repository.id))].map(wholeOf);
  const rows = await context.db
    .selectFrom('grant_changes')
    .selectAll()
    .where(isOneOf([...cellsOf(changes), ...wholes]))
    .where('version', '>', count)
    .execute();
  if (rows.length === 0) return [];
  const found = new Map(rows.map((row) => [`${row.repository_id} ${row.principal_id}`, row]));
  const touched = changes.flatMap((change) => {
    const { id } = change.repository;
    const row = found.get(`${id} ${change.subject.id}`) ?? found.get(`${id} ${id}`);
    return row === undefined ? [] : [{ ...change, row }];
  });
  const subjects = [...new Map(touched.map(({ subject }) => [subject.id, subject])).values()];
  const repositoryIds = [...new Set(touched.map(({ repository }) => repository.id))];
  const facts = await loadSetFacts(context, org, subjects, repositoryIds);
  const names = await namesOf(
    context,
    rows.flatMap((row) => row.changed_by ?? []),
  );
  const grants = new Map(subjects.map(({ id }) => [id, grantsFor(facts, id)]));
  return touched.map(({ subject, repository, row }) => ({
    principal: toAccessPrincipal(subject, facts),
    repository: repository.fullName,
    actions: [...(directGrant(grants.get(subject.id)?.get(repository.id) ?? [], now)?.actions ?? [])],
    changed_by: names.get(row.changed_by ?? '') ?? null,
    changed_at: row.changed_at,
  }));
}

/** Cells in words: `jonas on acme/web and 2 more`. */
export function cellWords([first, ...others]: ChangedCells): string {
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return `${first?.principal.name ?? ''} on ${first?.repository ?? ''}${more}`;
}
