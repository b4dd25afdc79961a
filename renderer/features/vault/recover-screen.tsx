import { useId, useRef, useState, type ReactNode } from 'react';
import { limits } from '../../../contracts/domain/limits.ts';
import { keyhold, valueOf, type CallError } from '../../lib/api.ts';
import { errorText } from '../../lib/error-text.ts';
import { useReady } from '../../lib/use-ready.ts';
import { Button } from '../../ui/button.tsx';
import field from '../../ui/field.module.css';
import { ErrorNotice } from '../../ui/notice.tsx';
import { useSecretForm, type SecretField } from '../../ui/secret-form.ts';
import { GateLayout } from './gate-layout.tsx';
import css from './gate-layout.module.css';
import { useDelay } from './use-delay.ts';
import { useNewPassphrase } from './use-new-passphrase.tsx';

const codeErrors: readonly string[] = ['recovery_code_mistyped', 'wrong_recovery_code', 'unlock_delayed'];

/** What is wrong with the code, in words; null when nothing is. */
function codeProblem(error: CallError | null, secondsLeft: number): string | null {
  const wait = secondsLeft > 0 ? `Next try in ${String(secondsLeft)} s.` : null;
  if (error === null) return wait;
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
  const delay = useDelay(retryAfterMs);
  const code = useCode(delay.secondsLeft);
  const passphrase = useNewPassphrase({ label: 'New passphrase' });
  const { busy, error, submit } = useSecretForm({
    secrets: { code, passphrase },
    send: (typed) => valueOf(keyhold().vault.recover(typed)),
    onDone: onRecovered,
    onFailed: ({ details }) => delay.start(details.retryAfterMs ?? 0),
  });
  useReady('recover');

  return (
    <GateLayout
      title="Use your recovery code"
      lead="The code opens the vault. Choose the passphrase that opens it from now on."
    >
      <form className={css['card']} onSubmit={submit} noValidate>
        {error !== null && <ErrorNotice error={error} />}
        {code.field}
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

/** The field for the recovery code, which takes nothing while the next try has to wait. */
function useCode(secondsLeft: number): SecretField & { field: ReactNode } {
  const input = useRef<HTMLInputElement>(null);
  const [error, setError] = useState<CallError | null>(null);
  return {
    field: <CodeField ref={input} problem={codeProblem(error, secondsLeft)} onInput={() => setError(null)} />,
    read: () => {
      const typed = input.current?.value ?? '';
      if (typed.trim() !== '' && secondsLeft === 0) return typed;
      input.current?.focus();
      return null;
    },
    refuse: (failure) => {
      const refused = failure !== null && codeErrors.includes(failure.code);
      setError(refused ? failure : null);
      return refused;
    },
    clear: () => {
      if (input.current !== null) input.current.value = '';
    },
  };
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
