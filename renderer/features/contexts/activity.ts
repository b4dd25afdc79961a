import { LogOut, Pencil, Plus, Trash2 } from 'lucide-react';
import { look, type ActivityLooks } from '../../lib/activity-look.ts';

export const contextActivity = {
  'context.added': look('Context added', Plus),
  'context.edited': look('Context edited', Pencil),
  'context.signed_out': look('Signed out', LogOut),
  'context.removed': look('Context removed', Trash2),
} satisfies Partial<ActivityLooks>;
