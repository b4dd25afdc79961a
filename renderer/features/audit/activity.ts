import { Download } from 'lucide-react';
import { display, type ActivityDisplays } from '../../lib/activity-display.ts';

export const auditActivity = {
  'audit_log.exported': display('Audit log exported', Download),
} satisfies Partial<ActivityDisplays>;
