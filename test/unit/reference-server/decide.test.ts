import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tokenScopes } from '../../../contracts/server-api/artifact-keeper/scopes.ts';
import type { RepositoryAction } from '../../../contracts/server-api/repositories.ts';
import { repositoryActions } from '../../../reference-server/db/grant-columns.ts';
import { decideAudit, decideRepository, mayRevokeKey } from '../../../reference-server/access/decide.ts';
import type { GrantFacts, PrincipalFacts, RepositoryFacts } from '../../../reference-server/access/decide.ts';
import type {
  ApiKeyLimits,
  ApiTokenLimits,
  JwtLimits,
  Limits,
  Method,
  RegistryLimits,
} from '../../../reference-server/auth/caller.ts';
import { mayDo } from '../../support/rights-oracle.ts';

const orgs = ['acme', 'northwind', 'zeta'] as const;
const now = new Date('2026-11-29T12:00:00.000Z');
const at = (seconds: number) => new Date(now.getTime() + seconds * 1000).toISOString();

const actions = fc.subarray([...repositoryActions]);
const grant: fc.Arbitrary<GrantFacts> = fc.record({
  id: fc.constantFrom('g_1', 'g_2', 'g_3'),
  group: fc.constantFrom(null, { id: 'grp_1', name: 'developers' }),
  actions,
  effect: fc.constantFrom('allow', 'allow', 'deny'),
  ends: fc.constantFrom(null, null, at(-60), at(0), at(1), at(60), at(3600)),
});
const roles = fc
  .tuple(...orgs.map(() => fc.constantFrom('viewer', 'member', 'admin', 'owner', null)))
  .map((drawn) =>
    orgs.flatMap((slug, index) => {
      const role = drawn[index] ?? null;
      return role === null ? [] : [{ orgId: `o_${slug}`, slug, role }];
    }),
  );
const principal: fc.Arbitrary<PrincipalFacts> = fc
  .record({
    active: fc.constantFrom(true, true, true, false),
    onServer: fc.constantFrom('user', 'user', 'user', 'viewer', 'admin'),
    operator: fc.boolean(),
    roles,
  })
  .map(({ onServer, ...rest }) => ({
    ...rest,
    administrator: onServer === 'admin',
    viewer: onServer === 'viewer',
  }));
const repository: fc.Arbitrary<RepositoryFacts> = fc
  .tuple(fc.constantFrom(...orgs), fc.constantFrom('public', 'private', 'missing'), fc.array(grant))
  .map(([org, state, grants]) => ({
    name: `${org}/web`,
    org,
    repository:
      state === 'missing' ? null : { id: 'r_1', fullName: `${org}/web`, public: state === 'public' },
    // There is nothing that a grant on a missing repository could hang on.
    grants: state === 'missing' ? [] : grants,
  }));
const registryLimits: fc.Arbitrary<RegistryLimits> = fc.record({
  kind: fc.constant('registry-token'),
  repositories: fc
    .array(fc.tuple(fc.constantFrom('acme/web', 'northwind/web', 'acme/api'), actions))
    .map((entries) => new Map(entries.map(([name, named]) => [name, new Set(named)]))),
  list: fc.boolean(),
});
const some = (name: string) => fc.constantFrom(new Set<string>(), new Set([name]));
const keyLimits: fc.Arbitrary<ApiKeyLimits> = fc.record({
  kind: fc.constant('api-key'),
  org: fc.constantFrom(...orgs),
  scope: fc.oneof(
    fc.record({ kind: fc.constant('org') }),
    fc.record({ kind: fc.constant('project'), projects: some('prj_1') }),
    fc.record({ kind: fc.constant('branch'), branches: some('br_1'), projects: some('prj_1') }),
  ),
  capability: fc.constantFrom('read', 'agent', 'read_write'),
});
const jwtLimits: fc.Arbitrary<JwtLimits> = fc.record({
  kind: fc.constant('jwt'),
  org: fc.constantFrom(...orgs, null),
  role: fc.constantFrom('viewer', 'member', 'admin', 'owner', null),
});
const tokenLimits: fc.Arbitrary<ApiTokenLimits> = fc.record({
  kind: fc.constant('api-token'),
  scopes: fc.subarray([...tokenScopes]).map((scopes) => new Set(scopes)),
  repositories: fc.constantFrom(null, new Set<string>(), new Set(['r_1']), new Set(['r_2'])),
});
const limits: fc.Arbitrary<Limits | null> = fc.option(
  fc.oneof(registryLimits, keyLimits, tokenLimits, jwtLimits),
);
const who = fc.option(principal);
const runs = { numRuns: 5000 };

function onServer({ administrator, viewer }: PrincipalFacts) {
  if (administrator) return 'admin';
  return viewer ? 'viewer' : 'user';
}

/** What the plain rules say, without limits. */
function rightsOf(somebody: PrincipalFacts | null, { org, repository: found, grants }: RepositoryFacts) {
  const role = somebody?.roles.find(({ slug }) => slug === org)?.role ?? null;
  return repositoryActions.filter((action) =>
    mayDo(
      {
        who: somebody && { active: somebody.active, role, onServer: onServer(somebody) },
        repository: found === null ? 'missing' : found.public ? 'public' : 'private',
        grants: grants.map(({ ends, effect, actions: of }) => ({
          ...{ effect, actions: of, ended: ends !== null && ends <= at(0) },
        })),
      },
      action,
    ),
  );
}

/** What the plain rules say of a credential with limits. */
function isNamed(
  limit: Limits | null,
  on: RepositoryFacts,
  action: RepositoryAction,
  somebody: PrincipalFacts | null,
): boolean {
  if (limit === null) return true;
  if (limit.kind === 'jwt') {
    const member = somebody?.roles.some(({ slug }) => slug === on.org) === true;
    if (member && limit.org !== on.org) return action === 'read' && on.repository?.public === true;
    // Of the roles, owner is the one that counts.
    const kept = limit.role === 'owner' ? (somebody?.roles ?? []) : [];
    return rightsOf(somebody && { ...somebody, administrator: false, roles: kept }, on).includes(action);
  }
  if (limit.kind === 'registry-token') return limit.repositories.get(on.name)?.has(action) === true;
  if (action === 'read' && on.repository?.public === true) return true;
  if (limit.kind === 'api-token') {
    if (limit.repositories?.has(on.repository?.id ?? 'none') === false) return false;
    const scopes = ['admin', 'repository:admin', `repository:${action}`] as const;
    return scopes.some((scope) => limit.scopes.has(scope));
  }
  if (limit.scope.kind !== 'org' || limit.org !== on.org || limit.capability === 'agent') return false;
  return action === 'read' || limit.capability === 'read_write';
}

describe('the decision about a repository', () => {
  it('is what the plain rules say, cut down to what the credential is good for', () => {
    fc.assert(
      fc.property(who, repository, limits, (somebody, on, limit) => {
        const rights = rightsOf(somebody, on);
        const named = repositoryActions.filter((action) => isNamed(limit, on, action, somebody));
        const decision = decideRepository(somebody, on, limit, now);
        expect([...decision.actions]).toEqual(rights.filter((action) => named.includes(action)));
        expect([...decision.withheld]).toEqual(rights.filter((action) => !named.includes(action)));
      }),
      runs,
    );
  });

  it('stays as it is until the instant that it names', () => {
    fc.assert(
      fc.property(
        who,
        repository,
        limits,
        fc.integer({ min: 0, max: 7200 }),
        (somebody, on, limit, later) => {
          const decision = decideRepository(somebody, on, limit, now);
          if (decision.until !== null && decision.until <= at(later)) return;
          const then = decideRepository(somebody, on, limit, new Date(at(later)));
          expect(then.actions).toEqual(decision.actions);
        },
      ),
      runs,
    );
  });

  it('gives no more for a deny that is added, an allow that is taken away, or a limit', () => {
    fc.assert(
      fc.property(principal, repository, grant, limits, (somebody, on, extra, limit) => {
        const decide = (grants: readonly GrantFacts[], by: Limits | null = null) =>
          decideRepository(somebody, { ...on, grants }, by, now).actions;
        const before = decide(on.grants);
        const less = [
          decide([...on.grants, { ...extra, effect: 'deny' }]),
          decide(on.grants, limit),
          ...on.grants.flatMap(({ effect }, index) =>
            effect === 'deny' ? [] : [decide(on.grants.toSpliced(index, 1))],
          ),
        ];
        for (const each of less) for (const action of each) expect(before.has(action)).toBe(true);
      }),
      runs,
    );
  });

  it('comes out the same from its own reasons alone', () => {
    fc.assert(
      fc.property(principal, repository, limits, (somebody, on, limit) => {
        const { because, actions: allowed, withheld } = decideRepository(somebody, on, limit, now);
        const told = new Set<string>();
        for (const fact of because) {
          if (fact.kind === 'role' || fact.kind === 'administrator')
            for (const action of repositoryActions) told.add(action);
          if (fact.kind === 'public') told.add('read');
          if (fact.kind === 'grant' && fact.grant.effect === 'allow')
            for (const action of fact.grant.actions.includes('admin')
              ? repositoryActions
              : fact.grant.actions)
              told.add(action);
        }
        for (const fact of because) {
          if (fact.kind === 'grant' && fact.grant.effect === 'deny')
            for (const action of fact.grant.actions) told.delete(action);
          if (fact.kind === 'limit' || fact.kind === 'viewer')
            for (const action of fact.withheld) told.delete(action);
        }
        expect(told).toEqual(new Set(allowed));
        const limited = because.flatMap((fact) => (fact.kind === 'limit' ? fact.withheld : []));
        expect(new Set(limited)).toEqual(withheld);
        expect(because.some(({ kind }) => kind === 'inactive')).toBe(!somebody.active);
      }),
      runs,
    );
  });
});

describe('the decision about the audit log', () => {
  it('is everything for administrators, their own for owners, and nothing for others', () => {
    fc.assert(
      fc.property(principal, (somebody) => {
        const owned = somebody.roles.filter(({ role }) => role === 'owner').map(({ orgId }) => orgId);
        const part = owned.length === 0 ? null : { all: false, orgIds: owned };
        const expected = somebody.administrator ? { all: true } : part;
        expect(decideAudit(somebody)).toEqual(somebody.active ? expected : null);
      }),
      runs,
    );
  });
});

describe('revoking a key', () => {
  it.each<[Method, boolean, boolean]>([
    ['session', true, true],
    ['key', true, false],
    ['password', false, false],
    ['api-token', false, false],
    ['registry-token', false, false],
  ])('by a %s: its own %s, others %s', (method, own, others) => {
    const credential = { method, id: 'kid', limits: null, ends: null };
    expect([mayRevokeKey(credential, 'kid'), mayRevokeKey(credential, 'other')]).toEqual([own, others]);
  });

  it('is for no method that the decision does not know', () => {
    const credential = { method: 'magic' as Method, id: 'kid', limits: null, ends: null };
    expect(mayRevokeKey(credential, 'kid')).not.toBe(true);
  });
});
