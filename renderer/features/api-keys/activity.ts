import { ClipboardCopy, Eye, KeySquare, Pencil, ShieldOff } from 'lucide-react';
import { display, type ActivityDisplays } from '../../lib/activity-display.ts';

export const apiKeyActivity = {
  'api_key.created': display('API key made', KeySquare),
  'api_key.renamed': display('API key renamed', Pencil),
  'api_key.revoked': display('API key revoked', ShieldOff),
  'api_key.copied': display('API key copied', ClipboardCopy),
  'api_key.revealed': display('API key shown', Eye),
} satisfies Partial<ActivityDisplays>;
