import { Trash2 } from 'lucide-react';
import { display, type ActivityDisplays } from '../../lib/activity-display.ts';

export const imageActivity = {
  'image.tag_deleted': display('Tag deleted', Trash2),
} satisfies Partial<ActivityDisplays>;
