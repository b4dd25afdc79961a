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
  // What the service asks of keys is known where it takes some.
  const takesKeys = context.maxTokenTtl !== null;
  return (
    <EmptyState
      picture={<KeyRound />}
      title="You are signed out"
      action={
        takesKeys && (
          <Button kind="primary" call={signIn}>
            Sign in again
          </Button>
        )
      }
    >
      {takesKeys
        ? `${context.name} has no key on this computer. Signing in makes a new one, which you register as ${context.userId}.`
        : `Nothing on this computer signs ${context.name} in, and ${context.serviceName} takes no keys.`}
    </EmptyState>
  );
}
