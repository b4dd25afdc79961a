import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { organizationActions } from '../../../contracts/server-api/kisenon/organization-actions.ts';
import type { OrganizationAction } from '../../../contracts/server-api/kisenon/organization-actions.ts';
import type { OrgRole } from '../../../contracts/server-api/primitives.ts';
import { actionsOfRole, decideAction } from '../../../reference-server/access/decide-action.ts';
import type { ApiKeyLimits } from '../../../reference-server/auth/caller.ts';

const all = Object.keys(organizationActions) as OrganizationAction[];
const roles: readonly OrgRole[] = ['viewer', 'member', 'admin', 'owner'];

/** The least role as the documents of the services have it, written down once more by hand. */
const atOrAbove: Record<OrgRole, RegExp> = {
  viewer:
    /^(?:organization|members|api-keys|projects|branches|events|project-events):read$|^members:leave$|^api-keys:manage$/,
  member: /^(?:api-keys|projects|branches):create$|^(?:projects|branches):rename$|^branches:delete$/,
  admin:
    /^(?:organization:rename|projects:delete|api-keys:(?:read|manage)-all)$|^(?:members|invitations|bots):manage$|^(?:invitations|bots):read$/,
  owner: /^(?:organization:(?:delete|transfer)|audit:read)$/,
};

const target = fc.constantFrom(
  { projectId: null, branchId: null },
  { projectId: 'prj_1', branchId: null },
  { projectId: 'prj_2', branchId: null },
  { projectId: 'prj_1', branchId: 'br_1' },
  { projectId: 'prj_1', branchId: 'br_2' },
);
const ids = (...names: string[]) => fc.subarray(names).map((drawn) => new Set(drawn));
const key: fc.Arbitrary<ApiKeyLimits> = fc.record({
  kind: fc.constant('api-key'),
  org: fc.constant('acme'),
  scope: fc.oneof(
    fc.record({ kind: fc.constant('org') }),
    fc.record({ kind: fc.constant('project'), projects: ids('prj_1', 'prj_2') }),
    ids('br_1', 'br_2').map((branches) => {
      const projects = new Set(branches.size > 0 ? ['prj_1'] : []);
      return { kind: 'branch', branches, projects } as const;
    }),
  ),
  capability: fc.constantFrom('read', 'agent', 'read_write'),
});
const action = fc.constantFrom(...all);
const role = fc.constantFrom(...roles);
const runs = { numRuns: 3000 };

describe('what can be done to an organization', () => {
  it.each(roles)('a %s may do what the documents say, and no more', (each) => {
    const allowed = roles.slice(0, roles.indexOf(each) + 1);
    const expected = all.filter((name) => allowed.some((floor) => atOrAbove[floor].test(name)));
    expect([...actionsOfRole(each)]).toEqual(expected);
  });

  it('is the role’s without an API key', () => {
    fc.assert(
      fc.property(action, target, role, (what, on, as) => {
        const refusal = actionsOfRole(as).has(what) ? null : 'role_insufficient';
        expect(decideAction(what, on, as, null)).toBe(refusal);
      }),
      runs,
    );
  });

  it('is never more with a key, which says first that it does not reach, then that it may not', () => {
    fc.assert(
      fc.property(action, target, role, key, (what, on, as, by) => {
        const refusal = decideAction(what, on, as, by);
        if (!isReached(what, on, by)) expect(refusal).toBe('scope_insufficient');
        else if (!isCapable(what, by)) expect(refusal).toBe('capability_insufficient');
        else expect(refusal).toBe(decideAction(what, on, as, null));
      }),
      runs,
    );
  });

  it('is nothing without a role', () => {
    for (const what of all) {
      expect(decideAction(what, { projectId: null, branchId: null }, null, null)).toBe('role_insufficient');
    }
  });
});

type Target = typeof target extends fc.Arbitrary<infer On> ? On : never;

function isReached(what: OrganizationAction, on: Target, { scope }: ApiKeyLimits): boolean {
  if (scope.kind === 'org') return true;
  if (!/^(?:projects:(?:read|rename|delete)|branches:|project-events:)/.test(what)) return false;
  if (scope.kind === 'project') {
    return on.projectId === null ? scope.projects.size > 0 : scope.projects.has(on.projectId);
  }
  if (!/^(?:projects:read|branches:(?:read|rename|delete))$/.test(what)) return false;
  if (on.branchId !== null) return scope.branches.has(on.branchId);
  return on.projectId === null
    ? scope.branches.size > 0
    : on.projectId === 'prj_1' && scope.branches.size > 0;
}

function isCapable(what: OrganizationAction, { capability }: ApiKeyLimits): boolean {
  const reads = what.includes('read');
  if (capability === 'read_write') return true;
  if (capability === 'read') return reads;
  return /^(?:projects|branches|project-events):read$|^branches:(?:create|delete)$/.test(what);
}
