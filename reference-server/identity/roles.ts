import { orgRoleSchema } from '../../contracts/server-api/primitives.ts';
import type { OrgRole } from '../../contracts/server-api/primitives.ts';

/** Whether a role is at or above another. */
export function isAtLeast(role: OrgRole, floor: OrgRole): boolean {
  return rank(role) >= rank(floor);
}

/** The lower of two roles; with null for none. */
export function lowerRole(one: OrgRole, other: OrgRole | null): OrgRole | null {
  if (other === null) return null;
  return isAtLeast(one, other) ? other : one;
}

/** The contract has them with the weakest first. */
function rank(role: OrgRole): number {
  return orgRoleSchema.options.indexOf(role);
}

/** Whether a role lets somebody give and take this role: admins up to admin, owners each. */
export function mayGive(role: OrgRole, given: OrgRole): boolean {
  return isAtLeast(role, 'admin') && isAtLeast(role, given);
}
