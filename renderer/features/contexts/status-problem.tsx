import type { ReactNode } from 'react';
import { useNavigate } from 'react-router';
import type { ContextStatus } from '../../../contracts/ipc/contexts.ts';
import { errorText } from '../../lib/error-text.ts';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import type { KeysPageState } from '../keys/keys-page.tsx';

const newKey: KeysPageState = { dialog: 'new' };

interface StatusProblemProps {
  status: ContextStatus;
  onCheckAgain: () => void;
  onReplace: () => void;
}

/** What keeps a context from being signed in, with its cure. */
export function StatusProblem({ status, onCheckAgain, onReplace }: StatusProblemProps): ReactNode {
  const { problem, signedIn } = status;
  const navigate = useNavigate();
  const checkAgain = (
    <Button size="small" onClick={onCheckAgain}>
      Try again
    </Button>
  );
  // The key's own notice has words and cure for it.
  if (problem === 'key_expired') return null;
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
  if (signedIn !== 'no') return null;
  return (
    <Notice tone="error" title="The service refused the sign-in" actions={checkAgain}>
      It knows the key but did not accept it this time. If this computer’s clock is right, ask whoever runs
      the service whether your account is active.
    </Notice>
  );
}
