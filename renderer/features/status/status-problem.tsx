import type { ReactNode } from 'react';
import { useNavigate } from 'react-router';
import { standingOf, type Standing } from '../../../contracts/domain/context-standing.ts';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { CredentialKind } from '../../../contracts/domain/credential.ts';
import type { ErrorCode } from '../../../contracts/errors.ts';
import { errorText } from '../../lib/error-text.ts';
import { useNow } from '../../lib/use-now.ts';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { ServiceWords } from '../../ui/service-words.tsx';
import { useSignInAgain } from '../contexts/sign-in-again.ts';
import type { KeysPageState } from '../keys/keys-page.tsx';

const newKey: KeysPageState = { dialog: 'new' };

interface StatusProblemProps {
  context: ContextSummary;
  /** The service's own words about its refusal, if it has any. */
  said: string | null;
  onCheckAgain: () => void;
  onReplace: () => void;
}

/** What it means that the service does not accept one of each kind, and that one is over. */
const refused: Readonly<Record<CredentialKind, ErrorCode>> = {
  key: 'key_not_registered',
  'api-key': 'api_key_refused',
  session: 'session_expired',
  pasted: 'token_refused',
};
const over: Readonly<Record<CredentialKind, ErrorCode | null>> = {
  key: null,
  'api-key': 'api_key_expired',
  session: 'session_expired',
  pasted: 'pasted_expired',
};

/** What is wrong with a sign-in that has an error's words; null for nothing, and for what has a notice of its own. */
function problemOf(standing: Standing, { credential }: ContextSummary): ErrorCode | null {
  switch (standing) {
    case 'not_accepted':
      return refused[credential ?? 'key'];
    case 'expired':
      return over[credential ?? 'key'];
    case 'waiting':
      return 'approval_pending';
    case 'unreachable':
      return 'server_unreachable';
    case 'foreign':
      return 'not_a_keyhold_server';
    case 'pending':
    case 'signed_out':
    case 'signed_in':
    case 'stale':
    case 'refused':
    case 'unknown':
      return null;
  }
}

/** What is said to be wrong with a context's sign-in now; null for nothing. */
export function useStatusProblem(context: ContextSummary): ErrorCode | null {
  return problemOf(standingOf(context, useNow(15_000)), context);
}

/** What keeps a context from being signed in, with its cure. */
export function StatusProblem({ context, said, onCheckAgain, onReplace }: StatusProblemProps): ReactNode {
  const standing = standingOf(context, useNow(15_000));
  const problem = problemOf(standing, context);
  const navigate = useNavigate();
  const signInAgain = useSignInAgain();
  const checkAgain = (
    <Button size="small" onClick={onCheckAgain}>
      Try again
    </Button>
  );
  if (problem === 'key_not_registered') {
    return (
      <Notice
        tone="error"
        title={errorText(problem).title}
        actions={
          <>
            <Button size="small" kind="primary" onClick={() => void navigate('/keys', { state: newKey })}>
              Make new key…
            </Button>
            <Button size="small" onClick={onReplace}>
              Remove and add again…
            </Button>
          </>
        }
      >
        It was revoked or has expired there, and a revoked key is not used again. Make a new key and register
        it, or remove the context and add the service once more.
      </Notice>
    );
  }
  if (problem !== null) {
    const { title, advice } = errorText(problem);
    const mayPass = problem === 'server_unreachable' || problem === 'approval_pending';
    return (
      <Notice
        tone={mayPass ? 'warning' : 'error'}
        title={title}
        actions={
          <>
            {(standing === 'not_accepted' || standing === 'expired') && (
              <Button size="small" kind="primary" onClick={() => signInAgain(context)}>
                Sign in again
              </Button>
            )}
            {checkAgain}
          </>
        }
      >
        {advice}
      </Notice>
    );
  }
  // An expired key's own notice has words and cure for it.
  if (standing !== 'refused') return null;
  return (
    <Notice tone="error" title="The service refused the sign-in" actions={checkAgain}>
      It knows who asks but did not accept it this time. If this computer’s clock is right, ask whoever runs
      the service whether your account is active.
      {said !== null && <ServiceWords said={said} />}
    </Notice>
  );
}
