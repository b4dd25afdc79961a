import type { AccessFinding } from '../../../contracts/ipc/access-review.ts';
import type { AccessPlace } from '../../../contracts/ipc/access.ts';
import { reviewPath, type ReviewKind } from '../../../contracts/server-api/index.ts';
import { reviewAnswer, type FindingAnswer } from '../service/dialects/access-review.ts';
import type { ServiceCalls } from '../service/service-calls.ts';
import { accessCodes, accessRoom, accessTimeoutMs } from './service-requests.ts';
import { toPrepared, toPrincipal } from './summaries.ts';

interface FoundKind {
  kind: ReviewKind;
  total: number;
  findings: AccessFinding[];
}

/** Looks for what is worth a look among the grants in an organization. */
export class ReviewService {
  readonly #service: ServiceCalls;

  constructor({ service }: { service: ServiceCalls }) {
    this.#service = service;
  }

  /** @throws KeyholdError `repository_admin_needed`, or as `ServiceCalls.ask`. */
  async findings({
    contextId,
    organization,
  }: AccessPlace): Promise<{ notedSince: string; kinds: FoundKind[] }> {
    const query = new URLSearchParams({ org: organization });
    const request = {
      method: 'GET' as const,
      path: `${reviewPath}?${query.toString()}`,
      errorCodes: accessCodes,
      room: accessRoom,
      timeoutMs: accessTimeoutMs,
    };
    const { noted_since: notedSince, kinds } = await this.#service.ask(contextId, request, reviewAnswer);
    return {
      notedSince,
      kinds: kinds.map(({ findings, ...kind }) => ({ ...kind, findings: findings.flatMap(toFinding) })),
    };
  }
}

/** None about somebody of a kind that this version does not know. */
function toFinding({ repository, grant, group, admins, changes }: FindingAnswer): AccessFinding[] {
  const finding = { repository, group: group?.name ?? null, admins, changes: changes.map(toPrepared) };
  if (grant === null) return [{ ...finding, grant: null }];
  const principal = toPrincipal(grant.principal);
  if (principal === null) return [];
  const { actions, given_at: givenAt, until, pulled, pushed } = grant;
  return [{ ...finding, grant: { principal, actions, givenAt, until, pulled, pushed } }];
}
