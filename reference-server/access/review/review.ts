import { setImmediate as nextTurn } from 'node:timers/promises';
import { reviewFindingsMax, reviewKinds, reviewRules } from '../../../contracts/server-api/access/review.ts';
import type { Review, ReviewFinding, ReviewKind } from '../../../contracts/server-api/access/review.ts';
import type { Caller } from '../../auth/caller.ts';
import type { ServerContext } from '../../context.ts';
import { usesNotedSince, usesOf } from '../../db/repository-uses.ts';
import { referenceOf, toAccessPrincipal } from '../matrix/access-principals.ts';
import type { NamedSubject } from '../matrix/access-principals.ts';
import { readVersioned } from '../matrix/access-version.ts';
import { administeredRepositories, requireAdministered } from '../matrix/administered.ts';
import type { AdministeredOrganization } from '../matrix/administered.ts';
import { askerOf } from '../repository-access.ts';
import { daysFrom, findOn } from './review-findings.ts';
import type { Found, Mend } from './review-findings.ts';
import { loadReviewedOrganization, loadReviewedRepositories } from './review-facts.ts';
import { loadSetFacts } from '../matrix/set-facts.ts';

/** Repositories that are looked at together. */
const pageSize = 500;

/**
 * What is worth a look among the grants on repositories of an organization that the caller administers: of each kind how
 * many, and the first. Each with the changes that would mend it; nothing is changed.
 *
 * @throws ApiError 403, 404 as `requireAdministered`
 */
export async function reviewAccess(context: ServerContext, caller: Caller, slug: string): Promise<Review> {
  const { value, version } = await readVersioned(context, async (now) => {
    const org = await requireAdministered(context, caller, slug);
    const notedSince = await usesNotedSince(context.db);
    const found = await findAll(context, caller, org, notedSince, now);
    const tell = await teller(
      context,
      org,
      [...found.values()].flatMap(({ first }) => first),
    );
    return {
      noted_since: notedSince,
      kinds: reviewKinds.map((kind) => {
        const { total, first } = found.get(kind) ?? { total: 0, first: [] };
        return { kind, total, findings: first.map(tell) };
      }),
    };
  });
  return { version, ...value };
}

/** Of each kind how many, and the first. */
type FoundKinds = Map<ReviewKind, { total: number; first: Found[] }>;

async function findAll(
  context: ServerContext,
  caller: Caller,
  org: AdministeredOrganization,
  notedSince: string,
  now: Date,
): Promise<FoundKinds> {
  const known = await loadReviewedOrganization(context, org);
  const kinds: FoundKinds = new Map();
  const unusedAfter = daysFrom(now, -reviewRules.unusedDays);
  for (let after: string | undefined = ''; after !== undefined;) {
    const page = { limit: pageSize, after };
    const { repositories, next } = await administeredRepositories(context, askerOf(caller), org, page);
    const facts = await loadReviewedRepositories(context, repositories, unusedAfter, now);
    for (const found of findOn(known, facts, notedSince, now)) {
      const { total, first } = kinds.get(found.kind) ?? { total: 0, first: [] };
      if (first.length < reviewFindingsMax) first.push(found);
      kinds.set(found.kind, { total: total + 1, first });
    }
    after = next;
    // Others have their turn in between.
    if (next !== undefined) await nextTurn();
  }
  return kinds;
}

/** Makes what tells findings, with what is known of all whom they are about. */
async function teller(
  context: ServerContext,
  org: AdministeredOrganization,
  all: readonly Found[],
): Promise<(found: Found) => ReviewFinding> {
  const grants = all.flatMap(({ grant }) => grant ?? []);
  const subjects = new Map(grants.map(({ principal }): [string, NamedSubject] => [principal.id, principal]));
  const facts = await loadSetFacts(context, org, [...subjects.values()], []);
  const repositoryIds = [...new Set(grants.map(({ repository }) => repository.id))];
  const uses = new Map(
    (await usesOf(context.db, [...subjects.keys()], repositoryIds)).map((use) => [
      `${use.principal_id} ${use.repository_id}`,
      use,
    ]),
  );
  const toChange = ({ grant: { principal, repository }, actions, ends }: Mend) => ({
    ...{ principal: referenceOf(principal, org.slug), repository: repository.fullName },
    ...{ actions: [...actions], ...(ends === null ? {} : { expires_at: ends }) },
  });
  return ({ kind, repository, grant, group, admins, mends }) => {
    const use = grant && uses.get(`${grant.principal.id} ${repository.id}`);
    return {
      ...{ kind, repository: repository.fullName, group, admins, changes: mends.map(toChange) },
      grant: grant && {
        ...{ id: grant.id, principal: toAccessPrincipal(grant.principal, facts) },
        ...{ actions: [...grant.actions], given_at: grant.at, until: grant.ends },
        ...{ pulled: use?.pulled_at ?? null, pushed: use?.pushed_at ?? null },
      },
    };
  };
}
