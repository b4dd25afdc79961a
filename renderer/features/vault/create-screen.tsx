import { useRef, useState, type ReactNode, type RefObject, type SyntheticEvent } from 'react';
import { limits } from '../../../contracts/domain/limits.ts';
import { asCallError, keyhold, valueOf, type CallError } from '../../lib/api.ts';
import { errorText } from '../../lib/error-text.ts';
import { useReady } from '../../lib/use-ready.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { GateLayout } from './gate-layout.tsx';
import css from './gate-layout.module.css';
import { PassphraseField } from './passphrase-field.tsx';

interface Problems {
  passphrase: string | null;
  repeat: string | null;
}

const none: Problems = { passphrase: null, repeat: null };

function check(passphrase: string, repeat: string): Problems {
  // Characters as people count them, as main does: one emoji is one, not two.
  if (Array.from(passphrase).length < limits.passphraseMin) {
    return { ...none, passphrase: errorText('passphrase_too_short').advice };
  }
  return passphrase === repeat ? none : { ...none, repeat: 'The two passphrases differ.' };
}

function focusFirst(
  problems: Problems,
  first: RefObject<HTMLInputElement | null>,
  second: typeof first,
): void {
  (problems.passphrase === null ? second : first).current?.focus();
}

/** First start: makes the vault. */
export function CreateScreen({ onCreated }: { onCreated: () => void }): ReactNode {
  const first = useRef<HTMLInputElement>(null);
  const second = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const [problems, setProblems] = useState(none);
  const [error, setError] = useState<CallError | null>(null);
  useReady('create');

  const create = async (passphrase: string): Promise<void> => {
    setBusy(true);
    try {
      await valueOf(keyhold().vault.create({ passphrase }));
      for (const field of [first, second]) if (field.current !== null) field.current.value = '';
      onCreated();
    } catch (thrown) {
      setError(asCallError(thrown));
      setBusy(false);
    }
  };
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (busy || first.current === null || second.current === null) return;
    const found = check(first.current.value, second.current.value);
    setProblems(found);
    setError(null);
    if (found.passphrase !== null || found.repeat !== null) focusFirst(found, first, second);
    else void create(first.current.value);
  };
  const clearProblems = (): void => {
    setProblems(none);
  };
  return (
    <GateLayout
      title="Create your vault"
      lead="Keyhold keeps your private keys in an encrypted file on this computer. A passphrase opens it."
    >
      <form className={css['card']} onSubmit={submit} noValidate>
        {error !== null && <ErrorNotice error={error} />}
        <PassphraseField
          ref={first}
          label="Passphrase"
          autoComplete="new-password"
          autoFocus
          hint={`At least ${String(limits.passphraseMin)} characters. Four or five unrelated words are strong and easy to type.`}
          error={problems.passphrase}
          onInput={clearProblems}
        />
        <PassphraseField
          ref={second}
          label="Repeat passphrase"
          autoComplete="new-password"
          error={problems.repeat}
          onInput={clearProblems}
        />
        <p className={css['note']}>
          <strong>It cannot be recovered.</strong> Nobody can open this vault without the passphrase. If you
          lose it, you make a new vault and register new keys.
        </p>
        <Button type="submit" kind="primary" size="large" wide busy={busy}>
          {busy ? 'Creating vault…' : 'Create vault'}
        </Button>
      </form>
    </GateLayout>
  );
}
