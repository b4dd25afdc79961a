import { KeyRound } from 'lucide-react';
import type { ReactNode } from 'react';
import { useNavigate } from 'react-router';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';

/** In the place of what needs a key that the service knows: leads to its registration. */
export function RegisterFirst({ context }: { context: ContextSummary }): ReactNode {
  const navigate = useNavigate();
  return (
    <EmptyState
      picture={<KeyRound />}
      title="Register the key first"
      action={
        <Button kind="primary" onClick={() => void navigate('/status/register')}>
          Register key
        </Button>
      }
    >
      {context.serviceName} accepts tokens only from a key that it knows.
    </EmptyState>
  );
}
