import { useQuery } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useLayoutEffect, useState, type ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { Provider } from '../../../contracts/ipc/contexts.ts';
import type { BrowserAccess, BrowserWay } from '../../../contracts/domain/browser-access.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { LinesSkeleton } from '../../ui/lines-skeleton.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { toastDone } from '../../ui/toast.ts';
import { accessAt, offeredOr } from '../contexts/browser-access.ts';
import { KeeperSignIn } from '../contexts/keeper-sign-in.tsx';
import { ContextPasswordForm } from '../contexts/password-sign-in-dialog.tsx';
import { browserSignInQuery, signInBeforeQuery } from '../contexts/queries.ts';
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

/** Signs a context in again over whatever is open: with a password who did so before, else by the browser. */
export function SignInDialog({ context, onLeave }: SignInDialogProps): ReactNode {
  useLayoutEffect(putOthersAside, []);
  const takesPasswords = context.capabilities.includes('passwords');
  const known = useQuery({ ...signInBeforeQuery(context.id), enabled: takesPasswords });
  const finish = (): void => {
    onLeave();
    toastDone(`Signed in to ${context.host} again`);
  };
  const [agreed, setAgreed] = useState<Provider | null>(null);
  const byToken = context.capabilities.includes('remote-keys');
  const byBrowser = !takesPasswords || (!known.isPending && (known.data?.username ?? null) === null);
  return (
    <Dialog opened held title={`Sign in to ${context.host} again`} onClose={onLeave}>
      {byToken && agreed === null ? (
        <KeeperSignIn
          context={context}
          begin={{ isPending: false, error: null, run: setAgreed }}
          onCancel={onLeave}
          onSignedIn={finish}
        />
      ) : byBrowser ? (
        <ByBrowser
          context={context}
          access={agreed === null ? accessOf(context, known.data?.lasting ?? false) : 'oidc'}
          agreed={agreed ?? undefined}
          onLookAgain={() => setAgreed(null)}
          onLeave={onLeave}
          onSignedIn={finish}
        />
      ) : (
        <ContextPasswordForm context={context} onCancel={onLeave} onSignedIn={finish} />
      )}
    </Dialog>
  );
}

/** As it was before, or else the longest that the service has. */
function accessOf(context: ContextSummary, lasting: boolean): BrowserAccess {
  const before = context.credential === 'session' ? (lasting ? 'token-pair' : 'session') : 'api-key';
  return offeredOr(accessAt(context), before);
}

interface ByBrowserProps extends SignInDialogProps {
  access: BrowserWay;
  /** What the person agreed to, where they sign in at a provider. */
  agreed: Provider | undefined;
  onLookAgain: () => void;
  onSignedIn: () => void;
}

function ByBrowser(props: ByBrowserProps): ReactNode {
  const { context, access, agreed, onLeave, onLookAgain, onSignedIn } = props;
  const state = useQuery(browserSignInQuery).data ?? null;
  const { mutate, isSuccess, isError, error } = useBrowserSignIn();
  const begin = (): void => {
    mutate({
      target: { kind: 'context', contextId: context.id },
      access,
      elsewhere: false,
      agreed,
    });
  };
  const beginOnce = useEffectEvent(begin);
  useEffect(() => beginOnce(), []);
  const finish = useEffectEvent(onSignedIn);
  // Until then it is what came of another one.
  const own = isSuccess && state?.contextId === context.id ? state : null;
  const isDone = own?.phase === 'done';
  useEffect(() => {
    if (isDone) finish();
  }, [isDone]);
  if (own !== null) return <BrowserSignInView state={own} onCancel={onLeave} />;
  return (
    <div className="kh-stack">
      {isError ? (
        <ErrorNotice error={error} retry={error.code === 'provider_changed' ? onLookAgain : begin} />
      ) : (
        <LinesSkeleton lines={3} />
      )}
      <div className="kh-end">
        <Button onClick={onLeave}>Cancel</Button>
      </div>
    </div>
  );
}
