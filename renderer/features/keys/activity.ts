import { Import, KeyRound, Pencil, RefreshCw, ShieldCheck, ShieldOff, Trash2, Undo2 } from 'lucide-react';
import { display, type ActivityDisplays } from '../../lib/activity-display.ts';

export const keyActivity = {
  'key.created': display('Key made', KeyRound),
  'key.imported': display('Key imported', Import),
  'key.edited': display('Key changed', Pencil),
  'key.rotated': display('Key rotated', RefreshCw),
  'key.rotation_undone': display('Key rotation undone', Undo2),
  'key.revoked': display('Key revoked', ShieldOff),
  'key.removed': display('Key removed', Trash2),
  'key.registered': display('Key registered', ShieldCheck),
} satisfies Partial<ActivityDisplays>;
