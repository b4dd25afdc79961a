import { UserCheck, UserX } from 'lucide-react';
import { display, type ActivityDisplays } from '../../lib/activity-display.ts';

export const grantActivity = {
  'access.granted': display('Authorization given', UserCheck),
  'access.revoked': display('Authorization taken back', UserX),
} satisfies Partial<ActivityDisplays>;
