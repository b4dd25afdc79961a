import { setImmediate as nextTurn } from 'node:timers/promises';
import { previewEffectsMax } from '../../../contracts/server-api/access/batches.ts';
import type { AccessEffect, BatchRequest, Preview } from '../../../contracts/server-api/access/batches.ts';
import type { RepositoryAction } from '../../../contracts/server-api/repositories.ts';
import type { Caller } from '../../auth/caller.ts';
import type { ServerContext } from '../../context.ts';
import { repositoryActions } from '../../db/grant-columns.ts';
import { ApiError } from '../../http/api-error.ts';
import type { RepositoryRef } from '../../identity/repositories.ts';
import { findSubjects, toAccessPrincipal } from '../matrix/access-principals.ts';
import type { NamedSubject } from '../matrix/access-principals.ts';
import { readVersioned } from '../matrix/access-version.ts';
import { requireAdministered } from '../matrix/administered.ts';
import { checkChanges, countRefusedAddresses } from './batch-changes.ts';
import type { CellChange } from './batch-changes.ts';
import { decideRepository } from '../decide.ts';
import type { PrincipalFacts, RepositoryDecision, RepositoryFacts } from '../decide.ts';
import { namesOfGivers, nextChange, Reasons, sameActions } from '../matrix/explain.ts';
import { askerOf } from '../repository-access.ts';
import { grantsFor, loadSetFacts, repositoryFacts } from '../matrix/set-facts.ts';
import type { GivenGrant, SetFacts, ShownOrganization } from '../matrix/set-facts.ts';

/** Pairs of principal and repository that one preview decides about at most: members of changed groups count. */
const maxPairs = 200_000;
/** Memberships of the changed groups at most: as many as a statement takes. */
const maxMemberships = 10_000;

/**
 * What a batch would do, if it were made now: who gains and loses what, members of changed groups among them where the caller
 * may be shown these, and which of its changes cannot be made.
 *
 * @throws ApiError 403, 404 for the organization; 400 where it changes what too many may do; 429 as
 *   `countRefusedAddresses`
 */
export async function previewBatch(
  context: ServerContext,
  caller: Caller,
  { org: slug, changes: asked }: BatchRequest,
): Promise<Preview> {
  const { value: read, version } = await readVersioned(context, async (now) => {
    const org = await requireAdministered(context, caller, slug);
    const { changes, refused } = await checkChanges(context, askerOf(caller), slug, asked, now);
    const touched = await touchedBy(context, org, changes);
    const ids = [...new Set(changes.map(({ repository }) => repository.id))];
    const self: NamedSubject = { ...caller.principal, email: null };
    const facts = await loadSetFacts(context, org, [...touched.map(({ subject }) => subject), self], ids);
    const givers = await namesOfGivers(context, facts);
    return { now, changes, refused, touched, facts, givers };
  });
  countRefusedAddresses(context, caller, asked, read.refused);
  // Decided once all is read: what is written meanwhile would have it read again.
  const { now, changes, facts, givers } = read;
  const { id, name } = caller.principal;
  const after = withChanges(facts, changes, id, now);
  const view = { before: facts, after, now, reasons: new Reasons(after, new Map([...givers, [id, name]])) };
  const own = decisionsOf(view, id);
  const lost = changes.flatMap(({ repository }) => {
    const { before, after: then } = own(repository);
    return before.actions.has('admin') && !then.actions.has('admin') ? [repository.fullName] : [];
  });
  const effects = await effectsOf(view, read.touched);
  return { version, ...effects, refused: read.refused, own_admin_lost: [...new Set(lost)] };
}

/** Somebody, and the repositories on which something changes for them. */
interface Touched {
  subject: NamedSubject;
  repositories: RepositoryRef[];
  /** Ids of those of them on which a change names them, not only a group of theirs. */
  named: ReadonlySet<string>;
}

/** Everybody whom changes are about: groups, then people, then bots, each by name. */
async function touchedBy(
  context: ServerContext,
  org: ShownOrganization,
  changes: readonly CellChange[],
): Promise<Touched[]> {
  const touched = new Map<string, ReturnType<typeof untouched>>();
  const untouched = (subject: NamedSubject) => ({
    ...{ subject, repositories: new Map<string, RepositoryRef>(), named: new Set<string>() },
  });
  const touch = (subject: NamedSubject, repository: RepositoryRef, isNamed: boolean) => {
    const known = touched.get(subject.id) ?? untouched(subject);
    touched.set(subject.id, known);
    known.repositories.set(repository.id, repository);
    if (isNamed) known.named.add(repository.id);
  };
  const members = await membersOf(context, org, changes);
  let pairs = 0;
  for (const { subject, repository } of changes) {
    const those = subject.kind === 'group' ? (members.get(subject.id) ?? []) : [];
    pairs += 1 + those.length;
    if (pairs > maxPairs) throw tooMany();
    touch(subject, repository, true);
    for (const each of those) touch(each, repository, false);
  }
  const order = { group: 0, user: 1, bot: 2 };
  return [...touched.values()]
    .map(({ repositories, ...each }) => ({ ...each, repositories: [...repositories.values()] }))
    .toSorted(
      ({ subject: one }, { subject: other }) =>
        order[one.kind] - order[other.kind] || (one.name < other.name ? -1 : 1),
    );
}

function tooMany(): ApiError {
  const words = 'These changes are about too many people to be looked at together. Look at fewer at once.';
  return new ApiError('invalid_request', words);
}

/** Who is in the groups of changes, of groups whose members the caller may be shown. */
async function membersOf(
  { db }: ServerContext,
  { slug, known }: ShownOrganization,
  changes: readonly CellChange[],
): Promise<Map<string, NamedSubject[]>> {
  const groups = changes.flatMap(({ subject }) => (subject.kind === 'group' ? [subject.id] : []));
  if (groups.length === 0 || known.size === 0) return new Map();
  const rows = await db
    .selectFrom('group_members')
    .innerJoin('groups', 'groups.id', 'group_members.group_id')
    .innerJoin('organizations', 'organizations.id', 'groups.org_id')
    .select(['group_id', 'user_id'])
    .where('group_id', 'in', [...new Set(groups)])
    .where('organizations.slug', 'in', [...known])
    .limit(maxMemberships + 1)
    .execute();
  if (rows.length > maxMemberships) throw tooMany();
  const ids = [...new Set(rows.map((row) => row.user_id))];
  const people = ids.length === 0 ? new Map<string, NamedSubject>() : await findSubjects(db, slug, ids);
  return new Map(
    [...Map.groupBy(rows, (row) => row.group_id)].map(([group, all]) => [
      group,
      all.flatMap((row) => people.get(row.user_id) ?? []),
    ]),
  );
}

/** What would be known once the changes were made. */
function withChanges(facts: SetFacts, changes: readonly CellChange[], by: string, now: Date): SetFacts {
  const grants = new Map(facts.grants);
  for (const [id, all] of Map.groupBy(changes, ({ subject }) => subject.id)) {
    const repositories = new Set(all.map(({ repository }) => repository.id));
    const others = (grants.get(id) ?? []).filter(
      ({ repositoryId, effect }) => effect === 'deny' || !repositories.has(repositoryId),
    );
    const given = all
      .filter(({ actions }) => actions.length > 0)
      .map(({ repository, actions, ends }): GivenGrant => ({
        ...{ id: `${id} ${repository.id}`, repositoryId: repository.id, principalId: id },
        ...{ actions, effect: 'allow', ends, by, at: now.toISOString() },
      }));
    grants.set(id, [...given, ...others]);
  }
  return { ...facts, grants };
}

interface View {
  before: SetFacts;
  after: SetFacts;
  now: Date;
  reasons: Reasons;
}

interface Decided {
  who: PrincipalFacts | null;
  on: RepositoryFacts;
  before: RepositoryDecision;
  after: RepositoryDecision;
}

/** What somebody may do on a repository, before and after. */
function decisionsOf({ before, after, now }: View, id: string): (repository: RepositoryRef) => Decided {
  const who = after.who.get(id) ?? null;
  const [grantsBefore, grantsAfter] = [grantsFor(before, id), grantsFor(after, id)];
  return (repository) => {
    const then = repositoryFacts(before, repository, grantsBefore.get(repository.id));
    const on = repositoryFacts(after, repository, grantsAfter.get(repository.id));
    return {
      ...{ who, on },
      before: decideRepository(who, then, null, now),
      after: decideRepository(who, on, null, now),
    };
  };
}

/** Pairs that are decided about at once; others have their turn before the next ones. */
const pairsOfTurn = 4000;

async function effectsOf(
  view: View,
  touched: readonly Touched[],
): Promise<Pick<Preview, 'gains' | 'loses' | 'total'>> {
  const [gains, loses] = [new ToldEffects(), new ToldEffects()];
  let pairs = 0;
  for (const { subject, repositories, named } of touched) {
    pairs += repositories.length;
    if (pairs > pairsOfTurn) {
      await nextTurn();
      pairs = repositories.length;
    }
    const decisions = decisionsOf(view, subject.id);
    for (const repository of repositories) {
      const decided = decisions(repository);
      const { before, after } = decided;
      for (const [side, one, other] of [
        [gains, after, before],
        [loses, before, after],
      ] as const) {
        const actions = repositoryActions.filter((each) => one.actions.has(each) && !other.actions.has(each));
        if (actions.length === 0) continue;
        side.add(named.has(repository.id), () => toEffect(view, { subject, repository, actions }, decided));
      }
    }
  }
  return {
    ...{ gains: gains.first(), loses: loses.first() },
    total: { gains: gains.total, loses: loses.total },
  };
}

/**
 * The effects that are told of all: those on whom changes name before what others get by a group. A batch has no more
 * changes than are told, so a large group in it hides none of them.
 */
class ToldEffects {
  total = 0;
  readonly #named: { at: number; effect: AccessEffect }[] = [];
  readonly #others: { at: number; effect: AccessEffect }[] = [];

  add(isNamed: boolean, make: () => AccessEffect): void {
    this.total += 1;
    const list = isNamed ? this.#named : this.#others;
    if (list.length < previewEffectsMax) list.push({ at: this.total, effect: make() });
  }

  /** In the order in which they came. */
  first(): AccessEffect[] {
    const room = previewEffectsMax - this.#named.length;
    return [...this.#named, ...this.#others.slice(0, room)]
      .toSorted((one, other) => one.at - other.at)
      .map(({ effect }) => effect);
  }
}

function toEffect(
  { before: facts, now, reasons }: View,
  about: { subject: NamedSubject; repository: RepositoryRef; actions: RepositoryAction[] },
  { who, on, before, after }: Decided,
): AccessEffect {
  return {
    principal: toAccessPrincipal(about.subject, facts),
    repository: about.repository.fullName,
    actions: about.actions,
    before: [...before.actions],
    after: [...after.actions],
    by: reasons.all(after),
    until: nextChange((at) => decideRepository(who, on, null, at), on, now, sameActions),
  };
}
