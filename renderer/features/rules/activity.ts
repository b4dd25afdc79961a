import { FileDown, ListChecks, ListX } from 'lucide-react';
import { display, type ActivityDisplays } from '../../lib/activity-display.ts';

export const ruleActivity = {
  'role.saved': display('Role saved', ListChecks),
  'role.removed': display('Role deleted', ListX),
  'role.exported': display('Role exported', FileDown),
} satisfies Partial<ActivityDisplays>;
