import type { Acting } from '../../../contracts/domain/acting.ts';
import {
  ruleOf,
  type OrganizationAction,
} from '../../../contracts/server-api/kisenon/organization-actions.ts';

/** Weakest first. */
export const roles = ['viewer', 'member', 'admin', 'owner'] as const;
export type Role = (typeof roles)[number];

const scopes = ['branch', 'project', 'org'] as const;

/** Whether a role is at or above another. One that this version does not know may be: the service decides. */
export function isAtLeast(role: string | null, floor: Role): boolean {
  const rank = roles.findIndex((each) => each === role);
  return rank === -1 ? role !== null : rank >= roles.indexOf(floor);
}

/**
 * Why somebody may not do something in the organization that they act in, in words for people; null where nothing speaks
 * against it. The service decides: this only keeps from offering what it would refuse.
 */
export function whyNot({ org, role, key }: Acting, action: OrganizationAction): string | null {
  const rule = ruleOf(action);
  if (org === null) return 'You belong to no organization.';
  if (key?.inert === true) return 'Everything that this context’s API key was for is deleted.';
  if (key !== null && scopes.indexOf(key.scope) < scopes.indexOf(rule.scope)) {
    return `This context’s API key is for ${key.scope === 'project' ? 'projects' : 'branches'} alone: it may not ${rule.words}.`;
  }
  if (key !== null && !rule.capabilities.some((each) => each === key.capability)) {
    return `This context’s API key may not ${rule.words}.`;
  }
  return isAtLeast(role, rule.role) ? null : roleWords(rule.role, org.slug, rule.words);
}

function roleWords(least: Role, org: string, deed: string): string {
  switch (least) {
    case 'viewer':
      return `Only members of ${org} may ${deed}.`;
    case 'member':
      return `Viewers of ${org} may not ${deed}.`;
    case 'admin':
      return `Only admins and owners of ${org} may ${deed}.`;
    case 'owner':
      return `Only owners of ${org} may ${deed}.`;
  }
}

/** What each role may do, for who chooses one. */
export const roleMeanings: Readonly<Record<Role, string>> = {
  viewer: 'Sees everything in it and changes nothing.',
  member: 'Makes projects, branches and API keys.',
  admin: 'Manages people, bots and the API keys of others as well.',
  owner: 'May do everything: hand it over and delete it, too.',
};

/** A role as a word that begins a line: `Owner`. */
export function roleTitle(role: string): string {
  return role.charAt(0).toUpperCase() + role.slice(1);
}
