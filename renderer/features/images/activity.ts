import { Trash2 } from 'lucide-react';
import { look, type ActivityLooks } from '../../lib/activity-look.ts';

export const imageActivity = {
  'image.tag_deleted': look('Tag deleted', Trash2),
} satisfies Partial<ActivityLooks>;
