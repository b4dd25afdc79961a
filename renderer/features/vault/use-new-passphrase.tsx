import { useId, useRef, useState, type ReactNode } from 'react';
import { limits } from '../../../contracts/domain/limits.ts';
import { preparedPassphrase } from '../../../contracts/domain/passphrase.ts';
import type { CallError } from '../../lib/api.ts';
import { errorText } from '../../lib/error-text.ts';
import type { SecretField } from '../../ui/secret-form.ts';
import { PassphraseField } from './passphrase-field.tsx';
import { StrengthMeter } from './strength-meter.tsx';
import { useStrength } from './use-strength.ts';

interface Problems {
  passphrase: string | null;
  repeat: string | null;
}

const none: Problems = { passphrase: null, repeat: null };

function check(typed: string, typedAgain: string): Problems {
  const [passphrase, repeat] = [preparedPassphrase(typed), preparedPassphrase(typedAgain)];
  // Characters as people count them, as main does: one emoji is one, not two.
  if (Array.from(passphrase).length < limits.passphraseMin) {
    return { ...none, passphrase: errorText('passphrase_too_short').advice };
  }
  return passphrase === repeat ? none : { ...none, repeat: 'The two passphrases differ.' };
}

/** What main refuses about a new passphrase, in words; null for any other error. */
function problemOf({ code, details }: CallError): string | null {
  if (code !== 'passphrase_too_weak' && code !== 'passphrase_too_short') return null;
  const { title, advice } = errorText(code, details);
  // What would help stands below already, beside the strength.
  return code === 'passphrase_too_weak' ? `${title}.` : advice;
}

interface NewPassphrase extends SecretField {
  /** Both fields and the meter. */
  fields: ReactNode;
}

interface Options {
  /** What the passphrase is: “Passphrase”, “New passphrase”. */
  label: string;
  autoFocus?: boolean;
}

/** A passphrase to be chosen: typed twice, with its strength. */
export function useNewPassphrase({ label, autoFocus = false }: Options): NewPassphrase {
  const first = useRef<HTMLInputElement>(null);
  const second = useRef<HTMLInputElement>(null);
  const meterId = useId();
  const [problems, setProblems] = useState(none);
  const [strength, onStrengthInput] = useStrength(first);

  const onInput = (): void => {
    setProblems(none);
    onStrengthInput();
  };
  return {
    read: () => {
      const passphrase = first.current?.value ?? '';
      const found = check(passphrase, second.current?.value ?? '');
      setProblems(found);
      if (found.passphrase === null && found.repeat === null) return passphrase;
      (found.passphrase === null ? second : first).current?.focus();
      return null;
    },
    refuse: (error) => {
      const passphrase = error === null ? null : problemOf(error);
      setProblems({ ...none, passphrase });
      return passphrase !== null;
    },
    clear: () => {
      for (const field of [first, second]) if (field.current !== null) field.current.value = '';
    },
    fields: (
      <>
        <div>
          <PassphraseField
            ref={first}
            label={label}
            autoComplete="new-password"
            autoFocus={autoFocus}
            error={problems.passphrase}
            describedBy={meterId}
            onInput={onInput}
          />
          <StrengthMeter id={meterId} strength={strength} />
        </div>
        <PassphraseField
          ref={second}
          label={`Repeat ${label.toLowerCase()}`}
          autoComplete="new-password"
          error={problems.repeat}
          onInput={() => setProblems(none)}
        />
      </>
    ),
  };
}
