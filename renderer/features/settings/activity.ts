import { SlidersHorizontal } from 'lucide-react';
import { display, type ActivityDisplays } from '../../lib/activity-display.ts';

export const settingsActivity = {
  'settings.changed': display('Security setting changed', SlidersHorizontal),
  'settings.weakened': display('Security setting weakened', SlidersHorizontal, 'warning'),
} satisfies Partial<ActivityDisplays>;
