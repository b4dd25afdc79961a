import { ShieldAlert, ShieldCheck } from 'lucide-react';
import { display, type ActivityDisplays } from '../../lib/activity-display.ts';

export const signOutActivity = {
  'unrevoked.revoked': display('Revoked later', ShieldCheck),
  'unrevoked.given_up': display('Gave up revoking', ShieldAlert, 'warning'),
} satisfies Partial<ActivityDisplays>;
