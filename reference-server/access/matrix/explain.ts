import type { AccessReason, Explanation } from '../../../contracts/server-api/access/primitives.ts';
import type { RepositoryAction } from '../../../contracts/server-api/repositories.ts';
import type { Caller, Limits } from '../../auth/caller.ts';
import type { ServerContext } from '../../context.ts';
import { repositoryActions } from '../../db/grant-columns.ts';
import type { RepositoryRef } from '../../identity/repositories.ts';
import { orgOfRepository } from '../../identity/repository-name.ts';
import { requirePrincipal, toAccessPrincipal } from './access-principals.ts';
import type { NamedSubject } from './access-principals.ts';
import { readVersioned } from './access-version.ts';
import { loadKnown } from './administered.ts';
import { decideRepository } from '../decide.ts';
import type { Fact, GrantFacts, RepositoryDecision, RepositoryFacts } from '../decide.ts';
import { requireRepository } from '../require-right.ts';
import { grantsFor, loadSetFacts, repositoryFacts } from './set-facts.ts';
import type { GivenGrant, SetFacts, ShownOrganization } from './set-facts.ts';

/**
 * What somebody may do on a repository that the caller administers, and why.
 *
 * @throws ApiError 404 for the principal; 403, 404 for the repository
 */
export async function explainAccess(
  context: ServerContext,
  caller: Caller,
  { principal, repository: name }: { principal: string; repository: string },
): Promise<Explanation> {
  const { value, version } = await readVersioned(context, async (now) => {
    const repository = await requireRepository(context, caller, name, 'admin');
    const org = await organizationOf(context, caller, name);
    const subject = await requirePrincipal(context, caller, org.slug, principal);
    return explainSubject(context, org, { subject, limits: null }, repository, now);
  });
  return { ...value, version };
}

/** What somebody may do on a repository and why, themselves or by a credential with limits. */
export async function explainSubject(
  context: ServerContext,
  org: ShownOrganization,
  { subject, limits }: { subject: NamedSubject; limits: Limits | null },
  repository: RepositoryRef,
  now: Date,
): Promise<Omit<Explanation, 'version'>> {
  const facts = await loadSetFacts(context, org, [subject], [repository.id]);
  const reasons = new Reasons(facts, await namesOfGivers(context, facts));
  return {
    principal: toAccessPrincipal(subject, facts),
    repository: repository.fullName,
    ...explainCell(facts, reasons, { id: subject.id, limits }, repository, now),
  };
}

/** What is known of somebody on a repository, as an explanation. */
export function explainCell(
  facts: SetFacts,
  reasons: Reasons,
  { id, limits }: { id: string; limits: Limits | null },
  repository: RepositoryRef,
  now: Date,
): Pick<Explanation, 'actions' | 'because'> {
  const who = facts.who.get(id) ?? null;
  const on = repositoryFacts(facts, repository, grantsFor(facts, id).get(repository.id));
  const decide = (at: Date) => decideRepository(who, on, limits, at);
  const decision = decide(now);
  return {
    actions: [...decision.actions],
    because: repositoryActions.map((action) => ({
      action,
      allowed: decision.actions.has(action),
      by: reasons.for(action, decision),
      until: nextChange(decide, on, now, (one, other) => one.has(action) === other.has(action)),
    })),
  };
}

/** The organization that a repository, which is there, is in. */
export async function organizationOf(
  context: ServerContext,
  caller: Caller,
  name: string,
): Promise<ShownOrganization> {
  const slug = orgOfRepository(name) ?? '';
  const { id } = await context.db
    .selectFrom('organizations')
    .select('id')
    .where('slug', '=', slug)
    .executeTakeFirstOrThrow();
  return { id, slug, known: await loadKnown(context, caller, slug) };
}

/** Names of those who gave the grants. */
export async function namesOfGivers(
  context: ServerContext,
  { grants }: SetFacts,
): Promise<Map<string, string>> {
  const given = [...grants.values()].flat();
  return namesOf(
    context,
    given.map(({ by }) => by),
  );
}

/** Names by id: of users, and `org/name` of bots. */
export async function namesOf({ db }: ServerContext, all: readonly string[]): Promise<Map<string, string>> {
  const ids = [...new Set(all)];
  if (ids.length === 0) return new Map();
  const users = await db.selectFrom('users').select(['id', 'username']).where('id', 'in', ids).execute();
  const bots = await db
    .selectFrom('bots')
    .innerJoin('organizations', 'organizations.id', 'bots.org_id')
    .select(['bots.id', 'bots.name', 'organizations.slug'])
    .where('bots.id', 'in', ids)
    .execute();
  return new Map([
    ...users.map(({ id, username }): [string, string] => [id, username]),
    ...bots.map(({ id, slug, name }): [string, string] => [id, `${slug}/${name}`]),
  ]);
}

/** Words for what decides, with who gave it. */
export class Reasons {
  readonly #given: ReadonlyMap<string, GivenGrant>;
  readonly #givers: ReadonlyMap<string, string>;

  /** @param givers - Names of those who gave the grants, by id. */
  constructor({ grants }: SetFacts, givers: ReadonlyMap<string, string>) {
    this.#given = new Map([...grants.values()].flat().map((grant) => [grant.id, grant]));
    this.#givers = givers;
  }

  /** What decides about an action, that which has the last word first. */
  for(
    action: RepositoryAction,
    { because, actions }: Pick<RepositoryDecision, 'because' | 'actions'>,
  ): AccessReason[] {
    const reasons = because.filter((fact) => isAbout(action, fact)).map((fact) => this.#toReason(fact));
    if (actions.has(action)) return reasons;
    return reasons.toSorted((one, other) => weight(one) - weight(other));
  }

  /** All that decides. */
  all({ because }: Pick<RepositoryDecision, 'because'>): AccessReason[] {
    return because.map((fact) => this.#toReason(fact));
  }

  #toReason(fact: Fact): AccessReason {
    switch (fact.kind) {
      case 'inactive':
      case 'administrator':
      case 'public':
      case 'viewer':
      case 'limit':
        return { kind: fact.kind };
      case 'role':
        return fact;
      case 'grant':
        return this.#toGrant(fact.grant);
    }
  }

  #toGrant({ id, group, actions, effect, ends }: GrantFacts): AccessReason {
    const { by = '', at = '' } = this.#given.get(id) ?? {};
    return {
      kind: effect === 'deny' ? 'deny' : 'grant',
      ...{ id, group, actions: [...actions] },
      given_by: this.#givers.get(by) ?? null,
      given_at: at,
      until: ends,
    };
  }
}

function weight({ kind }: AccessReason): number {
  return kind === 'limit' || kind === 'viewer' ? 0 : kind === 'deny' ? 1 : 2;
}

/** Whether a fact allows an action, or keeps it back. */
function isAbout(action: RepositoryAction, fact: Fact): boolean {
  switch (fact.kind) {
    case 'inactive':
    case 'administrator':
    case 'role':
      return true;
    case 'public':
      return action === 'read';
    case 'viewer':
    case 'limit':
      return fact.withheld.includes(action);
    case 'grant': {
      const { actions, effect } = fact.grant;
      return actions.includes(action) || (effect === 'allow' && actions.includes('admin'));
    }
  }
}

/** Whether two sets of actions are the same one, for `nextChange`. */
export function sameActions(
  one: ReadonlySet<RepositoryAction>,
  other: ReadonlySet<RepositoryAction>,
): boolean {
  return one.size === other.size && [...one].every((action) => other.has(action));
}

/**
 * When what somebody may do changes by itself.
 *
 * @param decide - What they may do at a time.
 * @param isSame - Whether two sets of actions say the same.
 * @returns RFC 3339; null for never.
 */
export function nextChange(
  decide: (at: Date) => Pick<RepositoryDecision, 'actions'>,
  on: RepositoryFacts,
  now: Date,
  isSame: (one: ReadonlySet<RepositoryAction>, other: ReadonlySet<RepositoryAction>) => boolean,
): string | null {
  const ends = on.grants.flatMap(({ ends: end }) => (end !== null && end > now.toISOString() ? [end] : []));
  if (ends.length === 0) return null;
  const { actions } = decide(now);
  return ends.toSorted().find((end) => !isSame(actions, decide(new Date(end)).actions)) ?? null;
}
