import type { ReactNode } from 'react';
import type { RemoteKey } from '../../../contracts/ipc/remote-keys.ts';
import { Badge } from '../../ui/badge.tsx';
import { isTampered, stateWords } from './key-words.ts';

/** How a key stands; first of all whether somebody changed its record. */
export function KeyState({ of }: { of: Pick<RemoteKey, 'state' | 'tampered'> }): ReactNode {
  if (isTampered(of)) return <Badge tone="error">Changed</Badge>;
  const { tone, words } = stateWords(of.state);
  return <Badge tone={tone}>{words}</Badge>;
}
