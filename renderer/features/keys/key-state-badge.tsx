import type { ReactNode } from 'react';
import type { KeySummary } from '../../../contracts/domain/key.ts';
import { useNow } from '../../lib/use-now.ts';
import { Badge } from '../../ui/badge.tsx';
import { keyStateWords } from './key-state-words.ts';

interface KeyStateBadgeProps {
  shown: KeySummary;
  /** Its service said that it does not know it. */
  refused: boolean;
}

/** Where a key stands. */
export function KeyStateBadge({ shown, refused }: KeyStateBadgeProps): ReactNode {
  const now = useNow(60_000);
  const { tone, words } = keyStateWords(shown, refused, now);
  return <Badge tone={tone}>{words}</Badge>;
}
