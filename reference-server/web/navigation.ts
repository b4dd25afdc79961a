import { actionsOfRole } from '../access/decide-action.ts';
import type { OrganizationAction } from '../../contracts/server-api/kisenon/organization-actions.ts';
import type { Organization } from '../../contracts/server-api/kisenon/organizations.ts';
import type { IconName } from './icons.ts';
import type { NavGroup } from './views.ts';

const groups = ['Organization', 'Account', 'Server'] as const;

interface NavEntry {
  /** As the route has it, `/orgs/:org/members`. */
  path: string;
  label: string;
  icon: IconName;
  group: (typeof groups)[number];
  /** In the organization, for the entry to be there. */
  may?: OrganizationAction;
  /** Nobody can be invited to a personal organization. */
  teamOnly?: boolean;
}

/** The sidebar, in its order. */
const entries: readonly NavEntry[] = [
  {
    path: '/orgs/:org/projects',
    label: 'Projects',
    icon: 'folder-git-2',
    group: 'Organization',
    may: 'projects:read',
  },
  {
    path: '/orgs/:org/keys',
    label: 'API keys',
    icon: 'ticket',
    group: 'Organization',
    may: 'api-keys:read',
  },
  {
    path: '/orgs/:org/members',
    label: 'Members',
    icon: 'users',
    group: 'Organization',
    may: 'members:read',
  },
  {
    path: '/orgs/:org/invitations',
    label: 'Invitations',
    icon: 'mail',
    group: 'Organization',
    may: 'invitations:read',
    teamOnly: true,
  },
  {
    path: '/orgs/:org/settings',
    label: 'Settings',
    icon: 'settings',
    group: 'Organization',
    may: 'organization:read',
  },
  { path: '/dashboard/keys', label: 'Public keys', icon: 'key-round', group: 'Account' },
  { path: '/orgs', label: 'Organizations', icon: 'building-complex', group: 'Account' },
  { path: '/operator', label: 'Accounts', icon: 'user-check', group: 'Server' },
];

/** An organization, and the reader's role there. */
type Place = Pick<Organization, 'slug' | 'kind' | 'role'>;

/** Whom a sidebar is for. */
interface Reader {
  /** The organization that its pages are about. */
  org: Place | null;
  /** Whether they decide about accounts of the server. */
  operator: boolean;
}

/**
 * The sidebar of a page: what its reader can open, by group.
 *
 * @param current - The `path` of the entry that the page belongs to.
 */
export function navigationOf({ org, operator }: Reader, current: string | null): NavGroup[] {
  const isThere = (entry: NavEntry): boolean => {
    if (entry.group === 'Organization') return org !== null && isOpenIn(org, entry);
    return entry.group === 'Account' || operator;
  };
  return groups
    .map((label) => ({
      label,
      items: entries
        .filter((entry) => entry.group === label && isThere(entry))
        .map(({ path, icon, label: words }) => ({
          href: path.replace(':org', org?.slug ?? ''),
          icon,
          label: words,
          current: path === current,
        })),
    }))
    .filter(({ items }) => items.length > 0);
}

/** The page of an organization that its reader can open: the one that is asked for, or else the first. */
export function orgPageFor(org: Place, page: string): string {
  const entry = entries.find(({ path }) => path === `/orgs/:org/${page}`);
  return entry !== undefined && isOpenIn(org, entry) ? page : 'projects';
}

function isOpenIn({ kind, role }: Place, { may, teamOnly = false }: NavEntry): boolean {
  return may !== undefined && actionsOfRole(role).has(may) && (kind === 'team' || !teamOnly);
}
