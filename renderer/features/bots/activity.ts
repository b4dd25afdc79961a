import { Bot, ClipboardCopy, FileKey, KeyRound, ShieldOff, Trash2 } from 'lucide-react';
import { look, type ActivityLooks } from '../../lib/activity-look.ts';

export const botActivity = {
  'bot.created': look('Bot made', Bot),
  'bot.removed': look('Bot deleted', Trash2),
  'bot.key_made': look('Bot’s key made and registered', KeyRound),
  'bot.key_revoked': look('Bot’s key revoked', ShieldOff),
  'bot.credential_saved': look('Bot’s credential saved to a file', FileKey),
  'bot.credential_copied': look('Bot’s credential copied', ClipboardCopy),
} satisfies Partial<ActivityLooks>;
