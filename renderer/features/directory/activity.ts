import { RefreshCw } from 'lucide-react';
import { display, type ActivityDisplays } from '../../lib/activity-display.ts';

export const directoryActivity = {
  'directory.sync_begun': display('Sync of a directory begun', RefreshCw),
} satisfies Partial<ActivityDisplays>;
