import { useRef, type ReactNode } from 'react';
import type { CallError } from '../../lib/api.ts';
import { errorText } from '../../lib/error-text.ts';
import { PassphraseField } from '../vault/passphrase-field.tsx';

interface PassphraseProof {
  field: ReactNode;
  /** What was typed; null, with the focus in the field, when that is nothing. */
  read: () => string | null;
  clear: () => void;
}

/** Whether main refused the passphrase that was typed as proof. */
export function isProofError(error: CallError | null): boolean {
  return error?.code === 'wrong_passphrase' || error?.code === 'unlock_delayed';
}

/** Asks for the passphrase once more, before something that somebody at the open app must not do. */
export function usePassphraseProof(label: string, error: CallError | null): PassphraseProof {
  const input = useRef<HTMLInputElement>(null);
  const words = error !== null && isProofError(error) ? errorText(error.code, error.details) : null;
  return {
    field: (
      <PassphraseField
        ref={input}
        label={label}
        autoComplete="current-password"
        autoFocus
        error={words === null ? null : `${words.title}. ${words.advice}`}
      />
    ),
    read: () => {
      const text = input.current?.value ?? '';
      if (text === '') input.current?.focus();
      return text === '' ? null : text;
    },
    clear: () => {
      if (input.current !== null) input.current.value = '';
    },
  };
}
