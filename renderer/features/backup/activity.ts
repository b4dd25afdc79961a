import { Archive, ArchiveRestore } from 'lucide-react';
import { display, type ActivityDisplays } from '../../lib/activity-display.ts';

export const backupActivity = {
  'backup.saved': display('Backup saved', Archive),
  'backup.restored': display('Backup restored', ArchiveRestore),
} satisfies Partial<ActivityDisplays>;
