import { useId, useRef, useState, type ReactNode } from 'react';
import { limits } from '../../../contracts/domain/limits.ts';
import { preparedPassphrase } from '../../../contracts/domain/passphrase.ts';
import type { CallError } from '../../lib/api.ts';
import { errorText } from '../../lib/error-text.ts';
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

export interface NewPassphrase {
  /** Both fields and the meter. */
  fields: ReactNode;
  /** The passphrase, or null after a complaint at the field it belongs to. */
  read: () => string | null;
  /** Puts main's refusal of the passphrase at its field; false for any other error. */
  refuse: (error: CallError) => boolean;
  clear: () => void;
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

  const complain = (found: Problems): void => {
    setProblems(found);
    (found.passphrase === null ? second : first).current?.focus();
  };
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
      complain(found);
      return null;
    },
    refuse: ({ code, details }) => {
      if (code !== 'passphrase_too_weak' && code !== 'passphrase_too_short') return false;
      const { title, advice } = errorText(code, details);
      // What would help stands below already, beside the strength.
      complain({ ...none, passphrase: code === 'passphrase_too_weak' ? `${title}.` : advice });
      return true;
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
          onInput={() => {
            setProblems(none);
          }}
        />
      </>
    ),
  };
}
