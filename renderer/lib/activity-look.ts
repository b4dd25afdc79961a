import type { LucideIcon } from 'lucide-react';
import type { ActivityEntry } from '../../contracts/ipc/activity.ts';

/** How an entry of the activity log is shown. */
export interface ActivityLook {
  words: string;
  icon: LucideIcon;
  tone: 'neutral' | 'warning';
}

export type ActivityLooks = Readonly<Record<ActivityEntry['kind'], ActivityLook>>;

export function look(words: string, icon: LucideIcon, tone: ActivityLook['tone'] = 'neutral'): ActivityLook {
  return { words, icon, tone };
}
