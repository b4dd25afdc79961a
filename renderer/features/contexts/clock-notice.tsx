import type { ReactNode } from 'react';
import { limits } from '../../../contracts/domain/limits.ts';
import { durationWords } from '../../lib/format.ts';
import { Notice } from '../../ui/notice.tsx';

/** Warns when this computer's clock and the service's differ so much that tokens may be refused. */
export function ClockNotice({ skewSeconds }: { skewSeconds: number | null }): ReactNode {
  if (skewSeconds === null || Math.abs(skewSeconds) <= limits.clockSkew) return null;
  const difference = durationWords(Math.round(Math.abs(skewSeconds)));
  return (
    <Notice
      tone="warning"
      title={`This computer’s clock is ${difference} ${skewSeconds > 0 ? 'behind' : 'ahead of'} the service`}
    >
      The service may refuse tokens because of it. Turn on automatic date and time in your system’s settings.
    </Notice>
  );
}
