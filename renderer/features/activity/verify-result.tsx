import type { ReactNode } from 'react';
import { counted } from '../../lib/format.ts';
import { Notice } from '../../ui/notice.tsx';

interface VerifyResultProps {
  checked: number;
  /** The first entry that does not fit; null when all do. */
  brokenAt: number | null;
}

/** What verifying the log found. */
export function VerifyResult({ checked, brokenAt }: VerifyResultProps): ReactNode {
  if (brokenAt === null) {
    return (
      <Notice tone="good" title="The log is intact">
        {counted(checked, 'entry', 'entries')} checked: none was changed, removed or put in later.
      </Notice>
    );
  }
  return (
    <Notice tone="error" title={`The log was changed at entry ${String(brokenAt)}`}>
      It does not fit the entries before it, so do not rely on it or on newer ones. Someone with access to
      your files may have changed the log: revoke keys that you do not recognise on your services’ dashboards.
    </Notice>
  );
}
