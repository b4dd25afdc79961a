import { ClipboardCopy, Eye, KeyRound, UserCheck, UserCog, UserPlus, UserX } from 'lucide-react';
import { display, type ActivityDisplays } from '../../lib/activity-display.ts';

export const userActivity = {
  'user.created': display('User made', UserPlus),
  'user.changed': display('User changed', UserCog),
  'user.disabled': display('User disabled', UserX),
  'user.enabled': display('User enabled', UserCheck),
  'user.password_reset': display('User’s password reset', KeyRound),
  'user.password_change_forced': display('User has to change the password', KeyRound),
  'user.password_copied': display('User’s password copied', ClipboardCopy),
  'user.password_revealed': display('User’s password shown', Eye),
} satisfies Partial<ActivityDisplays>;
