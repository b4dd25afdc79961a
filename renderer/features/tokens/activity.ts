import { ClipboardCopy, Eye, Ticket } from 'lucide-react';
import { look, type ActivityLooks } from '../../lib/activity-look.ts';

export const tokenActivity = {
  'token.minted': look('Token minted', Ticket),
  'token.copied': look('Token copied', ClipboardCopy),
  'token.revealed': look('Token shown', Eye),
} satisfies Partial<ActivityLooks>;
