import type { ReactNode } from 'react';
import { Navigate, useLocation, useNavigate } from 'react-router';
import { useContexts } from '../contexts/queries.ts';
import { sessionLasts, SignInDone, tokenLasts } from './sign-in-done.tsx';
import type { SignedInByPassword } from '../contexts/use-password-form.tsx';

function isSignedIn(state: unknown): state is SignedInByPassword {
  return typeof state === 'object' && state !== null && 'contextId' in state && 'who' in state;
}

const byPassword = `${sessionLasts} Keyhold asks for your password again after some days without, or once the service ends it.`;

/** What came of a sign-in with a password or a token that added a context. */
export function SignedInPage(): ReactNode {
  const navigate = useNavigate();
  const state: unknown = useLocation().state;
  const contexts = useContexts().data;
  if (!isSignedIn(state)) return <Navigate to="/status" replace />;
  const context = contexts?.find(({ id }) => id === state.contextId);
  if (context === undefined) return null;
  return (
    <SignInDone
      context={context}
      as={state.who}
      confirmed={state.confirmed}
      setUps={state.setUps}
      lasting={context.capabilities.includes('remote-keys') ? tokenLasts : byPassword}
      onLeave={(to) => void navigate(to)}
    />
  );
}
