import { Grid3x3, Undo2, UserCheck, UserCog, UserX } from 'lucide-react';
import { display, type ActivityDisplays } from '../../lib/activity-display.ts';

export const grantActivity = {
  'access.granted': display('Access given', UserCheck),
  'access.changed': display('Access changed', UserCog),
  'access.revoked': display('Access taken back', UserX),
  'access.batch_made': display('Access changed at once', Grid3x3),
  'access.batch_undone': display('Changes of access undone', Undo2),
} satisfies Partial<ActivityDisplays>;
