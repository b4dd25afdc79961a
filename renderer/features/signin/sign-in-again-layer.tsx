import { useEffectEvent, useLayoutEffect, useState, type ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { ErrorCode } from '../../../contracts/errors.ts';
import { keyhold, type CallError } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import { lazy } from '../../ui/lazy.tsx';
import { ErrorCures } from '../../ui/notice.tsx';
import { useCurrentContext } from '../contexts/queries.ts';
import { SignInAgain } from '../contexts/sign-in-again.ts';
import { BrowserSignInNotice } from './browser-sign-in-notice.tsx';
import type { SignInDialogProps } from './sign-in-dialog.tsx';
import type { TokenEndsNoticeProps } from './token-ends-notice.tsx';

const SignInDialog = lazy<SignInDialogProps>(async () => (await import('./sign-in-dialog.tsx')).SignInDialog);

// Few contexts have such a token.
const TokenEndsNotice = lazy<TokenEndsNoticeProps>(
  async () => (await import('./token-ends-notice.tsx')).TokenEndsNotice,
);

/** Failures of what the current context's service was asked for, that signing in again cures. */
const cured: ReadonlySet<ErrorCode> = new Set([
  'session_expired',
  'api_key_expired',
  'api_key_refused',
  'pasted_expired',
  'token_refused',
  'password_change_required',
]);

/**
 * Signs a context in again in a dialog over the page, so that a form that met the end of a session stays as it is. Gives
 * the button for that to every failure of that kind.
 */
export function SignInAgainLayer({ children }: { children: ReactNode }): ReactNode {
  const [context, setContext] = useState<ContextSummary | null>(null);
  const current = useCurrentContext() ?? null;
  const ending = context === null && current !== null && hasTokenThatEnds(current) ? current : null;
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
        {ending !== null && <TokenEndsNotice context={ending} endsAt={ending.endsAt} />}
        {children}
      </ErrorCures>
      {context !== null && <SignInDialog context={context} onLeave={leave} />}
    </SignInAgain>
  );
}

function hasTokenThatEnds(context: ContextSummary): context is ContextSummary & { endsAt: string } {
  return (
    context.capabilities.includes('remote-keys') && context.state === 'active' && context.endsAt !== null
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
