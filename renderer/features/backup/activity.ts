import { Archive, ArchiveRestore } from 'lucide-react';
import { look, type ActivityLooks } from '../../lib/activity-look.ts';

export const backupActivity = {
  'backup.saved': look('Backup saved', Archive),
  'backup.restored': look('Backup restored', ArchiveRestore),
} satisfies Partial<ActivityLooks>;
