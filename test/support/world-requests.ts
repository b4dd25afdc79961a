import { KeyholdError } from '../../contracts/errors.ts';
import type {
  GivenAccess,
  OwnAccessRequest,
  WaitingAccessRequest,
} from '../../contracts/ipc/access-requests.ts';
import type { AccessFinding } from '../../contracts/ipc/access-review.ts';
import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { ReviewKind } from '../../contracts/server-api/access/review.ts';
import { repositoryActionSchema } from '../../contracts/server-api/repositories.ts';
import { timeFromNow } from './samples.ts';
import { teamId } from './samples-team.ts';
import { samplePrincipal, type DirectGrant } from './world-access.ts';
import type { World } from './world.ts';

const day = 86_400;

/** A request that waits for the user, as the service keeps it. */
export type AskedSample = Omit<WaitingAccessRequest, 'change' | 'replaces'> & { organization: string };

/** What a service knows of requests for access, and what a review of access finds. */
export interface RequestsWorld {
  /** Oldest first. */
  accessAsked: AskedSample[];
  /** The user's own, newest first. */
  accessOwnAsked: OwnAccessRequest[];
  accessNotedSince: string;
  accessFindings: { kind: ReviewKind; total: number; findings: AccessFinding[] }[];
}

export function sampleRequests(): RequestsWorld {
  return {
    accessAsked: [],
    accessOwnAsked: [],
    accessNotedSince: timeFromNow(-200 * day),
    accessFindings: [],
  };
}

const requestId = (number: number): string => teamId('u', number).replace('u_', 'req_');

export function sampleAsked(number: number, facts: Partial<AskedSample> = {}): AskedSample {
  return {
    organization: 'acme',
    id: requestId(number),
    repository: 'acme/web',
    actions: ['read', 'write'],
    until: timeFromNow(4 * day),
    reason: 'The release of the shop is on Friday',
    askedAt: timeFromNow(-number * 3600),
    by: {
      ...{ reference: `user:${teamId('u', 3)}`, name: 'sofia', email: 'sofia@acme.example', active: true },
    },
    ...facts,
  };
}

export function sampleOwnAsked(number: number, facts: Partial<OwnAccessRequest> = {}): OwnAccessRequest {
  const { id, repository, actions, until, reason, askedAt } = sampleAsked(number);
  return { ...{ id, repository, actions, until, reason, askedAt }, state: 'open', decided: null, ...facts };
}

/** A finding about a grant, with the change that would take it away. */
export function sampleFinding(facts: Partial<AccessFinding> = {}, name = 'jonas'): AccessFinding {
  const principal = facts.grant?.principal ?? samplePrincipal({ name, role: 'member' });
  const repository = facts.repository ?? 'acme/web';
  return {
    repository,
    grant: {
      principal,
      actions: ['read', 'write'],
      givenAt: timeFromNow(-120 * day),
      until: null,
      pulled: timeFromNow(-3 * day),
      pushed: null,
    },
    group: null,
    admins: null,
    changes: [{ principal: principal.reference, repository, actions: [], expiresAt: null }],
    ...facts,
  };
}

function grantOf({ accessGrants }: World, { by, repository }: AskedSample): DirectGrant | undefined {
  return accessGrants.find((each) => each.principal === by.reference && each.repository === repository);
}

function given(grant: DirectGrant | undefined): GivenAccess | null {
  return grant === undefined ? null : { actions: grant.actions, until: grant.expiresAt };
}

function waiting(world: World, asked: AskedSample): WaitingAccessRequest {
  const { id, repository, actions, until, reason, askedAt, by } = asked;
  const replaces = given(grantOf(world, asked));
  const isPast = asked.until !== null && Date.parse(asked.until) < Date.now();
  const change = {
    ...{ principal: asked.by.reference, repository: asked.repository, expiresAt: asked.until },
    actions: repositoryActionSchema.options.filter(
      (action) => asked.actions.includes(action) || replaces?.actions.includes(action) === true,
    ),
  };
  return { id, repository, actions, until, reason, askedAt, by, change: isPast ? null : change, replaces };
}

/** Requests for access, and reviews of it, in a world. */
export function requestsHandlers(world: World): Pick<IpcHandlers, 'accessRequests' | 'accessReview'> {
  const take = (requestId: string): AskedSample => {
    const asked = world.accessAsked.find(({ id }) => id === requestId);
    if (asked === undefined) throw new KeyholdError('request_gone');
    return asked;
  };
  const drop = ({ id }: AskedSample): void => {
    world.accessAsked = world.accessAsked.filter((each) => each.id !== id);
  };
  return {
    accessReview: {
      findings: () => ({ notedSince: world.accessNotedSince, kinds: world.accessFindings }),
    },
    accessRequests: {
      mine: () => ({ requests: world.accessOwnAsked }),
      waiting: ({ organization }) => ({
        requests: world.accessAsked
          .filter((asked) => asked.organization === organization)
          .map((asked) => waiting(world, asked)),
        isWhole: world.accessWhole,
      }),
      counts: () => ({
        organizations: world.accessOrganizations.map(({ slug, name }) => ({
          ...{ slug, name },
          open: world.accessAsked.filter(({ organization }) => organization === slug).length,
        })),
        isWhole: world.accessWhole,
      }),
      ask: ({ repository, actions, until, reason }) => {
        const asked = sampleOwnAsked(40 + world.accessOwnAsked.length, {
          ...{ repository, actions, until, reason, askedAt: timeFromNow(0) },
        });
        world.accessOwnAsked = [asked, ...world.accessOwnAsked];
        return { requestId: asked.id };
      },
      approve: ({ requestId, replaces, actions, until }) => {
        const asked = take(requestId);
        const grant = grantOf(world, asked);
        if (JSON.stringify(given(grant)) !== JSON.stringify(replaces))
          throw new KeyholdError('access_changed_meanwhile');
        drop(asked);
        world.accessGrants = [
          ...world.accessGrants.filter((each) => each !== grant),
          {
            ...{ principal: asked.by.reference, repository: asked.repository, expiresAt: until },
            actions: [...new Set([...(grant?.actions ?? []), ...actions])],
          },
        ];
        world.accessVersion += 1;
        return undefined;
      },
      decline: ({ requestId }) => {
        drop(take(requestId));
        return undefined;
      },
      withdraw: ({ requestId }) => {
        world.accessOwnAsked = world.accessOwnAsked.filter(({ id }) => id !== requestId);
        return undefined;
      },
    },
  };
}
