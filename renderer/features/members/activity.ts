import { MailCheck, MailX, UserCog, UserMinus, UserPlus } from 'lucide-react';
import { display, type ActivityDisplays } from '../../lib/activity-display.ts';

export const memberActivity = {
  'member.role_changed': display('Member’s role changed', UserCog),
  'member.removed': display('Member removed', UserMinus),
  'invitation.sent': display('Invitation sent', MailCheck),
  'invitation.revoked': display('Invitation revoked', MailX),
  'invitation.accepted': display('Invitation accepted', UserPlus),
} satisfies Partial<ActivityDisplays>;
