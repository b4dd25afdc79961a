import { useRef, useState, type ReactNode } from 'react';
import type { ErrorCode } from '../../../contracts/errors.ts';
import { errorText } from '../../lib/error-text.ts';
import type { SecretField } from '../../ui/secret-form.ts';
import { PassphraseField } from './passphrase-field.tsx';

interface PassphraseOptions {
  label: string;
  hint?: string;
  autoFocus?: boolean;
  /** May be left empty. */
  optional?: boolean;
  /** What main refuses about it. */
  refusals: readonly ErrorCode[];
}

export interface Passphrase extends SecretField {
  field: ReactNode;
  focus: () => void;
}

/** A field for a passphrase that exists already. */
export function usePassphrase(options: PassphraseOptions): Passphrase {
  const { label, hint, autoFocus = false, optional = false, refusals } = options;
  const input = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const focus = (): void => input.current?.focus();
  return {
    field: (
      <PassphraseField
        ref={input}
        label={label}
        autoComplete="current-password"
        hint={hint}
        autoFocus={autoFocus}
        error={problem}
      />
    ),
    focus,
    read: () => {
      const text = input.current?.value ?? '';
      if (text !== '' || optional) return text;
      focus();
      return null;
    },
    refuse: (error) => {
      const refused = error !== null && refusals.includes(error.code);
      const words = refused ? errorText(error.code, error.details) : null;
      setProblem(words && `${words.title}. ${words.advice}`);
      if (refused) input.current?.select();
      return refused;
    },
    clear: () => {
      if (input.current !== null) input.current.value = '';
    },
  };
}

/** The passphrase of the vault once more, before something that somebody at the open app must not do. */
export function usePassphraseProof(label = 'Passphrase'): Passphrase {
  return usePassphrase({ label, autoFocus: true, refusals: ['wrong_passphrase', 'unlock_delayed'] });
}
