import type { ReactNode } from 'react';
import { expiryStage } from '../../../contracts/domain/key-expiry.ts';
import type { KeySummary } from '../../../contracts/domain/key.ts';
import { useNow } from '../../lib/use-now.ts';
import { Badge } from '../../ui/badge.tsx';

/** Where a key stands, in a word or two. */
export function KeyStateBadge({
  shown,
  refused,
}: {
  shown: KeySummary;
  /** Its service said that it does not know it. */
  refused: boolean;
}): ReactNode {
  const now = useNow(60_000);
  switch (shown.state) {
    case 'pending':
      return <Badge tone="warning">Not registered</Badge>;
    case 'retiring':
      return <Badge tone="warning">Being retired</Badge>;
    case 'revoked':
      return <Badge tone="neutral">Revoked</Badge>;
    case 'active':
      if (refused) return <Badge tone="error">Refused</Badge>;
      if (expiryStage(shown.expiresAt, now) === 'expired') return <Badge tone="error">Expired</Badge>;
      return shown.signs ? <Badge tone="good">Signs</Badge> : <Badge tone="neutral">Registered</Badge>;
  }
}
