import { reviewChangesMax, reviewRules } from '../../../contracts/server-api/access/review.ts';
import type { ReviewKind } from '../../../contracts/server-api/access/review.ts';
import type { RepositoryAction } from '../../../contracts/server-api/repositories.ts';
import type { RepositoryRef } from '../../identity/repositories.ts';
import type { ReviewedGrant, ReviewedOrganization, ReviewedRepositories } from './review-facts.ts';

/** A change that would mend something: of the grant to its principal. */
export interface Mend {
  grant: ReviewedGrant;
  actions: readonly RepositoryAction[];
  /** RFC 3339. */
  ends: string | null;
}

/** Something that is worth a look. */
export interface Found {
  kind: ReviewKind;
  repository: RepositoryRef;
  grant: ReviewedGrant | null;
  group: { id: string; name: string } | null;
  admins: number | null;
  mends: readonly Mend[];
}

const day = 24 * 3600 * 1000;

/** So many days from a time, RFC 3339. */
export function daysFrom(time: Date, days: number): string {
  return new Date(time.getTime() + days * day).toISOString();
}

/**
 * All that is found on repositories, by repository.
 *
 * @param notedSince - Since when uses are noted, RFC 3339.
 */
export function findOn(
  org: ReviewedOrganization,
  { grants, pushers }: ReviewedRepositories,
  notedSince: string,
  now: Date,
): Found[] {
  const onEach = Map.groupBy(grants, ({ repository }) => repository);
  return [...onEach].flatMap(([repository, all]) => {
    const allowed = all.filter(({ effect }) => effect === 'allow');
    const pushed = pushers.get(repository.id) ?? new Set<string>();
    return [
      ...allowed.flatMap((grant) => [
        ...findUnused(org, grant, pushed, notedSince, now),
        ...findEnding(grant, now),
        ...findBesideGroup(org, grant, allowed),
        ...findKeyless(org, grant),
      ]),
      ...findManyAdmins(org, repository, all),
    ];
  });
}

function about(kind: ReviewKind, grant: ReviewedGrant, mend: Omit<Mend, 'grant'>): Found {
  const { repository } = grant;
  return { kind, repository, grant, group: null, admins: null, mends: [{ grant, ...mend }] };
}

const nothing = { actions: [], ends: null } as const;

/** What administrators do is not noted: nobody is told to have left `admin` unused. */
function findUnused(
  { members }: ReviewedOrganization,
  grant: ReviewedGrant,
  pushed: ReadonlySet<string>,
  notedSince: string,
  now: Date,
): Found[] {
  const { actions, principal, at, ends } = grant;
  const limit = daysFrom(now, -reviewRules.unusedDays);
  if (notedSince > limit || at > limit || !actions.includes('write') || actions.includes('admin')) return [];
  const users = principal.kind === 'group' ? [...(members.get(principal.id) ?? [])] : [principal.id];
  if (users.some((id) => pushed.has(id))) return [];
  const left = actions.filter((action) => action !== 'write');
  return [about('unused_write', grant, { actions: left, ends: left.length === 0 ? null : ends })];
}

function findEnding(grant: ReviewedGrant, now: Date): Found[] {
  const { actions, ends } = grant;
  if (ends === null || ends > daysFrom(now, reviewRules.endingDays)) return [];
  return [about('ending', grant, { actions, ends: daysFrom(now, reviewRules.extendedDays) })];
}

/**
 * Who left which group is only in the audit log, by the name that the group had then, and a review cannot read all of that:
 * so those who stand beside a group.
 */
function findBesideGroup(
  { members }: ReviewedOrganization,
  grant: ReviewedGrant,
  allowed: readonly ReviewedGrant[],
): Found[] {
  const { principal, actions } = grant;
  if (principal.kind !== 'user') return [];
  const groups = allowed.filter((other) => other.principal.kind === 'group');
  const isIn = (group: ReviewedGrant) => members.get(group.principal.id)?.has(principal.id) === true;
  if (groups.some(isIn)) return [];
  const covers = (group: ReviewedGrant) =>
    group.actions.includes('admin') || actions.every((action) => group.actions.includes(action));
  const found = groups.find(covers);
  if (found === undefined) return [];
  const { id, name } = found.principal;
  return [{ ...about('beside_group', grant, nothing), group: { id, name } }];
}

function findKeyless({ keylessBots }: ReviewedOrganization, grant: ReviewedGrant): Found[] {
  return keylessBots.has(grant.principal.id) ? [about('bot_without_key', grant, nothing)] : [];
}

/**
 * Proposed is that those lose `admin` to whom it was given last, themselves, and keep the rest, until so many are left as
 * may be: of many, the first of them. Whoever has it by a group keeps it.
 */
function findManyAdmins(
  org: ReviewedOrganization,
  repository: RepositoryRef,
  all: readonly ReviewedGrant[],
): Found[] {
  const withAdmin = all.filter(({ actions }) => actions.includes('admin'));
  const given = withAdmin.filter(({ effect }) => effect === 'allow');
  const denied = peopleOf(
    org,
    withAdmin.filter(({ effect }) => effect === 'deny'),
  );
  const counts = (id: string) => !org.notAdmins.has(id) && !denied.has(id);
  const people = [...peopleOf(org, given)].filter(counts);
  if (people.length <= reviewRules.admins) return [];
  const byGroup = peopleOf(
    org,
    given.filter(({ principal }) => principal.kind === 'group'),
  );
  const mends = given
    .filter(({ principal: { kind, id } }) => kind === 'user' && counts(id) && !byGroup.has(id))
    .toSorted(latestFirst)
    .slice(0, Math.min(people.length - reviewRules.admins, reviewChangesMax))
    .map((grant): Mend => ({ grant, actions: ['read', 'write', 'delete'], ends: grant.ends }));
  return [{ kind: 'many_admins', repository, grant: null, group: null, admins: people.length, mends }];
}

/** Ids of the people for whom grants are, themselves or by a group. */
function peopleOf({ members }: ReviewedOrganization, grants: readonly ReviewedGrant[]): Set<string> {
  return new Set(
    grants.flatMap(({ principal: { kind, id } }) => {
      if (kind === 'user') return [id];
      return kind === 'group' ? [...(members.get(id) ?? [])] : [];
    }),
  );
}

function latestFirst(one: ReviewedGrant, other: ReviewedGrant): number {
  const [first, second] = [one, other].map(({ at, id }) => `${at} ${id}`) as [string, string];
  if (first === second) return 0;
  return first < second ? 1 : -1;
}
