import { useQueryClient } from '@tanstack/react-query';
import { ExternalLink, KeyRound } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useNavigate } from 'react-router';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { keyhold } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { lazy } from '../../ui/lazy.tsx';
import { useAction } from '../../ui/use-action.ts';
import { contextsQuery } from './queries.ts';

const BrowserSignInDialog = lazy(
  async () => (await import('./browser-sign-in-dialog.tsx')).BrowserSignInDialog,
);

/** In the place of what needs a sign-in: says that there is none, and begins one by what the service takes. */
export function SignedOutState({ context }: { context: ContextSummary }): ReactNode {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [choosing, setChoosing] = useState(false);
  const signIn = useAction(
    () => keyhold().signOut.signInAgain({ contextId: context.id, keyLabel: 'This computer' }),
    async () => {
      await client.refetchQueries(contextsQuery);
      await navigate('/status/register');
    },
  );
  // What the service asks of keys is known where it takes some.
  const takesKeys = context.maxTokenTtl !== null;
  // Whoever has API keys gives them by browser; whether it still does is asked when the sign-in begins.
  const byBrowser = context.capabilities.includes('api-keys');
  return (
    <EmptyState
      picture={<KeyRound />}
      title="You are signed out"
      action={
        <div className="kh-row">
          {byBrowser && (
            <Button kind="primary" icon={<ExternalLink />} onClick={() => setChoosing(true)}>
              Sign in by browser…
            </Button>
          )}
          {takesKeys && (
            <Button kind={byBrowser ? 'default' : 'primary'} call={signIn}>
              {byBrowser ? 'Sign in with a new key' : 'Sign in again'}
            </Button>
          )}
          <BrowserSignInDialog context={context} opened={choosing} onClose={() => setChoosing(false)} />
        </div>
      }
    >
      {signedOutWords(context, takesKeys, byBrowser)}
    </EmptyState>
  );
}

function signedOutWords(
  { name, serviceName, userId }: ContextSummary,
  takesKeys: boolean,
  byBrowser: boolean,
): string {
  const nothing = `Nothing on this computer signs ${name} in`;
  if (!takesKeys && !byBrowser) return `${nothing}, and ${serviceName} takes no keys.`;
  return takesKeys && !byBrowser
    ? `${name} has no key on this computer. Signing in makes a new one, which you register as ${userId}.`
    : `${nothing}. Sign in as ${userId} to use it again.`;
}
