import type { LucideIcon } from 'lucide-react';
import type { ActivityEntry } from '../../contracts/ipc/activity.ts';

/** How an entry of the activity log is shown. */
export interface ActivityDisplay {
  words: string;
  icon: LucideIcon;
  tone: 'neutral' | 'warning';
}

export type ActivityDisplays = Readonly<Record<ActivityEntry['kind'], ActivityDisplay>>;

export function display(
  words: string,
  icon: LucideIcon,
  tone: ActivityDisplay['tone'] = 'neutral',
): ActivityDisplay {
  return { words, icon, tone };
}
