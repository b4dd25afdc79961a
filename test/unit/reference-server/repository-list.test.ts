import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { Principal } from '../../../reference-server/auth/credentials.ts';
import { repositoryAccess } from '../../../reference-server/access/access.ts';
import { listRepositories } from '../../../reference-server/identity/repositories.ts';
import { accessAllows } from '../../../reference-server/registry/authorization.ts';
import { newTestContext } from '../../support/server-context.ts';
import type { TestContext } from '../../support/server-context.ts';

const orgs = ['acme', 'northwind'] as const;
const users = ['ann', 'ben'] as const;
const names = ['api', 'base', 'web'] as const;
const repositories = orgs.flatMap((org) => names.map((name) => `${org}/${name}`));
const principals: Principal[] = [
  ...users.map((id) => ({
    kind: 'user' as const,
    id,
    name: id,
    auth: { method: 'session', session: '' } as const,
  })),
  ...orgs.map((org) => ({
    kind: 'bot' as const,
    id: `bot-${org}`,
    name: `${org}/ci`,
    auth: { method: 'key', kid: '' } as const,
  })),
];

/** Who belongs where, what there is and who was let in, each drawn for itself. */
const world = fc.record({
  roles: fc.array(fc.constantFrom('viewer', 'member', 'admin', 'owner', null), {
    minLength: 4,
    maxLength: 4,
  }),
  repositories: fc.array(fc.constantFrom('public', 'private', 'missing'), { minLength: 6, maxLength: 6 }),
  grants: fc.array(fc.constantFrom('reader', 'writer', 'ended', 'none', 'none'), {
    minLength: 24,
    maxLength: 24,
  }),
  limit: fc.integer({ min: 1, max: 4 }),
});
type World = typeof world extends fc.Arbitrary<infer Drawn> ? Drawn : never;

let context: TestContext;
afterEach(() => context.db.destroy());

async function build({ roles, repositories: states, grants }: World): Promise<void> {
  context = await newTestContext();
  const { db } = context;
  const created_at = context.now().toISOString();
  await db
    .insertInto('organizations')
    .values(orgs.map((slug) => ({ id: slug, slug, display_name: slug, kind: 'team', created_at })))
    .execute();
  await db
    .insertInto('principals')
    .values(principals.map(({ kind, id }) => ({ kind, id })))
    .execute();
  await db
    .insertInto('users')
    .values(
      users.map((id) => ({
        ...{ id, username: id, email: `${id}@x.example`, display_name: id, password_hash: null, created_at },
        status: 'active' as const,
        role: 'user' as const,
      })),
    )
    .execute();
  await db
    .insertInto('bots')
    .values(
      orgs.map((org_id) => ({
        id: `bot-${org_id}`,
        org_id,
        name: 'ci',
        created_by: 'ann',
        created_at,
        deleted_at: null,
      })),
    )
    .execute();
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
    for (const [at, { id }] of principals.entries()) {
      const grant = grants[repositories.indexOf(full_name) * 4 + at] ?? 'none';
      if (grant === 'none') continue;
      await db
        .insertInto('grants')
        .values({
          ...{
            id: `${id} ${full_name}`,
            repository_id: full_name,
            principal_id: id,
            created_at,
          },
          actions: grant === 'reader' ? 'read' : 'read,write',
          effect: 'allow',
          batch: null,
          created_by: 'ann',
          expires_at: grant === 'ended' ? created_at : null,
        })
        .execute();
    }
  }
}

async function listed(
  principal: Principal | null,
  limit: number,
): Promise<{ name: string; actions: string[] }[]> {
  const found = [];
  let after = '';
  for (;;) {
    const { repositories: page, next } = await listRepositories(context, principal, { limit, after });
    expect(page.length).toBeLessThanOrEqual(limit);
    found.push(...page.map(({ name, actions }) => ({ name, actions })));
    if (next === undefined) return found;
    after = next;
  }
}

describe('the list of repositories', () => {
  it('is for everybody and in every world exactly what the registry lets them pull, with what they may do', async () => {
    await fc.assert(
      fc.asyncProperty(world, async (drawn) => {
        await build(drawn);
        for (const principal of [...principals, null]) {
          const allowed = [];
          for (const name of repositories) {
            const access = await repositoryAccess(context, principal, name);
            if (access.repository !== null && accessAllows(access, 'pull'))
              allowed.push({ name, actions: [...access.actions] });
          }
          expect(await listed(principal, drawn.limit)).toEqual(allowed);
        }
      }),
      { numRuns: 60 },
    );
  });
});
