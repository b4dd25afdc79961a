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
import { atProviderOf, useBrowserSignIn } from './use-browser-sign-in.ts';

const BrowserSignInDialog = lazy(
  async () => (await import('./browser-sign-in-dialog.tsx')).BrowserSignInDialog,
);

const PasswordSignInDialog = lazy(
  async () => (await import('./password-sign-in-dialog.tsx')).PasswordSignInDialog,
);

const KeeperSignInDialog = lazy(async () => (await import('./keeper-sign-in.tsx')).KeeperSignInDialog);

/** In the place of what needs a sign-in: says that there is none, and begins one by what the service takes. */
export function SignedOutState({ context }: { context: ContextSummary }): ReactNode {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [choosing, setChoosing] = useState<'browser' | 'password' | 'keeper' | null>(null);
  const close = (): void => setChoosing(null);
  const signIn = useAction(
    () => keyhold().signOut.signInAgain({ contextId: context.id, keyLabel: 'This computer' }),
    async () => {
      await client.refetchQueries(contextsQuery);
      await navigate('/status/register');
    },
  );
  const atProvider = useBrowserSignIn(() => navigate('/sign-in/browser'));
  // What the service asks of keys is known where it takes some.
  const takesKeys = context.maxTokenTtl !== null;
  // Whoever has API keys gives them by browser; whether it still does is asked when the sign-in begins.
  const byBrowser = context.capabilities.includes('api-keys');
  const byPassword = context.capabilities.includes('passwords');
  // While it is signed out nobody knows by what it was: what the service takes now is asked when the sign-in begins.
  const byToken = context.takesTokens;
  const isOnlyByKey = !byBrowser && !byPassword && !byToken;
  return (
    <EmptyState
      picture={<KeyRound />}
      title="You are signed out"
      action={
        <div className="kh-row">
          {byBrowser && (
            <Button kind="primary" icon={<ExternalLink />} onClick={() => setChoosing('browser')}>
              Sign in by browser…
            </Button>
          )}
          {byPassword && (
            <Button kind={byBrowser ? 'default' : 'primary'} onClick={() => setChoosing('password')}>
              Sign in with a password…
            </Button>
          )}
          {byToken && (
            <Button
              kind={byBrowser || byPassword ? 'default' : 'primary'}
              onClick={() => setChoosing('keeper')}
            >
              {byBrowser || byPassword || takesKeys ? 'Sign in to the keeper…' : 'Sign in…'}
            </Button>
          )}
          {takesKeys && (
            <Button kind={isOnlyByKey ? 'primary' : 'default'} call={signIn}>
              {isOnlyByKey ? 'Sign in again' : 'Sign in with a new key'}
            </Button>
          )}
          <BrowserSignInDialog context={context} opened={choosing === 'browser'} onClose={close} />
          <PasswordSignInDialog context={context} opened={choosing === 'password'} onClose={close} />
          <KeeperSignInDialog
            context={context}
            opened={choosing === 'keeper'}
            begin={{ ...atProvider, run: (agreed) => atProvider.mutate(atProviderOf(context, agreed)) }}
            onClose={close}
          />
        </div>
      }
    >
      {signedOutWords(context, takesKeys, byBrowser || byPassword || byToken)}
    </EmptyState>
  );
}

function signedOutWords(
  { name, serviceName, userId }: ContextSummary,
  takesKeys: boolean,
  otherwise: boolean,
): string {
  const nothing = `Nothing on this computer signs ${name} in`;
  if (!takesKeys && !otherwise) return `${nothing}, and ${serviceName} takes no keys.`;
  return takesKeys && !otherwise
    ? `${name} has no key on this computer. Signing in makes a new one, which you register as ${userId}.`
    : `${nothing}. Sign in as ${userId} to use it again.`;
}
