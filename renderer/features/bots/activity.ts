import { Bot, ClipboardCopy, FileKey, KeyRound, ShieldOff, Trash2 } from 'lucide-react';
import { display, type ActivityDisplays } from '../../lib/activity-display.ts';

export const botActivity = {
  'bot.created': display('Bot made', Bot),
  'bot.removed': display('Bot deleted', Trash2),
  'bot.key_made': display('Bot’s key made and registered', KeyRound),
  'bot.key_revoked': display('Bot’s key revoked', ShieldOff),
  'bot.credential_saved': display('Bot’s credential saved to a file', FileKey),
  'bot.credential_copied': display('Bot’s credential copied', ClipboardCopy),
} satisfies Partial<ActivityDisplays>;
