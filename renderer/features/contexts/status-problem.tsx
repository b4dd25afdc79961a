import type { ReactNode } from 'react';
import type { ContextStatus } from '../../../contracts/ipc/contexts.ts';
import { errorText } from '../../lib/error-text.ts';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';

interface StatusProblemProps {
  status: ContextStatus;
  onCheckAgain: () => void;
  onReplace: () => void;
}

/** What keeps a context from being signed in, with its cure. */
export function StatusProblem({ status, onCheckAgain, onReplace }: StatusProblemProps): ReactNode {
  const { problem, signedIn } = status;
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
          <Button size="small" onClick={onReplace}>
            Remove and add again…
          </Button>
        }
      >
        It was revoked or has expired there, and a revoked key is not used again. Remove the context and add
        the service once more: that makes a new key and registers it.
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
