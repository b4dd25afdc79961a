import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { WaitState } from '../../../contracts/ipc/signin.ts';
import { keyhold } from '../../lib/api.ts';
import { errorText } from '../../lib/error-text.ts';
import { secondsUntil } from '../../lib/format.ts';
import { useNow } from '../../lib/use-now.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNotice, Notice } from '../../ui/notice.tsx';
import { useAction } from '../../ui/use-action.ts';
import { waitQuery } from './queries.ts';
import css from './registration-page.module.css';

/** Where the wait for the registration stands, and what can be done about it. */
export function WaitLine({
  context,
  onCorrect,
}: {
  context: ContextSummary;
  onCorrect: () => void;
}): ReactNode {
  const client = useQueryClient();
  const wait = useQuery(waitQuery(context.id));
  const act = useAction(
    (action: 'wait' | 'checkNow' | 'cancel') => keyhold().signin[action]({ contextId: context.id }),
    (state) => {
      client.setQueryData(waitQuery(context.id).queryKey, state);
    },
  );
  if (wait.isError) return <ErrorNotice error={wait.error} retry={() => void wait.refetch()} />;
  if (wait.data === undefined) return null;
  const { phase } = wait.data;
  const check = (label: string, action: 'wait' | 'checkNow'): ReactNode => (
    <Button size="small" onClick={() => act.mutate(action)}>
      {label}
    </Button>
  );
  if (phase === 'wrong_user') {
    const { title, advice } = errorText('registered_to_another_user');
    return (
      <Notice
        tone="error"
        title={title}
        actions={
          <>
            {context.state === 'pending' && (
              <Button size="small" onClick={onCorrect}>
                Correct user id…
              </Button>
            )}
            {check('Check again', 'wait')}
          </>
        }
      >
        {advice}
      </Notice>
    );
  }
  return (
    <div className={css['wait']}>
      <span className={css['pulse']} data-phase={phase} aria-hidden="true" />
      <span className={css['waitWords']}>
        <WaitWords state={wait.data} />
      </span>
      <span className="kh-row">
        {phase === 'idle' ? (
          check('Wait again', 'wait')
        ) : (
          <>
            {check('Check now', 'checkNow')}
            <Button size="small" kind="quiet" onClick={() => act.mutate('cancel')}>
              Stop waiting
            </Button>
          </>
        )}
      </span>
    </div>
  );
}

function WaitWords({ state }: { state: WaitState }): ReactNode {
  if (state.phase === 'idle')
    return 'Not waiting. The key can still be registered; Keyhold looks when you ask.';
  const words =
    state.phase === 'offline' ? 'The service cannot be reached.' : 'Waiting for the registration.';
  return (
    <>
      <span role="status">{words}</span> <NextTry key={state.nextTryAt} at={state.nextTryAt} />
    </>
  );
}

function NextTry({ at }: { at: string | null }): ReactNode {
  const now = useNow(250);
  const seconds = at === null ? 0 : secondsUntil(at, now);
  return (
    <span className="kh-tabular">{seconds === 0 ? 'Checking…' : `Next check in ${String(seconds)} s.`}</span>
  );
}
