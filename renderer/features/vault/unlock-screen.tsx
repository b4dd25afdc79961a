import { KeySquare } from 'lucide-react';
import { useEffect, useRef, useState, type ReactNode, type SyntheticEvent } from 'react';
import { asCallError, keyhold, valueOf, type Answer, type CallError } from '../../lib/api.ts';
import { errorText } from '../../lib/error-text.ts';
import { useReady } from '../../lib/use-ready.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNotice, Notice } from '../../ui/notice.tsx';
import { GateLayout } from './gate-layout.tsx';
import css from './gate-layout.module.css';
import { PassphraseField } from './passphrase-field.tsx';
import { useDelay } from './use-delay.ts';

interface UnlockScreenProps {
  /** How long the next try has to wait, and what else opens the vault; null while that is not known yet. */
  status: Answer<'vault', 'status'> | null;
  onUnlocked: () => void;
  onForgotten: () => void;
}

/** A refusal that belongs under the field, not in a box of its own. */
function fieldError(error: CallError | null, secondsLeft: number): string | null {
  if (error === null) return secondsLeft > 0 ? delayWords(secondsLeft) : null;
  if (error.code !== 'wrong_passphrase' && error.code !== 'unlock_delayed') return null;
  const title = errorText(error.code).title;
  return secondsLeft > 0 ? `${title}. ${delayWords(secondsLeft)}` : `${title}. Try again.`;
}

function delayWords(seconds: number): string {
  return `Next try in ${String(seconds)} s.`;
}

interface KeychainUnlock {
  asking: boolean;
  problem: CallError | null;
  ask: () => void;
}

/** Unlocks through the system keychain: by itself right after the start, later on a click. */
function useKeychainUnlock(
  keychain: Answer<'vault', 'status'>['keychain'],
  onUnlocked: () => void,
): KeychainUnlock {
  const automatic = keychain === 'automatic';
  /** Null until something was asked for or answered here: the automatic try is under way from the start. */
  const [asked, setAsked] = useState<boolean | null>(null);
  const [problem, setProblem] = useState<CallError | null>(null);
  const begun = useRef(false);

  const unlock = async (): Promise<void> => {
    try {
      await valueOf(keyhold().vault.unlockWithKeychain());
      onUnlocked();
    } catch (thrown) {
      setProblem(asCallError(thrown));
      setAsked(false);
    }
  };
  useEffect(() => {
    if (!automatic || begun.current) return;
    begun.current = true;
    void unlock();
  });
  return {
    asking: asked ?? automatic,
    problem,
    ask: () => {
      setAsked(true);
      setProblem(null);
      void unlock();
    },
  };
}

/** Asks for the passphrase. The field has the focus from the start and keeps it after a wrong try. */
export function UnlockScreen({ status, onUnlocked, onForgotten }: UnlockScreenProps): ReactNode {
  const input = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<CallError | null>(null);
  const form = useRef<HTMLFormElement>(null);
  const delay = useDelay(status?.retryAfterMs ?? 0);
  const offered = status?.keychain ?? 'none';
  const keychain = useKeychainUnlock(offered, onUnlocked);
  useReady('unlock');

  useEffect(() => {
    if (!busy) input.current?.focus();
  }, [busy]);

  const unlock = async (passphrase: string): Promise<void> => {
    setBusy(true);
    try {
      await valueOf(keyhold().vault.unlock({ passphrase }));
      onUnlocked();
    } catch (thrown) {
      const failure = asCallError(thrown);
      setError(failure);
      delay.start(failure.details.retryAfterMs ?? 0);
      setBusy(false);
    }
  };
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    const field = input.current;
    if (field === null || field.value === '' || busy || delay.secondsLeft > 0) return;
    const passphrase = field.value;
    field.value = '';
    void unlock(passphrase);
  };
  useEffect(() => {
    // Enter was pressed before this ran: the page's early script has noted it.
    const page = document.documentElement.dataset;
    if (page['submitted'] === undefined) return;
    delete page['submitted'];
    form.current?.requestSubmit();
  }, []);
  const refusal = fieldError(error, delay.secondsLeft);
  return (
    <GateLayout title="Unlock your vault" steady>
      <form ref={form} className={css['card']} onSubmit={submit}>
        {keychain.problem !== null && <KeychainProblem error={keychain.problem} />}
        {error !== null && refusal === null && <ErrorNotice error={error} />}
        <PassphraseField
          ref={input}
          label="Passphrase"
          autoComplete="current-password"
          autoFocus
          error={refusal}
        />
        <Button type="submit" kind="primary" size="large" wide busy={busy} disabled={delay.secondsLeft > 0}>
          {busy ? 'Unlocking…' : 'Unlock'}
        </Button>
        {offered !== 'none' && (
          <Button size="large" wide icon={<KeySquare />} busy={keychain.asking} onClick={keychain.ask}>
            {keychain.asking ? 'Asking the system keychain…' : 'Unlock with the system keychain'}
          </Button>
        )}
      </form>
      {status?.recovery !== false && (
        <p className={css['below']}>
          <Button kind="quiet" onClick={onForgotten}>
            Forgot passphrase?
          </Button>
        </p>
      )}
    </GateLayout>
  );
}

/** Why the passphrase is asked for although the keychain was set up, and what to do about it. */
function KeychainProblem({ error }: { error: CallError }): ReactNode {
  if (error.code !== 'keychain_failed') return <ErrorNotice error={error} />;
  const { title, advice } = errorText(error.code, error.details);
  return (
    <Notice tone="warning" title={title}>
      {advice}
    </Notice>
  );
}
