import { useId, useRef, useState, type ReactNode, type SyntheticEvent } from 'react';
import { limits } from '../../../contracts/domain/limits.ts';
import { asCallError, keyhold, valueOf, type CallError } from '../../lib/api.ts';
import { errorText } from '../../lib/error-text.ts';
import { useReady } from '../../lib/use-ready.ts';
import { Button } from '../../ui/button.tsx';
import field from '../../ui/field.module.css';
import { ErrorNotice } from '../../ui/notice.tsx';
import { GateLayout } from './gate-layout.tsx';
import css from './gate-layout.module.css';
import { useDelay } from './use-delay.ts';
import { useNewPassphrase } from './use-new-passphrase.tsx';

const codeErrors: readonly string[] = ['recovery_code_mistyped', 'wrong_recovery_code', 'unlock_delayed'];

/** What is wrong with the code, to be said at its field; null when it is something else. */
function codeProblem(error: CallError | null, secondsLeft: number): string | null {
  const wait = secondsLeft > 0 ? `Next try in ${String(secondsLeft)} s.` : null;
  if (error === null) return wait;
  if (!codeErrors.includes(error.code)) return null;
  const { title, advice } = errorText(error.code);
  if (error.code === 'recovery_code_mistyped') return `${title}. ${advice}`;
  return `${title}. ${wait ?? 'Check that it is the newest one for this vault.'}`;
}

interface RecoverScreenProps {
  retryAfterMs: number;
  onRecovered: () => void;
  onBack: () => void;
}

/** Opens the vault by its recovery code and gives it a new passphrase. */
export function RecoverScreen({ retryAfterMs, onRecovered, onBack }: RecoverScreenProps): ReactNode {
  const code = useRef<HTMLInputElement>(null);
  const passphrase = useNewPassphrase({ label: 'New passphrase' });
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<CallError | null>(null);
  const delay = useDelay(retryAfterMs);
  useReady('recover');

  const recover = async (typed: string, text: string): Promise<void> => {
    setBusy(true);
    try {
      await valueOf(keyhold().vault.recover({ code: typed, passphrase: text }));
      passphrase.clear();
      if (code.current !== null) code.current.value = '';
      onRecovered();
    } catch (thrown) {
      const failure = asCallError(thrown);
      setBusy(false);
      delay.start(failure.details.retryAfterMs ?? 0);
      if (passphrase.refuse(failure)) return;
      setError(failure);
      if (codeErrors.includes(failure.code)) code.current?.focus();
    }
  };
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (busy || delay.secondsLeft > 0 || code.current === null) return;
    setError(null);
    if (code.current.value.trim() === '') {
      code.current.focus();
      return;
    }
    const text = passphrase.read();
    if (text !== null) void recover(code.current.value, text);
  };
  const problem = codeProblem(error, delay.secondsLeft);
  return (
    <GateLayout
      title="Use your recovery code"
      lead="The code opens the vault. Choose the passphrase that opens it from now on."
    >
      <form className={css['card']} onSubmit={submit} noValidate>
        {error !== null && problem === null && <ErrorNotice error={error} />}
        <CodeField
          ref={code}
          problem={problem}
          onInput={() => {
            setError(null);
          }}
        />
        {passphrase.fields}
        <Button type="submit" kind="primary" size="large" wide busy={busy} disabled={delay.secondsLeft > 0}>
          {busy ? 'Opening vault…' : 'Open vault and set passphrase'}
        </Button>
      </form>
      <p className={css['below']}>
        <Button kind="quiet" onClick={onBack}>
          Back to the passphrase
        </Button>
      </p>
    </GateLayout>
  );
}

interface CodeFieldProps {
  ref: React.Ref<HTMLInputElement>;
  problem: string | null;
  onInput: () => void;
}

function CodeField({ ref, problem, onInput }: CodeFieldProps): ReactNode {
  const id = useId();
  return (
    <div className={field['field']}>
      <label className={field['label']} htmlFor={id}>
        Recovery code
      </label>
      <input
        ref={ref}
        id={id}
        className={field['input']}
        type="text"
        data-mono
        autoComplete="off"
        autoCapitalize="characters"
        autoCorrect="off"
        spellCheck={false}
        autoFocus
        maxLength={limits.recoveryCodeMax}
        aria-invalid={problem !== null}
        aria-describedby={`${id}-note`}
        onInput={onInput}
      />
      <p
        id={`${id}-note`}
        className={problem === null ? field['hint'] : field['error']}
        role={problem === null ? undefined : 'alert'}
      >
        {problem ?? 'Nine groups of four. Hyphens, spaces and capital letters do not matter.'}
      </p>
    </div>
  );
}
