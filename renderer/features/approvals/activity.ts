import { Trash2, UserCheck, UserX } from 'lucide-react';
import { look, type ActivityLooks } from '../../lib/activity-look.ts';

export const approvalActivity = {
  'approval.allowed': look('Use allowed', UserCheck),
  'approval.denied': look('Use denied', UserX, 'warning'),
  'approval.rule_removed': look('Approval rule removed', Trash2),
} satisfies Partial<ActivityLooks>;
