import { Import, KeyRound, Pencil, RefreshCw, ShieldCheck, ShieldOff, Trash2, Undo2 } from 'lucide-react';
import { look, type ActivityLooks } from '../../lib/activity-look.ts';

export const keyActivity = {
  'key.created': look('Key made', KeyRound),
  'key.imported': look('Key imported', Import),
  'key.edited': look('Key changed', Pencil),
  'key.rotated': look('Key rotated', RefreshCw),
  'key.rotation_undone': look('Key rotation undone', Undo2),
  'key.revoked': look('Key revoked', ShieldOff),
  'key.removed': look('Key removed', Trash2),
  'key.registered': look('Key registered', ShieldCheck),
} satisfies Partial<ActivityLooks>;
