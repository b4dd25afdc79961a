import type {
  GivenAccess,
  OwnAccessRequest,
  WaitingAccessRequest,
} from '../../../contracts/ipc/access-requests.ts';
import {
  accessOrganizationsPath,
  accessRequestsPath,
  type CreateAccessRequest,
  type RepositoryAction,
} from '../../../contracts/server-api/index.ts';
import type { ErrorCode } from '../../../contracts/errors.ts';
import type { AccessPlace } from '../../../contracts/ipc/access.ts';
import { Turns } from '../lib/turns.ts';
import type { Clock } from '../ports.ts';
import type { Answer, Failed } from '../service/client.ts';
import { noteDeed, type DeedDeps } from '../service/deeds.ts';
import { becauseOf, organizationsAnswer } from '../service/dialects/access.ts';
import {
  askedAnswer,
  countedRequestsAnswer,
  ownRequestsAnswer,
  waitingRequestsAnswer,
} from '../service/dialects/access-requests.ts';
import { madeSurely, sentAgain } from '../service/lost-answers.ts';
import { readPages } from '../service/read-pages.ts';
import { accessCodes, failureBecause, requireFuture } from './service-requests.ts';
import { toOwnRequest, toWaitingRequest } from './summaries.ts';

/** Requests that are read at most: more than one person may have, and more than anybody decides at once. */
const requestsMax = 500;
const requestPages = 10;
/** Organizations that are asked how many requests wait there, on one page each, some at the same time. */
const countedOrganizations = 50;
const organizationPages = 5;
const askedAtOnce = 4;

interface RequestServiceDeps extends DeedDeps {
  clock: Clock;
}

interface NewRequest {
  repository: string;
  actions: RepositoryAction[];
  until: string | null;
  reason: string;
}

/** What is given for a request, and what the user has seen that it takes the place of. */
interface Approval {
  replaces: GivenAccess | null;
  actions: RepositoryAction[];
  until: string | null;
}

interface WaitingCount {
  slug: string;
  name: string;
  open: number;
}

/** Asking for access to repositories, and deciding about what others ask for. */
export class RequestService {
  readonly #deps: RequestServiceDeps;

  constructor(deps: RequestServiceDeps) {
    this.#deps = deps;
  }

  /** The user's own, newest first. @throws KeyholdError as `ServiceCalls.ask`. */
  async mine(contextId: string): Promise<OwnAccessRequest[]> {
    const { entries } = await readPages(
      requestsMax,
      async (after) => {
        const request = this.#listOf({ mine: 'true' }, after);
        const { requests, next } = await this.#deps.service.ask(contextId, request, ownRequestsAnswer);
        return { entries: requests, next };
      },
      requestPages,
    );
    const own = entries.flatMap(toOwnRequest);
    this.#deps.service.seen.note(
      contextId,
      own.map(({ id, repository }) => [id, repository]),
    );
    return own;
  }

  /**
   * Open ones of an organization that the user decides about, oldest first.
   *
   * @throws KeyholdError `repository_admin_needed`, or as `ServiceCalls.ask`.
   */
  async waiting({
    contextId,
    organization,
  }: AccessPlace): Promise<{ requests: WaitingAccessRequest[]; isWhole: boolean }> {
    const { service } = this.#deps;
    const { entries, isWhole } = await readPages(
      requestsMax,
      async (after) => {
        const request = { ...this.#listOf({ org: organization }, after), errorCodes: accessCodes };
        const { requests, next } = await service.ask(contextId, request, waitingRequestsAnswer);
        return { entries: requests, next };
      },
      requestPages,
    );
    service.seen.note(
      contextId,
      entries.map(({ id, by, repository }) => [id, `${by.name}, ${repository}`]),
    );
    return { requests: entries.map(toWaitingRequest), isWhole };
  }

  /**
   * How many wait in each organization in which the user administers something. Cheap enough to be asked now and then: one
   * page of each. Of organizations that are more than are asked, none are said to wait, and `isWhole` is false.
   *
   * @throws KeyholdError as `ServiceCalls.ask`.
   */
  async counts(contextId: string): Promise<{ organizations: WaitingCount[]; isWhole: boolean }> {
    const { service } = this.#deps;
    const organizations = await readPages(
      requestsMax,
      async (after) => {
        const query = after === '' ? '' : `?${new URLSearchParams({ after }).toString()}`;
        const request = { method: 'GET' as const, path: `${accessOrganizationsPath}${query}` };
        const page = await service.ask(contextId, request, organizationsAnswer);
        return { entries: page.organizations, next: page.next };
      },
      organizationPages,
    );
    const turns = new Turns(askedAtOnce);
    let { isWhole } = organizations;
    const counted = organizations.entries.map(async ({ slug, name }, index) => {
      const count =
        index < countedOrganizations ? await turns.take(() => this.#count(contextId, slug)) : null;
      if (count?.isAll !== true) isWhole = false;
      return { slug, name, open: count?.open ?? 0 };
    });
    return { organizations: await Promise.all(counted), isWhole };
  }

  /** Null where the user does not administer anything any more. */
  async #count(contextId: string, org: string): Promise<{ open: number; isAll: boolean } | null> {
    const { service } = this.#deps;
    const answer = await service.attempt(contextId, this.#listOf({ org }), countedRequestsAnswer);
    if (answer.kind === 'refused') return null;
    if (answer.kind !== 'answered') throw service.failure(answer);
    const { requests, next } = answer.value;
    return { open: requests.length, isAll: next === undefined };
  }

  /**
   * Asks for access, instead of what was asked for the same repository before.
   *
   * @returns The request's id.
   * @throws KeyholdError `expiry_passed`, `too_many_requests_open`, `maybe_done`, or as `ServiceCalls.ask`.
   */
  async ask(contextId: string, { repository, actions, until, reason }: NewRequest): Promise<string> {
    const { service, clock } = this.#deps;
    requireFuture([until], clock.now());
    const body: CreateAccessRequest = { repository, actions, reason, ...(until === null ? {} : { until }) };
    const request = { method: 'POST' as const, path: accessRequestsPath, body };
    const send = (): Promise<Answer<{ id: string }>> => service.attempt(contextId, request, askedAnswer);
    const { id } = await madeSurely(
      send,
      // A second one takes the place of the first, if that was heard.
      () => sentAgain(send, () => null),
      (why) => service.failure(why, { conflict: 'too_many_requests_open' }),
    );
    noteDeed(this.#deps, 'access.asked', contextId, `${repository}, ${actions.join('+')}`);
    return id;
  }

  /**
   * Gives what was asked for, or less or for shorter.
   *
   * @throws KeyholdError `expiry_passed`, `nobody_found` for a closed account, `request_gone`, `access_changed_meanwhile`,
   *   `repository_admin_needed`, `maybe_done`, or as `ServiceCalls.ask`.
   */
  async approve(contextId: string, requestId: string, { replaces, actions, until }: Approval): Promise<void> {
    requireFuture([until], this.#deps.clock.now());
    await this.#decide(contextId, requestId, {
      deed: 'approve',
      body: { replaces, actions, expires_at: until },
      decided: 'request_approved',
    });
    const who = this.#deps.service.seen.nameOf(contextId, requestId);
    noteDeed(this.#deps, 'access.request_approved', contextId, `${who}, ${actions.join('+')}`);
  }

  /**
   * Declines, with words to the one who asks.
   *
   * @throws KeyholdError `request_gone`, `repository_admin_needed`, `maybe_done`, or as `ServiceCalls.ask`.
   */
  async decline(contextId: string, requestId: string, reason: string): Promise<void> {
    await this.#decide(contextId, requestId, {
      deed: 'decline',
      body: { reason },
      decided: 'request_declined',
    });
    const who = this.#deps.service.seen.nameOf(contextId, requestId);
    noteDeed(this.#deps, 'access.request_declined', contextId, who);
  }

  /** Takes an own one back. @throws KeyholdError `request_gone`, `maybe_done`, or as `ServiceCalls.ask`. */
  async withdraw(contextId: string, requestId: string): Promise<void> {
    const { service } = this.#deps;
    const request = { method: 'DELETE' as const, path: pathOf(requestId) };
    const send = (): Promise<Answer<true>> => service.attemptTell(contextId, request);
    await madeSurely<true>(
      send,
      () => sentAgain(send, (why) => (codeOf(why) === 'not_found' ? true : null)),
      (why) => service.failure(why, { not_found: 'request_gone' }),
    );
    noteDeed(this.#deps, 'access.request_withdrawn', contextId, service.seen.nameOf(contextId, requestId));
  }

  async #decide(
    contextId: string,
    requestId: string,
    { deed, body, decided }: { deed: string; body: object; decided: 'request_approved' | 'request_declined' },
  ): Promise<void> {
    const { service } = this.#deps;
    const request = { method: 'POST' as const, path: `${pathOf(requestId)}/${deed}`, body };
    const send = (): Promise<Answer<{ id: string }>> => service.attempt(contextId, request, askedAnswer);
    await madeSurely(
      send,
      () =>
        sentAgain(send, (why) =>
          why.kind === 'refused' && becauseOf(why.details) === decided ? { id: requestId } : null,
        ),
      (why) => failureBecause(service, why, decisionBecause, decisionCodes),
    );
  }

  #listOf(query: Record<string, string>, after = '') {
    const search = new URLSearchParams({ ...query, ...(after === '' ? {} : { after }) });
    return { method: 'GET' as const, path: `${accessRequestsPath}?${search.toString()}` };
  }
}

const decisionBecause = {
  request_approved: 'request_gone',
  request_declined: 'request_gone',
  account_closed: 'nobody_found',
} as const;

const decisionCodes = {
  ...accessCodes,
  not_found: 'request_gone',
  conflict: 'access_changed_meanwhile',
} as const satisfies Record<string, ErrorCode>;

function pathOf(requestId: string): string {
  return `${accessRequestsPath}/${encodeURIComponent(requestId)}`;
}

function codeOf(answer: Failed): string | null {
  return answer.kind === 'refused' ? answer.code : null;
}
