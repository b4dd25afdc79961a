import { UserCheck, UserCog, UserX } from 'lucide-react';
import { display, type ActivityDisplays } from '../../lib/activity-display.ts';

export const grantActivity = {
  'access.granted': display('Access given', UserCheck),
  'access.changed': display('Access changed', UserCog),
  'access.revoked': display('Access taken back', UserX),
} satisfies Partial<ActivityDisplays>;
