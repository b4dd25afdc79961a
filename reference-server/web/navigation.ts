import type { IconName } from './icons.ts';
import type { NavGroup } from './views.ts';

interface NavEntry {
  /** As the route has it, `/orgs/:org/members`. */
  path: string;
  label: string;
  icon: IconName;
  group: 'Organization' | 'Account' | 'Server';
}

/** The sidebar, in its order. */
const entries: readonly NavEntry[] = [
  { path: '/dashboard/keys', label: 'Public keys', icon: 'key-round', group: 'Account' },
];

const groups = ['Organization', 'Account', 'Server'] as const;

/**
 * The sidebar of a page: what the viewer can open, by group.
 *
 * @param org - Slug of the organization that its pages are about; without one they are left out.
 * @param current - The `path` of the entry that the page belongs to.
 */
export function navigationOf(org: string | null, current: string | null): NavGroup[] {
  const shown = entries.filter(({ group }) => group !== 'Organization' || org !== null);
  return groups
    .map((label) => ({
      label,
      items: shown
        .filter(({ group }) => group === label)
        .map((entry) => ({
          href: entry.path.replace(':org', org ?? ''),
          icon: entry.icon,
          label: entry.label,
          current: entry.path === current,
        })),
    }))
    .filter(({ items }) => items.length > 0);
}
