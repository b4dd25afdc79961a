import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { RepositoryAction } from '../../../contracts/server-api/repositories.ts';
import { repositoryAccess } from '../../../reference-server/access/repository-access.ts';
import { repositoryActions, writeActions } from '../../../reference-server/db/grant-columns.ts';
import { listRepositories } from '../../../reference-server/access/repositories/repository-list.ts';
import type { Principal } from '../../../reference-server/identity/principals.ts';
import { seedCheaply } from '../../support/demo-seed.ts';
import { mayDo } from '../../support/rights-oracle.ts';
import type { OracleGrant } from '../../support/rights-oracle.ts';
import { countQueries, newTestContext } from '../../support/server-context.ts';
import type { TestContext } from '../../support/server-context.ts';
import { newAccount } from '../../../reference-server/identity/users.ts';

const orgs = ['acme', 'northwind'] as const;
const users = ['ann', 'ben'] as const;
const names = ['api', 'base', 'web'] as const;
const repositories = orgs.flatMap((org) => names.map((name) => `${org}/${name}`));
const principals: Principal[] = [
  ...users.map((id) => ({ kind: 'user' as const, id, name: id })),
  ...orgs.map((org) => ({ kind: 'bot' as const, id: `bot-${org}`, name: `${org}/ci` })),
];

/** What somebody may have been given on a repository. */
const given: Record<string, OracleGrant[]> = {
  reader: [{ effect: 'allow', actions: ['read'], ended: false }],
  writer: [{ effect: 'allow', actions: ['read', 'write'], ended: false }],
  ended: [{ effect: 'allow', actions: ['read', 'write'], ended: true }],
  'not to write': [
    { effect: 'allow', actions: ['read', 'write'], ended: false },
    { effect: 'deny', actions: ['write'], ended: false },
  ],
  'shut out': [{ effect: 'deny', actions: ['read'], ended: false }],
  'no longer shut out': [{ effect: 'deny', actions: ['read'], ended: true }],
  'reader by a group': [{ to: 'their group', effect: 'allow', actions: ['read'], ended: false }],
  'reader, and all by a group': [
    { effect: 'allow', actions: ['read'], ended: false },
    { to: 'their group', effect: 'allow', actions: ['admin'], ended: false },
  ],
  'no longer by a group': [{ to: 'their group', effect: 'allow', actions: ['read'], ended: true }],
  'shut out by a group': [
    { effect: 'allow', actions: ['read', 'write'], ended: false },
    { to: 'their group', effect: 'deny', actions: ['read'], ended: false },
  ],
  'by another group': [{ to: 'another group', effect: 'allow', actions: ['read'], ended: false }],
  none: [],
};
/** Bots are in no group. */
const isFor = ({ kind }: Principal, { to = 'them' }: OracleGrant) => kind === 'user' || to === 'them';
/** Is in all groups that the users are not in. */
const somebodyElse = 'cyd';
const grantKinds = Object.keys(given);

/** Who belongs where, what there is and who was let in, each drawn for itself. */
const world = fc.record({
  roles: fc.array(fc.constantFrom('viewer', 'member', 'admin', 'owner', null), {
    minLength: 4,
    maxLength: 4,
  }),
  repositories: fc.array(fc.constantFrom('public', 'private', 'missing'), { minLength: 6, maxLength: 6 }),
  grants: fc.array(fc.constantFrom(...grantKinds, 'none'), {
    minLength: 24,
    maxLength: 24,
  }),
  /** Of each principal. */
  active: fc.array(fc.constantFrom(true, true, true, false), { minLength: 4, maxLength: 4 }),
  /** Of each user. */
  onServer: fc.array(fc.constantFrom('user', 'user', 'user', 'viewer', 'admin'), {
    minLength: 2,
    maxLength: 2,
  }),
  limit: fc.integer({ min: 1, max: 4 }),
});
type World = typeof world extends fc.Arbitrary<infer Drawn> ? Drawn : never;

let context: TestContext;
afterEach(() => context.db.destroy());

async function build({ roles, repositories: states, grants, active, onServer }: World): Promise<void> {
  context = await newTestContext();
  const { db } = context;
  const created_at = context.now().toISOString();
  await db
    .insertInto('organizations')
    .values(orgs.map((slug) => ({ id: slug, slug, display_name: slug, kind: 'team', created_at })))
    .execute();
  await db
    .insertInto('principals')
    .values(
      [...principals, { kind: 'user' as const, id: somebodyElse }].map(({ kind, id }) => ({ kind, id })),
    )
    .execute();
  await db
    .insertInto('users')
    .values(
      [...users, somebodyElse].map((id, at) => ({
        id,
        username: id,
        email: `${id}@x.example`,
        display_name: id,
        ...newAccount,
        created_at,
        status: active[at] === true ? ('active' as const) : ('disabled' as const),
        role: onServer[at] ?? 'user',
      })),
    )
    .execute();
  await db
    .insertInto('bots')
    .values(
      orgs.map((org_id, at) => ({
        id: `bot-${org_id}`,
        org_id,
        name: 'ci',
        created_by: 'ann',
        created_at,
        deleted_at: active[2 + at] === true ? null : created_at,
      })),
    )
    .execute();
  await insertGroups(created_at);
  const memberships = users.flatMap((user_id, at) =>
    orgs.flatMap((org_id, of) => {
      const role = roles[at * 2 + of] ?? null;
      return role === null ? [] : [{ org_id, user_id, role, created_at }];
    }),
  );
  if (memberships.length > 0) await db.insertInto('memberships').values(memberships).execute();
  const existing = repositories.filter((_name, at) => states[at] !== 'missing');
  for (const full_name of existing) {
    const isPublic = states[repositories.indexOf(full_name)] === 'public' ? 1 : 0;
    const org_id = full_name.split('/')[0] ?? '';
    await db
      .insertInto('repositories')
      .values({ id: full_name, org_id, full_name, public: isPublic, created_at })
      .execute();
    for (const [at, principal] of principals.entries()) {
      const { id } = principal;
      const kind = grants[repositories.indexOf(full_name) * 4 + at] ?? 'none';
      for (const { to = 'them', effect, actions, ended } of given[kind] ?? []) {
        if (!isFor(principal, { to, effect, actions, ended })) continue;
        await db
          .insertInto('grants')
          .values({
            id: `${id} ${full_name} ${effect} ${to}`,
            repository_id: full_name,
            principal_id: to === 'them' ? id : `${to} of ${id}`,
            created_at,
            actions: writeActions(actions),
            effect,
            batch: null,
            created_by: 'ann',
            expires_at: ended ? created_at : null,
          })
          .execute();
      }
    }
  }
}

/** Each user's group, and one that the user is not in. */
async function insertGroups(created_at: string): Promise<void> {
  for (const user of users) {
    for (const which of ['their group', 'another group']) {
      const id = `${which} of ${user}`;
      const user_id = which === 'their group' ? user : somebodyElse;
      const row = { id, org_id: 'acme', name: id, description: '', source: null, external_id: null };
      await context.db.insertInto('principals').values({ id, kind: 'group' }).execute();
      await context.db
        .insertInto('groups')
        .values({ ...row, created_by: 'ann', created_at })
        .execute();
      await context.db.insertInto('group_members').values({ group_id: id, user_id, created_at }).execute();
    }
  }
}

/** What the plain rules let somebody do, by the world as it was drawn. */
function allowedIn(drawn: World, principal: Principal | null, name: string): RepositoryAction[] {
  const [org, who] = [name.split('/')[0] ?? '', principal === null ? -1 : principals.indexOf(principal)];
  const role = principal?.kind === 'user' ? drawn.roles[who * 2 + orgs.indexOf(org as 'acme')] : null;
  const onServer = principal?.kind === 'user' ? (drawn.onServer[who] ?? 'user') : 'user';
  const found = repositories.indexOf(name);
  return repositoryActions.filter((action) =>
    mayDo(
      {
        who: principal && { active: drawn.active[who] === true, role: role ?? null, onServer },
        repository: drawn.repositories[found] ?? 'missing',
        grants: (principal === null ? [] : (given[drawn.grants[found * 4 + who] ?? 'none'] ?? [])).filter(
          (each) => principal !== null && isFor(principal, each),
        ),
      },
      action,
    ),
  );
}

async function listed(
  principal: Principal | null,
  limit: number,
): Promise<{ name: string; actions: string[] }[]> {
  const found = [];
  let after = '';
  for (;;) {
    const { repositories: page, next } = await listRepositories(
      context,
      { principal, limits: null },
      { limit, after },
    );
    expect(page.length).toBeLessThanOrEqual(limit);
    found.push(...page.map(({ name, actions }) => ({ name, actions })));
    if (next === undefined) return found;
    after = next;
  }
}

describe('the list of repositories', () => {
  it('is for everybody and in every world exactly what the plain rules let them read, with what they may do', async () => {
    await fc.assert(
      fc.asyncProperty(world, async (drawn) => {
        await build(drawn);
        for (const principal of [...principals, null]) {
          const allowed = [];
          for (const name of repositories) {
            const actions = allowedIn(drawn, principal, name);
            const access = await repositoryAccess(context, { principal, limits: null }, name);
            expect([name, principal?.id, [...access.actions]]).toEqual([name, principal?.id, actions]);
            if (access.repository !== null && actions.includes('read')) allowed.push({ name, actions });
          }
          expect(await listed(principal, drawn.limit)).toEqual(allowed);
        }
        await context.db.destroy();
      }),
      { numRuns: 60 },
    );
  });

  it('of 500 asks the database as often as one of two: a handful of times', async () => {
    context = await newTestContext();
    await seedCheaply(context);
    const [maya, acme] = await Promise.all([
      context.db.selectFrom('users').selectAll().where('username', '=', 'maya').executeTakeFirstOrThrow(),
      context.db.selectFrom('organizations').selectAll().executeTakeFirstOrThrow(),
    ]);
    const created_at = context.now().toISOString();
    const rows = Array.from({ length: 500 }, (_, index) => {
      const full_name = `acme/many-${String(index).padStart(3, '0')}`;
      return { id: `r_${String(index)}`, org_id: acme.id, full_name, public: 0 as const, created_at };
    });
    await context.db.insertInto('repositories').values(rows).execute();
    const queries = countQueries(context);
    const ask = async (limit: number) => {
      const principal = { kind: 'user', id: maya.id, name: 'maya' } as const;
      const { repositories: page } = await listRepositories(
        queries.context,
        { principal, limits: null },
        { limit, after: '' },
      );
      return [page.length, queries.taken()];
    };
    expect(await ask(2)).toEqual([2, 5]);
    expect(await ask(500)).toEqual([500, 5]);
  });
});
