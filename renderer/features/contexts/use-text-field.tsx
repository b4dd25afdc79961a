import { TextInput } from '@mantine/core';
import { useRef, useState, type ReactNode } from 'react';
import type { CallError } from '../../lib/api.ts';
import type { SecretField } from '../../ui/secret-form.ts';

interface TextFieldOptions {
  label: string;
  description?: string;
  initial: string;
  maxLength: number;
  autoComplete: 'off' | 'username';
  autoFocus?: boolean;
  /** What is wrong with a text before it is sent, in words; null for nothing. */
  problemOf: (text: string) => string | null;
  /** What main refuses about it, in words; null for what is about something else. */
  refusalOf?: (error: CallError) => string | null;
}

export interface TextField extends SecretField {
  field: ReactNode;
}

/** A field of one line beside the secrets of a form; no secret itself. */
export function useTextField(options: TextFieldOptions): TextField {
  const { initial, problemOf, refusalOf = () => null, autoFocus = false, ...shown } = options;
  const input = useRef<HTMLInputElement>(null);
  const [value, setValue] = useState(initial);
  const [problem, setProblem] = useState<string | null>(null);
  return {
    field: (
      <TextInput
        {...shown}
        ref={input}
        value={value}
        autoCapitalize="off"
        spellCheck={false}
        autoFocus={autoFocus}
        data-autofocus={autoFocus || undefined}
        error={problem}
        onChange={(event) => {
          setValue(event.currentTarget.value);
          setProblem(null);
        }}
      />
    ),
    read: () => {
      const found = problemOf(value);
      setProblem(found);
      if (found === null) return value.trim();
      input.current?.focus();
      return null;
    },
    refuse: (error) => {
      const found = error === null ? null : refusalOf(error);
      setProblem(found);
      return found !== null;
    },
    clear: () => undefined,
  };
}
