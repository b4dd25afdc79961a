import { ClipboardCopy, Eye, ShieldOff, TicketPlus } from 'lucide-react';
import { display, type ActivityDisplays } from '../../lib/activity-display.ts';

export const apiTokenActivity = {
  'api_token.created': display('API token made', TicketPlus),
  'api_token.revoked': display('API token revoked', ShieldOff),
  'api_token.copied': display('API token copied', ClipboardCopy),
  'api_token.revealed': display('API token shown', Eye),
} satisfies Partial<ActivityDisplays>;
