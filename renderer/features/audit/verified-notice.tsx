import type { ReactNode } from 'react';
import { counted } from '../../lib/format.ts';
import { Notice } from '../../ui/notice.tsx';

interface VerifiedNoticeProps {
  checked: number;
  /** The first event that does not fit; null when all do. */
  brokenAt: number | null;
}

/** What the service found when it recomputed its log. */
export function VerifiedNotice({ checked, brokenAt }: VerifiedNoticeProps): ReactNode {
  if (brokenAt === null) {
    return (
      <Notice tone="good" title="The service finds its log intact">
        {counted(checked, 'event', 'events')} checked: none was changed, removed or put in later.
      </Notice>
    );
  }
  return (
    <Notice tone="error" title={`The log was changed at event ${String(brokenAt)}`}>
      It does not fit the events before it, so do not rely on it or on newer ones. Tell whoever runs the
      service: somebody wrote to its database past the service.
    </Notice>
  );
}
