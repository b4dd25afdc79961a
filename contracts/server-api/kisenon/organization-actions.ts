import type { ApiKeyCapability } from './api-keys.ts';
import type { OrgRole } from '../primitives.ts';

/** What it takes to do something to an organization, or to what is in it. */
export interface ActionRule {
  /** The least role. */
  role: OrgRole;
  /** With an API key: its capability is one of these. */
  capabilities: readonly ApiKeyCapability[];
  /** With an API key: the narrowest scope that will do. A key for a project or branch must be for this very one. */
  scope: 'org' | 'project' | 'branch';
  /** "Only admins and owners may …" */
  words: string;
}

const reading = ['read', 'read_write'] as const;
const readingByAgents = ['read', 'agent', 'read_write'] as const;
const changing = ['read_write'] as const;
const changingByAgents = ['agent', 'read_write'] as const;

/**
 * Everything that can be done to an organization, and what it takes. Guards, decisions, the tests' table, the document
 * and the hints of the pages read it here.
 */
export const organizationActions = {
  'organization:read': { role: 'viewer', capabilities: reading, scope: 'org', words: 'see the organization' },
  'organization:rename': { role: 'admin', capabilities: changing, scope: 'org', words: 'rename it' },
  'organization:delete': { role: 'owner', capabilities: changing, scope: 'org', words: 'delete it' },
  'organization:transfer': { role: 'owner', capabilities: changing, scope: 'org', words: 'hand it over' },
  'members:read': { role: 'viewer', capabilities: reading, scope: 'org', words: 'see its members' },
  'members:leave': { role: 'viewer', capabilities: changing, scope: 'org', words: 'leave it' },
  'members:manage': { role: 'admin', capabilities: changing, scope: 'org', words: 'change its members' },
  'invitations:read': { role: 'admin', capabilities: reading, scope: 'org', words: 'see its invitations' },
  'invitations:manage': { role: 'admin', capabilities: changing, scope: 'org', words: 'invite people' },
  'api-keys:read': { role: 'viewer', capabilities: reading, scope: 'org', words: 'see API keys' },
  'api-keys:read-all': {
    role: 'admin',
    capabilities: reading,
    scope: 'org',
    words: 'see the API keys of others',
  },
  'api-keys:create': { role: 'member', capabilities: changing, scope: 'org', words: 'make API keys' },
  'api-keys:manage': { role: 'viewer', capabilities: changing, scope: 'org', words: 'change API keys' },
  'api-keys:manage-all': {
    role: 'admin',
    capabilities: changing,
    scope: 'org',
    words: 'change the API keys of others',
  },
  'projects:read': {
    role: 'viewer',
    capabilities: readingByAgents,
    scope: 'branch',
    words: 'see its projects',
  },
  'projects:create': { role: 'member', capabilities: changing, scope: 'org', words: 'make projects' },
  'projects:rename': { role: 'member', capabilities: changing, scope: 'project', words: 'rename projects' },
  'projects:delete': { role: 'admin', capabilities: changing, scope: 'project', words: 'delete projects' },
  'branches:read': { role: 'viewer', capabilities: readingByAgents, scope: 'branch', words: 'see branches' },
  'branches:create': {
    role: 'member',
    capabilities: changingByAgents,
    scope: 'project',
    words: 'make branches',
  },
  'branches:rename': { role: 'member', capabilities: changing, scope: 'branch', words: 'rename branches' },
  'branches:delete': {
    role: 'member',
    capabilities: changingByAgents,
    scope: 'branch',
    words: 'delete branches',
  },
  'events:read': { role: 'viewer', capabilities: reading, scope: 'org', words: 'follow its events' },
  'project-events:read': {
    role: 'viewer',
    capabilities: readingByAgents,
    scope: 'project',
    words: 'follow events of projects',
  },
  'bots:read': { role: 'admin', capabilities: reading, scope: 'org', words: 'see its bots' },
  'bots:manage': { role: 'admin', capabilities: changing, scope: 'org', words: 'change its bots' },
  'audit:read': { role: 'owner', capabilities: reading, scope: 'org', words: 'read its audit log' },
} as const satisfies Record<string, ActionRule>;

export type OrganizationAction = keyof typeof organizationActions;

/** What it takes to do something. */
export function ruleOf(action: OrganizationAction): ActionRule {
  return organizationActions[action];
}
