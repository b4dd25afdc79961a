import type { ReactNode } from 'react';
import { useNavigate } from 'react-router';
import type { SignInState } from '../../../contracts/domain/sign-in.ts';
import type { ErrorCode } from '../../../contracts/errors.ts';
import { errorText } from '../../lib/error-text.ts';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { ServiceWords } from '../../ui/service-words.tsx';
import type { KeysPageState } from '../keys/keys-page.tsx';

const codes: Readonly<Partial<Record<SignInState, ErrorCode>>> = {
  key_unknown: 'key_not_registered',
  unreachable: 'server_unreachable',
  foreign: 'not_a_keyhold_server',
};

const newKey: KeysPageState = { dialog: 'new' };

interface StatusProblemProps {
  state: SignInState;
  /** The service's own words about its refusal, if it has any. */
  said: string | null;
  onCheckAgain: () => void;
  onReplace: () => void;
}

/** What keeps a context from being signed in, with its cure. */
export function StatusProblem({ state, said, onCheckAgain, onReplace }: StatusProblemProps): ReactNode {
  const problem = codes[state];
  const navigate = useNavigate();
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
  if (problem !== undefined) {
    const { title, advice } = errorText(problem);
    return (
      <Notice
        tone={problem === 'server_unreachable' ? 'warning' : 'error'}
        title={title}
        actions={checkAgain}
      >
        {advice}
      </Notice>
    );
  }
  // An expired key's own notice has words and cure for it.
  if (state !== 'refused') return null;
  return (
    <Notice tone="error" title="The service refused the sign-in" actions={checkAgain}>
      It knows the key but did not accept it this time. If this computer’s clock is right, ask whoever runs
      the service whether your account is active.
      {said !== null && <ServiceWords said={said} />}
    </Notice>
  );
}
