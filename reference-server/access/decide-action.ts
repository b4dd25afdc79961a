import { organizationActions, ruleOf } from '../../contracts/server-api/kisenon/organization-actions.ts';
import type {
  ActionRule,
  OrganizationAction,
} from '../../contracts/server-api/kisenon/organization-actions.ts';
import type { OrgRole } from '../../contracts/server-api/primitives.ts';
import type { ApiKeyLimits } from '../auth/caller.ts';
import { isAtLeast } from '../identity/roles.ts';

/** What a role may do. */
export function actionsOfRole(role: OrgRole): Set<OrganizationAction> {
  const all = Object.keys(organizationActions) as OrganizationAction[];
  return new Set(all.filter((action) => isAtLeast(role, ruleOf(action).role)));
}

/** What a request is about, within its organization; null for the organization as a whole. */
export interface OrganizationTarget {
  projectId: string | null;
  branchId: string | null;
}

/** Why somebody who belongs to an organization may not do something, in the order in which it is said. */
export type OrganizationRefusal = 'scope_insufficient' | 'capability_insufficient' | 'role_insufficient';

/**
 * Whether somebody who belongs to an organization may do something there.
 *
 * @param role - That the caller acts with; null for none.
 * @param key - Limits of the API key that the caller uses, for this organization; null for another credential.
 * @returns null: they may.
 */
export function decideAction(
  action: OrganizationAction,
  target: OrganizationTarget,
  role: OrgRole | null,
  key: ApiKeyLimits | null,
): OrganizationRefusal | null {
  const rule = ruleOf(action);
  if (key !== null && !reaches(key, rule, target)) return 'scope_insufficient';
  if (key !== null && !rule.capabilities.includes(key.capability)) return 'capability_insufficient';
  return role !== null && isAtLeast(role, rule.role) ? null : 'role_insufficient';
}

/**
 * Whether a key's scope reaches what a request is about. A list that names no project is open to narrow keys too: it
 * shows what they are for. With nothing left of that, not even lists are.
 */
function reaches(
  { scope }: ApiKeyLimits,
  rule: ActionRule,
  { projectId, branchId }: OrganizationTarget,
): boolean {
  switch (scope.kind) {
    case 'org':
      return true;
    case 'project':
      if (rule.scope === 'org') return false;
      return projectId === null ? scope.projects.size > 0 : scope.projects.has(projectId);
    case 'branch':
      if (rule.scope !== 'branch') return false;
      if (branchId !== null) return scope.branches.has(branchId);
      return projectId === null ? scope.branches.size > 0 : scope.projects.has(projectId);
  }
}
