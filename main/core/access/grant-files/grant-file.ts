import { printableJson } from '../../../../contracts/domain/printable.ts';
import type { RepositoryAction } from '../../../../contracts/server-api/index.ts';
import { csvText } from '../../lib/csv.ts';

/*
 * Grants in files: a table with `repository,principal,actions,until`, or JSON (`format: keyhold-grants`) with a grant on
 * each line. In the order of repositories and principals, so that two files of the same grants are the same.
 */

export type GrantFileForm = 'csv' | 'json';

export const grantFileFormat = 'keyhold-grants';
export const grantFileVersion = 1;
export const grantColumns = ['repository', 'principal', 'actions', 'until'] as const;
/** Between the actions of one grant in a table. */
export const actionSeparator = '|';

/** A grant as a file names it. */
export interface FileGrant {
  repository: string;
  /** `user:NAME`, `group:NAME`, `bot:org/name`, or a reference where a name fits several. */
  principal: string;
  actions: readonly RepositoryAction[];
  /** RFC 3339; null for no end. */
  until: string | null;
}

/** Grants as the text of a file. */
export function grantFileText(
  organization: string,
  grants: readonly FileGrant[],
  form: GrantFileForm,
): string {
  const inOrder = grants.toSorted(
    (one, other) => order(one.repository, other.repository) || order(one.principal, other.principal),
  );
  if (form === 'csv') {
    const rows = inOrder.map(({ actions, ...grant }) => ({
      ...grant,
      actions: actions.join(actionSeparator),
    }));
    return csvText(grantColumns, rows);
  }
  const head = { format: grantFileFormat, version: grantFileVersion, organization };
  const begin = JSON.stringify(head, null, 2).replace(/\n\}$/, ',\n  "grants": [');
  const lines = inOrder.map(
    ({ repository, principal, actions, until }) =>
      `\n    ${JSON.stringify({ repository, principal, actions, until })}`,
  );
  return printableJson(`${begin}${lines.join(',')}\n  ]\n}\n`);
}

/** By their code units: the same on each computer. */
function order(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
