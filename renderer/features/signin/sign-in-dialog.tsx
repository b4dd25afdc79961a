import { useQuery } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useLayoutEffect, type ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { LinesSkeleton } from '../../ui/lines-skeleton.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { toastDone } from '../../ui/toast.ts';
import { browserSignInQuery } from '../contexts/queries.ts';
import { useBrowserSignIn } from '../contexts/use-browser-sign-in.ts';
import { BrowserSignInView } from './browser-sign-in-view.tsx';

/** The dialogs that are open already can be neither read nor reached meanwhile: two at once are none. */
function putOthersAside(): () => void {
  const others = [...document.querySelectorAll<HTMLElement>('[role="dialog"][aria-modal="true"]')];
  for (const other of others) other.inert = true;
  return () => {
    for (const other of others) other.inert = false;
  };
}

export interface SignInDialogProps {
  context: ContextSummary;
  onLeave: () => void;
}

/** Signs a context in again by the browser, over whatever is open. */
export function SignInDialog({ context, onLeave }: SignInDialogProps): ReactNode {
  useLayoutEffect(putOthersAside, []);
  const state = useQuery(browserSignInQuery).data ?? null;
  const { mutate, isSuccess, isError, error } = useBrowserSignIn();
  const begin = (): void => {
    mutate({
      target: { kind: 'context', contextId: context.id },
      access: context.credential === 'session' ? 'session' : 'api-key',
      elsewhere: false,
    });
  };
  const beginOnce = useEffectEvent(begin);
  useEffect(() => beginOnce(), []);
  const finish = useEffectEvent(() => {
    onLeave();
    toastDone(`Signed in to ${context.host} again`);
  });
  // Until then it is what came of another one.
  const own = isSuccess && state?.contextId === context.id ? state : null;
  const isDone = own?.phase === 'done';
  useEffect(() => {
    if (isDone) finish();
  }, [isDone]);
  return (
    <Dialog opened held title={`Sign in to ${context.host} again`} onClose={onLeave}>
      {own !== null ? (
        <BrowserSignInView state={own} onCancel={onLeave} />
      ) : (
        <div className="kh-stack">
          {isError ? <ErrorNotice error={error} retry={begin} /> : <LinesSkeleton lines={3} />}
          <div className="kh-end">
            <Button onClick={onLeave}>Cancel</Button>
          </div>
        </div>
      )}
    </Dialog>
  );
}
