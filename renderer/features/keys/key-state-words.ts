import type { ComponentProps } from 'react';
import { expiryStage } from '../../../contracts/domain/key-expiry.ts';
import type { KeySummary } from '../../../contracts/domain/key.ts';
import type { Badge } from '../../ui/badge.tsx';

interface KeyStateWords {
  tone: ComponentProps<typeof Badge>['tone'];
  words: string;
}

/**
 * Where a key stands, in a word or two.
 *
 * @param refused - Its service said that it does not know it.
 * @param now - Milliseconds since 1970.
 */
export function keyStateWords(key: KeySummary, refused: boolean, now: number): KeyStateWords {
  switch (key.state) {
    case 'pending':
      return { tone: 'warning', words: 'Not registered' };
    case 'retiring':
      return { tone: 'warning', words: 'Being retired' };
    case 'revoked':
      return { tone: 'neutral', words: 'Revoked' };
    case 'active':
      if (refused) return { tone: 'error', words: 'Refused' };
      if (expiryStage(key.expiresAt, now) === 'expired') return { tone: 'error', words: 'Expired' };
      return key.signs ? { tone: 'good', words: 'Signs' } : { tone: 'neutral', words: 'Registered' };
  }
}
