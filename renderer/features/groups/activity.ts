import { Pencil, UserMinus, UserPlus, UsersRound } from 'lucide-react';
import { display, type ActivityDisplays } from '../../lib/activity-display.ts';

export const groupActivity = {
  'group.created': display('Group made', UsersRound),
  'group.changed': display('Group changed', Pencil),
  'group.removed': display('Group deleted', UsersRound),
  'group.members_added': display('Added to a group', UserPlus),
  'group.members_removed': display('Taken out of a group', UserMinus),
} satisfies Partial<ActivityDisplays>;
