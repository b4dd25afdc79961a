import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RepositoryAction } from '../../../contracts/server-api/repositories.ts';
import { daysFrom, findOn } from '../../../reference-server/access/review/review-findings.ts';
import type { Found } from '../../../reference-server/access/review/review-findings.ts';
import type {
  ReviewedGrant,
  ReviewedOrganization,
  ReviewedRepositories,
} from '../../../reference-server/access/review/review-facts.ts';
import { repositoryActions } from '../../../reference-server/db/grant-columns.ts';

const now = new Date('2026-06-01T00:00:00.000Z');
const days = (count: number) => daysFrom(now, count);

const repositories = ['r1', 'r2'].map((id) => ({ id, fullName: `acme/${id}`, public: false }));
const users = ['u1', 'u2', 'u3', 'u4', 'u5', 'u6'];
const groups = ['grp1', 'grp2'];
const bots = ['b1', 'b2'];
const principals = [...users, ...groups, ...bots];
const kindOf = (id: string) => (id.startsWith('u') ? 'user' : id.startsWith('g') ? 'group' : 'bot');

const grant = fc.record({
  repository: fc.constantFrom(...repositories),
  principal: fc
    .constantFrom(...principals)
    .map((id) => ({ kind: kindOf(id), id, name: id, email: null }) as const),
  actions: fc.oneof(
    fc.subarray<RepositoryAction>([...repositoryActions], { minLength: 1 }),
    fc.constant<RepositoryAction[]>(['admin']),
  ),
  effect: fc.constantFrom('allow', 'allow', 'allow', 'deny' as const),
  at: fc.constantFrom(-200, -91, -90, -89, -1).map(days),
  ends: fc.option(fc.constantFrom(1, 13, 14, 15, 100).map(days)),
});

/** One grant of a principal on a repository for each effect, as the database has them. */
const world = fc.record({
  grants: fc
    .uniqueArray(grant, {
      maxLength: 14,
      selector: ({ repository, principal, effect }) => `${repository.id} ${principal.id} ${effect}`,
    })
    .map((all) => all.map((each, at): ReviewedGrant => ({ id: `g${String(at)}`, ...each }))),
  pushes: fc.array(fc.tuple(fc.constantFrom('r1', 'r2'), fc.constantFrom(...users, ...bots)), {
    maxLength: 6,
  }),
  members: fc.tuple(fc.subarray(users), fc.subarray(users)),
  keyless: fc.subarray(bots),
  notAdmins: fc.subarray(users),
  notedSince: fc.constantFrom(-300, -90, -10).map(days),
});
type World = typeof world extends fc.Arbitrary<infer Value> ? Value : never;

function find({ grants, pushes, members, keyless, notAdmins, notedSince }: World): Found[] {
  const org: ReviewedOrganization = {
    keylessBots: new Set(keyless),
    members: new Map(groups.map((id, at) => [id, new Set(members[at])])),
    notAdmins: new Set(notAdmins),
  };
  const pushers = new Map(
    repositories.map(({ id }) => [id, new Set(pushes.filter(([on]) => on === id).map(([, who]) => who))]),
  );
  const facts: ReviewedRepositories = { grants, pushers };
  return findOn(org, facts, notedSince, now);
}

const membersOf = ({ members }: World, id: string) => members[groups.indexOf(id)] ?? [];
const isMember = (all: World, group: string, user: string) => membersOf(all, group).includes(user);

/** What is to be found, by plain words alone. */
function oracle(all: World): string[] {
  const allowed = all.grants.filter(({ effect }) => effect === 'allow');
  const has = (given: ReviewedGrant, action: RepositoryAction) => given.actions.includes(action);
  const told: string[] = [];
  for (const one of allowed) {
    const { id, principal, repository, ends, at } = one;
    const pushed = all.pushes.some(
      ([on, who]) => on === repository.id && (who === principal.id || isMember(all, principal.id, who)),
    );
    const isOld = at <= days(-90) && all.notedSince <= days(-90);
    if (has(one, 'write') && !has(one, 'admin') && isOld && !pushed) told.push(`unused_write ${id}`);
    if (ends !== null && ends <= days(14)) told.push(`ending ${id}`);
    const theirs = allowed.filter(
      (other) => other.repository === repository && kindOf(other.principal.id) === 'group',
    );
    const isInSome = theirs.some((other) => isMember(all, other.principal.id, principal.id));
    const covered = theirs.some(
      (other) =>
        has(other, 'admin') || repositoryActions.every((each) => !has(one, each) || has(other, each)),
    );
    if (kindOf(principal.id) === 'user' && covered && !isInSome) told.push(`beside_group ${id}`);
    if (all.keyless.includes(principal.id)) told.push(`bot_without_key ${id}`);
  }
  for (const { id } of repositories) {
    const admins = adminsOf(all, id);
    if (admins.length > 3) told.push(`many_admins ${id} ${admins.length.toString()}`);
  }
  return told.toSorted();
}

function adminsOf(all: World, repositoryId: string): string[] {
  return users.filter((user) => {
    const theirs = all.grants.filter(
      ({ repository, principal, actions }) =>
        repository.id === repositoryId &&
        actions.includes('admin') &&
        (principal.id === user || isMember(all, principal.id, user)),
    );
    const [isGiven, isDenied] = ['allow', 'deny'].map((effect) =>
      theirs.some((each) => each.effect === effect),
    );
    return isGiven === true && isDenied !== true && !all.notAdmins.includes(user);
  });
}

const inWords = (found: readonly Found[]) =>
  found
    .map(({ kind, grant, repository, admins }) =>
      grant === null ? `${kind} ${repository.id} ${String(admins)}` : `${kind} ${grant.id}`,
    )
    .toSorted();

/** The world after a finding's changes were made. */
function mended(all: World, { mends }: Found): World {
  const grants = all.grants.flatMap((each) => {
    const mend = mends.find(({ grant: { id } }) => id === each.id);
    if (mend === undefined) return [each];
    return mend.actions.length === 0 ? [] : [{ ...each, actions: [...mend.actions], ends: mend.ends }];
  });
  return { ...all, grants };
}

describe('what a review finds', () => {
  it('is what the words say, in any world', () => {
    fc.assert(
      fc.property(world, (all) => {
        expect(inWords(find(all))).toEqual(oracle(all));
      }),
      { numRuns: 3000 },
    );
  });

  it('is mended by its changes, which give nobody anything that they have not', () => {
    let many = 0;
    fc.assert(
      fc.property(world, (all) => {
        for (const found of find(all)) {
          for (const { grant: before, actions, ends } of found.mends) {
            const isWithin =
              before.actions.includes('admin') || actions.every((each) => before.actions.includes(each));
            expect(isWithin).toBe(true);
            if (found.kind === 'ending') expect(ends).toBe(days(90));
            else if (actions.length > 0) expect(ends).toBe(before.ends);
          }
          const after = mended(all, found);
          if (found.grant !== null) {
            expect(inWords(find(after))).not.toContain(`${found.kind} ${found.grant.id}`);
            continue;
          }
          many += 1;
          // Those by a group stay.
          const isTheirs = ({ principal, effect }: ReviewedGrant) =>
            principal.kind === 'group' || effect === 'deny';
          const byGroup = adminsOf({ ...all, grants: all.grants.filter(isTheirs) }, found.repository.id);
          expect(adminsOf(after, found.repository.id)).toHaveLength(Math.max(3, byGroup.length));
        }
      }),
      { numRuns: 3000 },
    );
    expect(many).toBeGreaterThan(10);
  });

  it('of more administrators than one finding can change is mended step by step, the newest first', () => {
    const [repository] = repositories;
    if (repository === undefined) throw new Error('There is one.');
    const grants = Array.from({ length: 250 }, (_, at): ReviewedGrant => {
      const id = `u${String(at)}`;
      const principal = { kind: 'user', id, name: id, email: null } as const;
      const given = { actions: ['admin'], effect: 'allow', at: days(at - 300), ends: null } as const;
      return { id: `g${String(at)}`, repository, principal, ...given };
    });
    let all: World = {
      ...{ grants, pushes: [], members: [[], []], keyless: [], notAdmins: [], notedSince: days(-10) },
    };
    const steps: number[] = [];
    for (let [found] = find(all); found !== undefined; [found] = find(all)) {
      expect(found.mends[0]?.grant.at).toBe(days((found.admins ?? 0) - 301));
      steps.push(found.mends.length);
      all = mended(all, found);
    }
    expect(steps).toEqual([100, 100, 47]);
  });
});
