import { UserCheck, UserX } from 'lucide-react';
import { look, type ActivityLooks } from '../../lib/activity-look.ts';

export const grantsActivity = {
  'access.granted': look('Authorization given', UserCheck),
  'access.revoked': look('Authorization taken back', UserX),
} satisfies Partial<ActivityLooks>;
