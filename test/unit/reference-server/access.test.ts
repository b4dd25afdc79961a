import { beforeEach, describe, expect, it } from 'vitest';
import type { RepositoryAction } from '../../../contracts/server-api/repositories.ts';
import type { Principal } from '../../../reference-server/identity/principals.ts';
import { rememberedAccess, repositoryAccess } from '../../../reference-server/access/repository-access.ts';
import { removeGrant, setGrant } from '../../../reference-server/access/grants/grants.ts';
import { createRepository } from '../../../reference-server/identity/repositories.ts';
import { seedCheaply } from '../../support/demo-seed.ts';
import { newTestContext } from '../../support/server-context.ts';
import type { TestContext } from '../../support/server-context.ts';

let context: TestContext;
let principals: Record<'maya' | 'jonas' | 'priya', Principal>;

beforeEach(async () => {
  context = await newTestContext();
  const users = await seedCheaply(context);
  const principal = (name: string): Principal => ({
    kind: 'user',
    id: users.find(({ username }) => username === name)?.id ?? '',
    name,
  });
  principals = { maya: principal('maya'), jonas: principal('jonas'), priya: principal('priya') };
});

const accessTo = (principal: Principal | null, name: string) =>
  repositoryAccess(context, { principal, limits: null }, name);

async function actions(principal: Principal | null, name: string): Promise<string[]> {
  return [...(await accessTo(principal, name)).actions].sort();
}

async function grant(allowed: readonly RepositoryAction[], repositoryName: string, expiresAt?: Date) {
  const { maya, priya } = principals;
  const repository = await createRepository(context, maya, repositoryName);
  const request = {
    to: { email: 'PRIYA@northwind.example' },
    actions: allowed,
    expiresAt: expiresAt?.toISOString(),
  };
  const result = await setGrant(context, repository, request, { id: maya.id, name: 'maya', ip: '192.0.2.1' });
  return { repository, priya, ...result };
}

const everything = ['admin', 'delete', 'read', 'write'];

describe('access to a repository', () => {
  it('is everything for owners, also to a name that does not exist yet', async () => {
    expect(await actions(principals.maya, 'acme/web')).toEqual(everything);
    expect(await accessTo(principals.maya, 'acme/new/app')).toMatchObject({ repository: null });
    expect(await actions(principals.maya, 'acme/new/app')).toEqual(everything);
  });

  it('is what a grant gives for members, and nothing without one', async () => {
    expect(await actions(principals.jonas, 'acme/web')).toEqual(['read']);
    expect(await actions(principals.jonas, 'acme/api')).toEqual([]);
    expect(await actions(principals.jonas, 'acme/new')).toEqual([]);
  });

  it('is nothing for outsiders and for nobody, but public ones are read by all', async () => {
    for (const principal of [principals.priya, null]) {
      expect(await actions(principal, 'acme/web')).toEqual([]);
      expect(await actions(principal, 'acme/base')).toEqual(['read']);
    }
  });

  it('is nothing for names that are not allowed or in organizations that do not exist', async () => {
    for (const name of ['acme', 'acme/../acme/web', 'ACME/web', 'nowhere/app', "acme/web' OR '1'='1"]) {
      expect(await accessTo(principals.maya, name)).toEqual({
        name,
        repository: null,
        actions: new Set(),
        withheld: new Set(),
        because: [],
        until: null,
      });
    }
  });

  it('follows a writer grant, its replacement by a reader grant, and its removal', async () => {
    const first = await grant(['read', 'write'], 'acme/api');
    expect(first.created).toBe(true);
    expect(await actions(first.priya, 'acme/api')).toEqual(['read', 'write']);
    const second = await grant(['read'], 'acme/api');
    expect(second.created).toBe(false);
    expect(await actions(first.priya, 'acme/api')).toEqual(['read']);
    const actor = { id: principals.maya.id, name: 'maya', ip: '192.0.2.1' };
    await removeGrant(context, second.repository, second.grant.id, actor);
    expect(await actions(first.priya, 'acme/api')).toEqual([]);
  });

  it('ends with the grant', async () => {
    const { priya } = await grant(['read', 'write'], 'acme/api', new Date(context.now().getTime() + 60_000));
    context.advance(59);
    expect(await actions(priya, 'acme/api')).toEqual(['read', 'write']);
    context.advance(1);
    expect(await actions(priya, 'acme/api')).toEqual([]);
  });

  it('is never given for a time that is over', async () => {
    await expect(grant(['read'], 'acme/api', context.now())).rejects.toMatchObject({
      code: 'invalid_request',
    });
  });
});

describe('a repository', () => {
  it('is made once by two first pushes at the same time, with one audit event', async () => {
    const both = [
      createRepository(context, principals.maya, 'acme/new'),
      createRepository(context, principals.maya, 'acme/new'),
    ];
    const [first, second] = await Promise.all(both);
    expect(first).toEqual(second);
    expect(first).toMatchObject({ fullName: 'acme/new', public: false });
    const events = await context.db
      .selectFrom('audit_events')
      .selectAll()
      .where('action', '=', 'repository.created')
      .execute();
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ target: 'acme/new', org: 'acme', actor_name: 'maya' });
  });
});

describe('remembered access', () => {
  function remembered() {
    const accessOf = rememberedAccess(context);
    return (principal: Principal | null, name: string) => accessOf({ principal, limits: null }, name);
  }

  it('begins with a grant, and ends with it the moment it is taken away', async () => {
    const accessOf = remembered();
    const may = async () => [...(await accessOf(principals.priya, 'acme/web')).actions];
    expect(await may()).toEqual([]);
    const { repository, grant: granted } = await grant(['read', 'write'], 'acme/web');
    expect([await may(), await may()]).toEqual([
      ['read', 'write'],
      ['read', 'write'],
    ]);
    const actor = { id: principals.maya.id, name: 'maya', ip: '192.0.2.1' };
    await removeGrant(context, repository, granted.id, actor);
    expect(await may()).toEqual([]);
  });

  it('ends with the grant’s own time, though nothing is written then', async () => {
    await grant(['read'], 'acme/web', new Date(context.now().getTime() + 60_000));
    const accessOf = remembered();
    const may = async () => [...(await accessOf(principals.priya, 'acme/web')).actions];
    expect(await may()).toEqual(['read']);
    context.advance(59);
    expect(await may()).toEqual(['read']);
    context.advance(1);
    expect(await may()).toEqual([]);
  });

  it('is apart for each principal and repository', async () => {
    const accessOf = remembered();
    for (const [principal, name, expected] of [
      [principals.maya, 'acme/web', 4],
      [principals.jonas, 'acme/web', 1],
      [principals.jonas, 'acme/api', 0],
      [null, 'acme/web', 0],
      [null, 'acme/base', 1],
    ] as const) {
      for (let at = 0; at < 2; at++) expect((await accessOf(principal, name)).actions.size).toBe(expected);
    }
  });
});
