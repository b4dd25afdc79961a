import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Navigate, useNavigate } from 'react-router';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { BrowserWay } from '../../../contracts/domain/browser-access.ts';
import type { BrowserSignInState } from '../../../contracts/ipc/browser-sign-in.ts';
import { keyhold } from '../../lib/api.ts';
import { LinesSkeleton } from '../../ui/lines-skeleton.tsx';
import { Card, Page } from '../../ui/page.tsx';
import { useAction } from '../../ui/use-action.ts';
import { browserSignInQuery, useContexts } from '../contexts/queries.ts';
import { sessionLasts, SignInDone, tokenLasts } from './sign-in-done.tsx';
import { BrowserSignInView } from './browser-sign-in-view.tsx';

/** A sign-in by browser: what is going on, and in the end what came of it. */
export function BrowserSignInPage(): ReactNode {
  const navigate = useNavigate();
  const state = useQuery(browserSignInQuery);
  const contexts = useContexts();
  const leave = useAction(async (to: string) => {
    const ended = await keyhold().browserSignIn.end();
    // Not once it is done: without a sign-in this page is gone by then.
    if (ended.ok) await navigate(to);
    return ended;
  });
  if (state.isPending) return <LinesSkeleton lines={4} />;
  if (!state.data) return <Navigate to="/status" replace />;
  const context = contexts.data?.find(({ id }) => id === state.data?.contextId);
  if (state.data.phase === 'done' && context !== undefined) {
    return <BrowserSignInDone state={state.data} context={context} onLeave={leave.mutate} />;
  }
  return (
    <Page title="Sign in by browser" lead={`${state.data.serviceName} · ${state.data.host}`} width="text">
      <Card>
        <BrowserSignInView state={state.data} onCancel={() => leave.mutate('/status')} />
      </Card>
    </Page>
  );
}

interface DoneProps {
  state: BrowserSignInState;
  context: ContextSummary;
  onLeave: (to: string) => void;
}

const lasting: Readonly<Record<BrowserWay, string>> = {
  oidc: tokenLasts,
  'api-key': 'The API key for it is in the vault. It ends when you sign out or revoke it.',
  session: 'The session lasts 12 hours; then Keyhold asks you to sign in again.',
  'token-pair': `${sessionLasts} Keyhold asks you to sign in again after some days without, or once the service ends it.`,
};

function BrowserSignInDone({ state, context, onLeave }: DoneProps): ReactNode {
  const { who, org, access, confirmed, setUps } = state;
  return (
    <SignInDone
      context={context}
      as={[who ?? context.userId, ...(org === null ? [] : [`in ${org}`])].join(' ')}
      confirmed={confirmed}
      setUps={setUps}
      lasting={lasting[access]}
      onLeave={onLeave}
    />
  );
}
