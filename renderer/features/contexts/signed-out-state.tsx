import { useQueryClient } from '@tanstack/react-query';
import { KeyRound } from 'lucide-react';
import type { ReactNode } from 'react';
import { useNavigate } from 'react-router';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { keyhold } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { useAction } from '../../ui/use-action.ts';
import { contextsQuery } from './queries.ts';

/** In the place of what needs a key: says that there is none, and makes one. */
export function SignedOutState({ context }: { context: ContextSummary }): ReactNode {
  const client = useQueryClient();
  const navigate = useNavigate();
  const signIn = useAction(
    () => keyhold().signOut.signInAgain({ contextId: context.id, keyLabel: 'This computer' }),
    async () => {
      await client.refetchQueries(contextsQuery);
      await navigate('/status/register');
    },
  );
  return (
    <EmptyState
      picture={<KeyRound />}
      title="You are signed out"
      action={
        <Button kind="primary" call={signIn}>
          Sign in again
        </Button>
      }
    >
      {context.name} has no key on this computer. Signing in makes a new one, which you register as{' '}
      {context.userId}.
    </EmptyState>
  );
}
