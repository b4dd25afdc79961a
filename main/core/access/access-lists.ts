import type {
  AccessEntry,
  AccessHolder,
  AccessPlace,
  AccessRepository,
} from '../../../contracts/ipc/access.ts';
import type { AccessPrincipalSummary } from '../../../contracts/ipc/access.ts';
import { KeyholdError } from '../../../contracts/errors.ts';
import { accessBits, accessVia, repositoryActionSchema } from '../../../contracts/server-api/index.ts';
import type { RepositoryAction } from '../../../contracts/server-api/index.ts';
import type { MatrixAnswer } from '../service/dialects/access.ts';
import type { ServiceCalls } from '../service/service-calls.ts';
import { wholeSide } from './matrix-pages.ts';
import { toPrincipal } from './summaries.ts';

const ways = ['role', 'group', 'public', 'denied'] as const;

/** One row or one column of the matrix, as a list: who can access a repository, and what somebody can access. */
export class AccessLists {
  readonly #service: ServiceCalls;

  constructor({ service }: { service: ServiceCalls }) {
    this.#service = service;
  }

  /**
   * Who may do anything on a repository, or would if nothing were in the way.
   *
   * @throws KeyholdError `repository_gone`, `repository_admin_needed`, or as `ServiceCalls.ask`.
   */
  async whoCan(
    place: AccessPlace,
    repository: string,
  ): Promise<{ holders: AccessHolder[]; isWhole: boolean }> {
    const { entries, isWhole } = await wholeSide(
      this.#service,
      place,
      { side: 'principals', only: { repository }, notFound: 'repository_gone' },
      (page) => {
        if (page.repositories[0]?.name !== repository) throw new KeyholdError('repository_gone');
        const ends = new Map(page.ends.flatMap((end) => (end.column === 0 ? [[end.row, end.access]] : [])));
        return page.principals.flatMap((answer, row) => {
          const principal = toPrincipal(answer);
          const until = ends.get(row) ?? null;
          return principal === null ? [] : [{ principal, ...accessAt(page, row, 0), until }];
        });
      },
    );
    return { holders: entries.filter(hasAny), isWhole };
  }

  /**
   * The repositories of an organization that somebody can access, of those that the user administers.
   *
   * @throws KeyholdError `nobody_found`, `repository_admin_needed`, or as `ServiceCalls.ask`.
   */
  async whatCan(
    place: AccessPlace,
    reference: string,
  ): Promise<{ principal: AccessPrincipalSummary; repositories: AccessRepository[]; isWhole: boolean }> {
    const found: AccessPrincipalSummary[] = [];
    const { entries, isWhole } = await wholeSide(
      this.#service,
      place,
      { side: 'repositories', only: { principal: reference }, notFound: 'nobody_found' },
      (page) => {
        found.push(...page.principals.slice(0, 1).flatMap((principal) => toPrincipal(principal) ?? []));
        const ends = new Map(page.ends.flatMap((end) => (end.row === 0 ? [[end.column, end.access]] : [])));
        return page.repositories.map((repository, column) => ({
          ...repository,
          ...accessAt(page, 0, column),
          until: ends.get(column) ?? null,
        }));
      },
    );
    const [principal] = found;
    if (principal === undefined) throw new KeyholdError('nobody_found');
    return { principal, repositories: entries.filter(hasAny), isWhole };
  }
}

function accessAt({ rows }: MatrixAnswer, row: number, column: number): Omit<AccessEntry, 'until'> {
  const digitOf = (digits: string | undefined): number => Number.parseInt(digits?.charAt(column) ?? '0', 16);
  const via = digitOf(rows[row]?.via);
  return {
    actions: actionsOf(digitOf(rows[row]?.access)),
    direct: actionsOf(digitOf(rows[row]?.direct)),
    via: ways.filter((way) => (via & accessVia[way]) !== 0),
  };
}

function actionsOf(bits: number): RepositoryAction[] {
  return repositoryActionSchema.options.filter((action) => (bits & accessBits[action]) !== 0);
}

function hasAny({ actions, direct }: AccessEntry): boolean {
  return actions.length > 0 || direct.length > 0;
}
