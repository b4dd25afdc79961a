import { KeyRound } from 'lucide-react';
import type { ReactNode } from 'react';
import { useNavigate } from 'react-router';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { aCredential } from '../../../contracts/domain/credential.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';

const title = 'This context does not sign in with a key';

/** In the place of what only keys do, for a context that signs in by something else. */
export function NotByKey({ context }: { context: ContextSummary }): ReactNode {
  const navigate = useNavigate();
  const by = `${context.name} signs in with ${aCredential(context.credential ?? 'key')}.`;
  // Keepers take no keys of the app's.
  if (context.capabilities.includes('remote-keys')) {
    return (
      <EmptyState
        picture={<KeyRound />}
        title={title}
        action={<Button onClick={() => void navigate('/remote-keys')}>Show remote keys</Button>}
      >
        {by} The keys that {context.serviceName} keeps are on a page of their own.
      </EmptyState>
    );
  }
  return (
    <EmptyState picture={<KeyRound />} title={title}>
      {by} Only keys make tokens of a chosen life. To use one here, sign out, then sign in again with a key.
    </EmptyState>
  );
}
