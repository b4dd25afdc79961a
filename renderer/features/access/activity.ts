import {
  FileDown,
  Grid3x3,
  HandHelping,
  LayoutTemplate,
  ListPlus,
  Undo2,
  UserCheck,
  UserX,
} from 'lucide-react';
import { display, type ActivityDisplays } from '../../lib/activity-display.ts';

export const accessActivity = {
  'access.batch_made': display('Access changed at once', Grid3x3),
  'access.batch_undone': display('Changes of access undone', Undo2),
  'access.asked': display('Access asked for', HandHelping),
  'access.request_withdrawn': display('Request for access withdrawn', Undo2),
  'access.request_approved': display('Request for access approved', UserCheck),
  'access.request_declined': display('Request for access declined', UserX),
  'access.template_saved': display('Template of access saved', LayoutTemplate),
  'access.template_removed': display('Template of access deleted', LayoutTemplate),
  'access.defaults_saved': display('Access to new repositories changed', ListPlus),
  'access.exported': display('Grants exported', FileDown),
} satisfies Partial<ActivityDisplays>;
