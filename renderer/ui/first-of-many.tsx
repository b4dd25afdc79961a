import type { ReactNode } from 'react';
import { Notice } from './notice.tsx';

interface FirstOfManyProps {
  /** How many are listed; undefined while they are being read. */
  listed: number | undefined;
  /** How many there are. */
  total: number | undefined;
  /** What they are sorted by at the service, such as `user name`. */
  order: string;
  /** Whether those behind them are found by the filter; see `useListSearch`. */
  searched?: boolean;
}

/** Says that a list has an end before what it lists has. */
export function FirstOfMany({ listed, total, order, searched = false }: FirstOfManyProps): ReactNode {
  if (listed === undefined || total === undefined || total <= listed) return null;
  return (
    <Notice tone="info" title={`The first ${listed.toLocaleString()} of ${total.toLocaleString()}`}>
      {searched
        ? `By ${order}. The filter asks the service for those behind them as well.`
        : `By ${order}. Those behind them are neither listed nor found here.`}
    </Notice>
  );
}
