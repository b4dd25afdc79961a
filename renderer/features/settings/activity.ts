import { SlidersHorizontal } from 'lucide-react';
import { look, type ActivityLooks } from '../../lib/activity-look.ts';

export const settingsActivity = {
  'settings.changed': look('Security setting changed', SlidersHorizontal),
  'settings.weakened': look('Security setting weakened', SlidersHorizontal, 'warning'),
} satisfies Partial<ActivityLooks>;
