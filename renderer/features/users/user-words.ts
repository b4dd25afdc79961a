import type { ServerRole } from '../../../contracts/server-api/artifact-keeper/session.ts';
import type { UserSummary } from '../../../contracts/ipc/users.ts';
import type { Option } from '../../ui/choice.tsx';

/** What each role may do, for who chooses one; the usual one first. */
export const roleOptions: readonly Option<ServerRole>[] = [
  { value: 'user', label: 'User', hint: 'Does in a repository what permissions there allow.' },
  { value: 'viewer', label: 'Viewer', hint: 'Reads at most, whatever permissions allow.' },
  {
    value: 'admin',
    label: 'Administrator',
    hint: 'Manages users, groups and every repository of the service.',
  },
];

const titles: Readonly<Record<string, string>> = {
  ...Object.fromEntries(roleOptions.map(({ value, label }) => [value, label])),
};

/** A role as a word of its own; one that this version does not know stands as it is. */
export function roleTitle(role: string): string {
  return titles[role] ?? role;
}

export const statuses = ['active', 'pending', 'disabled'] as const;

/** A state as a badge shows it. */
export function statusBadge({ status }: Pick<UserSummary, 'status'>): {
  tone: 'good' | 'warning' | 'neutral';
  words: string;
} {
  switch (status) {
    case 'active':
      return { tone: 'good', words: 'Active' };
    case 'pending':
      return { tone: 'warning', words: 'Waits' };
    case 'disabled':
      return { tone: 'neutral', words: 'Disabled' };
    default:
      return { tone: 'neutral', words: status };
  }
}
