import { UserCheck, UserX } from 'lucide-react';
import { display, type ActivityDisplays } from '../../lib/activity-display.ts';

export const accountActivity = {
  'account.approved': display('Account approved', UserCheck),
  'account.denied': display('Account denied', UserX),
} satisfies Partial<ActivityDisplays>;
