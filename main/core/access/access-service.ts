import type {
  AccessChangeRequest,
  AccessPlace,
  AccessPrincipalSummary,
  CellsSummary,
  ExplanationSummary,
  PreviewSummary,
} from '../../../contracts/ipc/access.ts';
import {
  accessOrganizationsPath,
  explainPath,
  previewPath,
  principalPlace,
} from '../../../contracts/server-api/index.ts';
import type { ServiceCalls } from '../service/service-calls.ts';
import { organizationsAnswer, previewAnswer } from '../service/dialects/access.ts';
import { askedExplanation } from './explanations.ts';
import { matrixPage, wholeSide } from './matrix-pages.ts';
import { accessCodes, accessRoom, accessTimeoutMs, batchBody } from './service-requests.ts';
import { toCells, toPreview, toPrincipal } from './summaries.ts';

/** A part of the matrix: behind an entry of each side, null for its beginning, and how many. */
interface Part {
  principals: { after: Pick<AccessPrincipalSummary, 'kind' | 'reference' | 'name'> | null; count: number };
  repositories: { after: string | null; count: number };
  /** With when each cell was used. */
  used?: boolean | undefined;
}

/** Who may do what on the repositories of a context's service, and why. */
export class AccessService {
  readonly #service: ServiceCalls;

  constructor({ service }: { service: ServiceCalls }) {
    this.#service = service;
  }

  /** The organizations in which the user may change access. @throws KeyholdError as `ServiceCalls.ask`. */
  async organizations(contextId: string): Promise<{ slug: string; name: string }[]> {
    const request = { path: accessOrganizationsPath, errorCodes: accessCodes };
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
      wholeSide(this.#service, place, { side: 'principals' }, ({ principals }) => principals),
      wholeSide(this.#service, place, { side: 'repositories' }, ({ repositories }) => repositories),
    ]);
    const principals = people.entries.flatMap((principal) => toPrincipal(principal) ?? []);
    this.#service.seen.note(
      place.contextId,
      principals.map(({ reference, name }) => [reference, name]),
    );
    return { principals, repositories: columns.entries, isWhole: people.isWhole && columns.isWhole };
  }

  /** A part of the matrix. @throws KeyholdError `repository_admin_needed`, or as `ServiceCalls.ask`. */
  async cells(place: AccessPlace, { principals, repositories, used = false }: Part): Promise<CellsSummary> {
    const behind = principals.after === null ? '' : principalPlace(principals.after);
    const page = await matrixPage(this.#service, place, {
      principals_after: behind,
      repositories_after: repositories.after ?? '',
      principals_limit: principals.count,
      repositories_limit: repositories.count,
      used: used ? 'true' : '',
    });
    return toCells(page);
  }

  /**
   * What somebody may do on a repository, and what decides about it.
   *
   * @throws KeyholdError `nobody_found`, `repository_gone`, `repository_admin_needed`, or as `ServiceCalls.ask`.
   */
  explain(contextId: string, principal: string, repository: string): Promise<ExplanationSummary> {
    const query = new URLSearchParams({ principal, repository });
    return askedExplanation(this.#service, contextId, `${explainPath}?${query.toString()}`);
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
}
