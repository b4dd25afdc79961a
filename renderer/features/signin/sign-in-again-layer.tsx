import { useQuery } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useLayoutEffect, useState, type ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { ErrorCode } from '../../../contracts/errors.ts';
import { keyhold, type CallError } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { LinesSkeleton } from '../../ui/lines-skeleton.tsx';
import { ErrorCures, ErrorNotice } from '../../ui/notice.tsx';
import { toastDone } from '../../ui/toast.ts';
import { browserSignInQuery, useCurrentContext } from '../contexts/queries.ts';
import { SignInAgain } from '../contexts/sign-in-again.ts';
import { useBrowserSignIn } from '../contexts/use-browser-sign-in.ts';
import { BrowserSignInNotice } from './browser-sign-in-notice.tsx';
import { BrowserSignInView } from './browser-sign-in-view.tsx';

/** Failures of what the current context's service was asked for, that signing in again cures. */
const cured: ReadonlySet<ErrorCode> = new Set(['session_expired', 'api_key_expired', 'api_key_refused']);

/**
 * Signs a context in again in a dialog over the page, so that a form that met the end of a session stays as it is. Gives
 * the button for that to every failure of that kind.
 */
export function SignInAgainLayer({ children }: { children: ReactNode }): ReactNode {
  const [context, setContext] = useState<ContextSummary | null>(null);
  const current = useCurrentContext() ?? null;
  const leave = (): void => {
    setContext(null);
    void keyhold().browserSignIn.end();
  };
  useEscape(context !== null, leave);
  const cure = ({ code }: CallError): ReactNode =>
    current === null || !cured.has(code) ? null : (
      <Button size="small" kind="primary" onClick={() => setContext(current)}>
        Sign in again
      </Button>
    );
  return (
    <SignInAgain value={setContext}>
      <ErrorCures value={cure}>
        <BrowserSignInNotice shown={context !== null} />
        {children}
      </ErrorCures>
      {context !== null && <SignInDialog context={context} onLeave={leave} />}
    </SignInAgain>
  );
}

/** Takes the key before the dialog below hears of it, which would close as well: listeners are called in their order. */
function useEscape(active: boolean, leave: () => void): void {
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (!active || event.key !== 'Escape' || event.isComposing) return;
    event.stopImmediatePropagation();
    leave();
  });
  useLayoutEffect(() => {
    const listener = (event: KeyboardEvent): void => press(event);
    window.addEventListener('keydown', listener, { capture: true });
    return () => window.removeEventListener('keydown', listener, { capture: true });
  }, []);
}

/** The dialogs that are open already can be neither read nor reached meanwhile: two at once are none. */
function putOthersAside(): () => void {
  const others = [...document.querySelectorAll<HTMLElement>('[role="dialog"][aria-modal="true"]')];
  for (const other of others) other.inert = true;
  return () => {
    for (const other of others) other.inert = false;
  };
}

interface SignInDialogProps {
  context: ContextSummary;
  onLeave: () => void;
}

function SignInDialog({ context, onLeave }: SignInDialogProps): ReactNode {
  useLayoutEffect(putOthersAside, []);
  const state = useQuery(browserSignInQuery).data ?? null;
  const { mutate, isError, error } = useBrowserSignIn();
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
  const own = state?.contextId === context.id ? state : null;
  const isDone = own?.phase === 'done';
  useEffect(() => {
    if (isDone) finish();
  }, [isDone]);
  return (
    <Dialog opened held title={`Sign in to ${context.host} again`} onClose={onLeave}>
      {own !== null && !isError ? (
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
