import { LogOut, Pencil, Plus, Trash2 } from 'lucide-react';
import { display, type ActivityDisplays } from '../../lib/activity-display.ts';

export const contextActivity = {
  'context.added': display('Context added', Plus),
  'context.edited': display('Context edited', Pencil),
  'context.signed_out': display('Signed out', LogOut),
  'context.removed': display('Context removed', Trash2),
} satisfies Partial<ActivityDisplays>;
