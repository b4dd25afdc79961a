import type { ReactNode } from 'react';
import { exactTime, relativeTime } from '../lib/format.ts';
import { useNow } from '../lib/use-now.ts';

/** A time as people say it, with the exact one on hover. */
export function RelativeTime({ at }: { at: string }): ReactNode {
  const now = useNow(15_000);
  return (
    <time dateTime={at} title={exactTime(at)} className="kh-tabular">
      {relativeTime(at, now)}
    </time>
  );
}
