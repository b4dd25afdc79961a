import type { ReactNode } from 'react';
import { RelativeTime } from '../../../ui/time.tsx';

interface ChangedByProps {
  /** RFC 3339. */
  at: string;
  by: string | null;
}

/** Who changed something last, and when, in a sentence without its end. */
export function ChangedBy({ at, by }: ChangedByProps): ReactNode {
  return (
    <>
      {by === null ? 'Changed ' : 'Changed by '}
      {by !== null && <bdi>{by}</bdi>} <RelativeTime at={at} />
    </>
  );
}
