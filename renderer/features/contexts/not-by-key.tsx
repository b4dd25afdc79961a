import { KeyRound } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { aCredential } from '../../../contracts/domain/credential.ts';
import { EmptyState } from '../../ui/empty-state.tsx';

/** In the place of what only keys do, for a context that signs in by something else. */
export function NotByKey({ context }: { context: ContextSummary }): ReactNode {
  return (
    <EmptyState picture={<KeyRound />} title="This context does not sign in with a key">
      {context.name} signs in with {aCredential(context.credential ?? 'key')}. Only keys make tokens of a
      chosen life. To use one here, sign out, then sign in again with a key.
    </EmptyState>
  );
}
