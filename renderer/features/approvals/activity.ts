import { Trash2, UserCheck, UserX } from 'lucide-react';
import { display, type ActivityDisplays } from '../../lib/activity-display.ts';

export const approvalActivity = {
  'approval.allowed': display('Use allowed', UserCheck),
  'approval.denied': display('Use denied', UserX, 'warning'),
  'approval.rule_removed': display('Approval rule removed', Trash2),
} satisfies Partial<ActivityDisplays>;
