import { useEffect, useRef, useState, type ReactNode, type SyntheticEvent } from 'react';
import { asCallError, keyhold, valueOf, type CallError } from '../../lib/api.ts';
import { errorText } from '../../lib/error-text.ts';
import { useReady } from '../../lib/use-ready.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { GateLayout } from './gate-layout.tsx';
import css from './gate-layout.module.css';
import { PassphraseField } from './passphrase-field.tsx';
import { useDelay } from './use-delay.ts';

interface UnlockScreenProps {
  /** Milliseconds until the next try is accepted, as the vault said when the screen opened. */
  retryAfterMs: number;
  onUnlocked: () => void;
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

/** Asks for the passphrase. The field has the focus from the start and keeps it after a wrong try. */
export function UnlockScreen({ retryAfterMs, onUnlocked }: UnlockScreenProps): ReactNode {
  const input = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<CallError | null>(null);
  const delay = useDelay(retryAfterMs);
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
  const refusal = fieldError(error, delay.secondsLeft);
  return (
    <GateLayout title="Unlock your vault">
      <form className={css['card']} onSubmit={submit}>
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
      </form>
    </GateLayout>
  );
}
