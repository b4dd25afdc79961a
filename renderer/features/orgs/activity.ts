import { Building2, LogOut, Pencil, Repeat, Trash2 } from 'lucide-react';
import { display, type ActivityDisplays } from '../../lib/activity-display.ts';

export const orgActivity = {
  'org.created': display('Organization made', Building2),
  'org.renamed': display('Organization renamed', Pencil),
  'org.transferred': display('Organization handed over', Repeat),
  'org.left': display('Organization left', LogOut),
  'org.removed': display('Organization deleted', Trash2),
} satisfies Partial<ActivityDisplays>;
