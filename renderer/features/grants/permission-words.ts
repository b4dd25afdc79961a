import type { RepositoryAction } from '../../../contracts/server-api/repositories.ts';
import { andWords, dateWords } from '../../lib/format.ts';

interface ActionWords {
  action: RepositoryAction;
  label: string;
  hint: string;
  /** Within a sentence behind “may”. */
  deed: string;
}

/** What a permission can allow, in words. */
export const actionWords: readonly ActionWords[] = [
  { action: 'read', label: 'Read', hint: 'Pull images, and see the repository.', deed: 'pull from' },
  { action: 'write', label: 'Write', hint: 'Push images; most need Read too.', deed: 'push to' },
  { action: 'delete', label: 'Delete', hint: 'Delete tags and images.', deed: 'delete in' },
  {
    action: 'admin',
    label: 'Admin',
    hint: 'All of these, and who can use the repository.',
    deed: 'administer',
  },
];

/** Actions as a list shows them: admin stands for all; one that this version does not know stands as it is. */
export function shownActions(actions: readonly string[]): { action: string; label: string }[] {
  const shown = actions.includes('admin') ? ['admin'] : actions;
  return shown.map((action) => ({
    action,
    label: actionWords.find((each) => each.action === action)?.label ?? action,
  }));
}

/** What is chosen once an action is ticked or not: admin means all of them. */
export function toggled(
  chosen: readonly RepositoryAction[],
  action: RepositoryAction,
  on: boolean,
): RepositoryAction[] {
  const all = actionWords.map((each) => each.action);
  if (!on) return chosen.filter((each) => each !== action && each !== 'admin');
  return action === 'admin' ? all : all.filter((each) => each === action || chosen.includes(each));
}

/** What somebody may do once the permission is given, in one sentence. `now` in ms; `expiresAt` null for no end. */
export function permissionSentence(
  who: string,
  actions: readonly RepositoryAction[],
  repository: string,
  { expiresAt, now }: { expiresAt: string | null; now: number },
): string {
  const deeds = actions.includes('admin')
    ? ['administer']
    : actionWords.filter(({ action }) => actions.includes(action)).map(({ deed }) => deed);
  const until = expiresAt === null ? '' : ` until ${dateWords(expiresAt, now)}`;
  return `${who} may ${andWords(deeds)} ${repository}${until}.`;
}
