import type {
  AccessChangeRequest,
  AccessPrincipalSummary,
  CellsSummary,
  ExplanationSummary,
  PreviewSummary,
} from '../../../contracts/ipc/access.ts';
import { KeyholdError } from '../../../contracts/errors.ts';
import {
  accessPath,
  matrixPath,
  matrixSideMax,
  previewPath,
  principalPlace,
  type AccessChange,
  type BatchRequest,
} from '../../../contracts/server-api/index.ts';
import type { ServiceCalls } from '../service/service-calls.ts';
import {
  explanationAnswer,
  matrixAnswer,
  organizationsAnswer,
  previewAnswer,
  type MatrixAnswer,
} from '../service/dialects/access.ts';
import { toCells, toExplanation, toPreview, toPrincipal } from './summaries.ts';

/** Entries of a side that are read at most, and pages: a service may give fewer on a page than it is asked for. */
const sideMax = 10_000;
const sidePages = 50;

/** A page of 40,000 cells that all end has four members in each of its ends. */
export const accessRoom = { maxBytes: 16 * 1024 * 1024, maxValues: 400_000 };
export const accessTimeoutMs = 60_000;
/** What refusals mean in all calls of access: nobody is told of an organization that is not theirs to change. */
export const accessCodes = { role_insufficient: 'repository_admin_needed' } as const;

/** An organization of a context's service. */
export interface AccessPlace {
  contextId: string;
  /** Its slug. */
  organization: string;
}

type Side = 'principals' | 'repositories';

/** A part of the matrix: behind an entry of each side, null for its beginning, and how many. */
interface Part {
  principals: { after: Pick<AccessPrincipalSummary, 'kind' | 'reference' | 'name'> | null; count: number };
  repositories: { after: string | null; count: number };
}

/** Who may do what on the repositories of a context's service, and why. */
export class AccessService {
  readonly #service: ServiceCalls;

  constructor({ service }: { service: ServiceCalls }) {
    this.#service = service;
  }

  /** The organizations in which the user may change access. @throws KeyholdError as `ServiceCalls.ask`. */
  async organizations(contextId: string): Promise<{ slug: string; name: string }[]> {
    const request = { path: `${accessPath}/organizations`, errorCodes: accessCodes };
    return this.#service.askAll(
      contextId,
      request,
      organizationsAnswer,
      ({ organizations }) => organizations,
    );
  }

  /**
   * Both sides of the matrix, as far as anybody reads.
   *
   * @throws KeyholdError `repository_admin_needed`, or as `ServiceCalls.ask`.
   */
  async sides(place: AccessPlace): Promise<{
    principals: AccessPrincipalSummary[];
    repositories: { name: string; public: boolean }[];
    isWhole: boolean;
  }> {
    const [people, columns] = await Promise.all([
      this.#side(place, 'principals', ({ principals }) => principals),
      this.#side(place, 'repositories', ({ repositories }) => repositories),
    ]);
    const principals = people.entries.flatMap((principal) => toPrincipal(principal) ?? []);
    this.#service.seen.note(
      place.contextId,
      principals.map(({ reference, name }) => [reference, name]),
    );
    return { principals, repositories: columns.entries, isWhole: people.isWhole && columns.isWhole };
  }

  /** A part of the matrix. @throws KeyholdError `repository_admin_needed`, or as `ServiceCalls.ask`. */
  async cells(place: AccessPlace, { principals, repositories }: Part): Promise<CellsSummary> {
    const behind = principals.after === null ? '' : principalPlace(principals.after);
    const page = await this.#page(place, {
      principals_after: behind,
      repositories_after: repositories.after ?? '',
      principals_limit: principals.count,
      repositories_limit: repositories.count,
    });
    return toCells(page);
  }

  /**
   * What somebody may do on a repository, and what decides about it.
   *
   * @throws KeyholdError `repository_gone`, `repository_admin_needed`, or as `ServiceCalls.ask`.
   */
  async explain(contextId: string, principal: string, repository: string): Promise<ExplanationSummary> {
    const query = new URLSearchParams({ principal, repository });
    const request = {
      method: 'GET' as const,
      path: `${accessPath}/explain?${query.toString()}`,
      errorCodes: { ...accessCodes, not_found: 'repository_gone' as const },
    };
    const explained = toExplanation(await this.#service.ask(contextId, request, explanationAnswer));
    // Nobody asked about somebody of a kind that this version does not know.
    if (explained === null) throw new KeyholdError('not_a_keyhold_server');
    return explained;
  }

  /** What changes would do. @throws KeyholdError `repository_admin_needed`, or as `ServiceCalls.ask`. */
  async preview(place: AccessPlace, changes: readonly AccessChangeRequest[]): Promise<PreviewSummary> {
    const request = {
      method: 'POST' as const,
      path: previewPath,
      body: batchBody(place, changes),
      errorCodes: accessCodes,
      room: accessRoom,
      timeoutMs: accessTimeoutMs,
    };
    return toPreview(await this.#service.ask(place.contextId, request, previewAnswer));
  }

  /** One side of the matrix, with as little of the other as there can be. */
  async #side<Entry>(
    place: AccessPlace,
    side: Side,
    entriesOf: (page: MatrixAnswer) => readonly Entry[],
  ): Promise<{ entries: Entry[]; isWhole: boolean }> {
    const other = side === 'principals' ? 'repositories' : 'principals';
    const entries: Entry[] = [];
    let after: string | undefined = '';
    for (let pages = 0; pages < sidePages && entries.length < sideMax; pages++) {
      const page: MatrixAnswer = await this.#page(place, {
        [`${side}_after`]: after,
        [`${side}_limit`]: matrixSideMax,
        [`${other}_limit`]: 1,
      });
      entries.push(...entriesOf(page));
      after = page.next[side];
      if (after === undefined) break;
    }
    return { entries: entries.slice(0, sideMax), isWhole: after === undefined && entries.length <= sideMax };
  }

  #page(
    { contextId, organization }: AccessPlace,
    part: Readonly<Record<string, string | number>>,
  ): Promise<MatrixAnswer> {
    const given = Object.entries(part).filter(([, value]) => value !== '');
    const query = new URLSearchParams({
      org: organization,
      ...Object.fromEntries(given.map(([name, value]) => [name, String(value)])),
    });
    const request = {
      method: 'GET' as const,
      path: `${matrixPath}?${query.toString()}`,
      errorCodes: accessCodes,
      room: accessRoom,
      timeoutMs: accessTimeoutMs,
    };
    return this.#service.ask(contextId, request, matrixAnswer);
  }
}

/** Changes as a service is sent them. */
export function batchBody(
  { organization: org }: AccessPlace,
  changes: readonly AccessChangeRequest[],
): BatchRequest {
  return {
    org,
    changes: changes.map(({ principal, repository, actions, expiresAt }): AccessChange => ({
      ...{ principal, repository, actions },
      ...(expiresAt === null ? {} : { expires_at: expiresAt }),
    })),
  };
}
