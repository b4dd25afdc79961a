import { ClipboardCopy, Eye, Ticket } from 'lucide-react';
import { display, type ActivityDisplays } from '../../lib/activity-display.ts';

export const tokenActivity = {
  'token.minted': display('Token minted', Ticket),
  'token.copied': display('Token copied', ClipboardCopy),
  'token.revealed': display('Token shown', Eye),
} satisfies Partial<ActivityDisplays>;
