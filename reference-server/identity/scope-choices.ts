import type { Reader } from '../db/write.ts';
import { contains } from '../db/contains.ts';

/** Something that an API key can be for. */
export interface ScopeChoice {
  id: string;
  /** `shop`, of a branch `shop/main`. */
  name: string;
}

/** How many are offered at once. */
const maxChoices = 200;

/**
 * What an API key can be for, by name.
 *
 * @param search - Part of a name; every one of its words has to be in it.
 * @returns `more`: there are others, to be searched for.
 */
export async function findScopeChoices(
  db: Reader,
  orgId: string,
  kind: 'project' | 'branch',
  search: string,
): Promise<{ choices: ScopeChoice[]; more: boolean }> {
  const words = search.split(/[\s/]+/).filter((word) => word !== '');
  const rows = await choiceQuery(db, orgId, kind)
    .where((where) =>
      where.and(words.map((word) => where.or(columnsOf(kind).map((column) => contains(column, word))))),
    )
    .limit(maxChoices + 1)
    .execute();
  return { choices: rows.slice(0, maxChoices).map(toChoice), more: rows.length > maxChoices };
}

/** Those of these ids that are there, by name. */
export async function readScopeChoices(
  db: Reader,
  orgId: string,
  kind: 'project' | 'branch',
  ids: readonly string[],
): Promise<ScopeChoice[]> {
  if (ids.length === 0) return [];
  const id = kind === 'project' ? 'projects.id' : 'branches.id';
  return (await choiceQuery(db, orgId, kind).where(id, 'in', ids).execute()).map(toChoice);
}

function columnsOf(kind: 'project' | 'branch'): string[] {
  return kind === 'project' ? ['projects.name'] : ['projects.name', 'branches.name'];
}

/** A project stands for itself by its default branch, so that one query is enough for both. */
function choiceQuery(db: Reader, orgId: string, kind: 'project' | 'branch') {
  return db
    .selectFrom('projects')
    .innerJoin('branches', 'branches.project_id', 'projects.id')
    .select([
      'projects.id as project_id',
      'branches.id as branch_id',
      'projects.name',
      'branches.name as branch',
    ])
    .select((select) => select.val(kind).as('kind'))
    .where('projects.org_id', '=', orgId)
    .$if(kind === 'project', (query) => query.where('branches.is_default', '=', 1))
    .orderBy('projects.name')
    .orderBy('branches.name');
}

function toChoice(row: {
  kind: 'project' | 'branch';
  project_id: string;
  branch_id: string;
  name: string;
  branch: string;
}): ScopeChoice {
  return row.kind === 'project'
    ? { id: row.project_id, name: row.name }
    : { id: row.branch_id, name: `${row.name}/${row.branch}` };
}
