import { TextInput } from '@mantine/core';
import { Search } from 'lucide-react';
import type { ReactNode } from 'react';
import { limits } from '../../contracts/domain/limits.ts';
import css from './filter-field.module.css';

interface FilterFieldProps {
  /** By what, such as `Filter by name`. */
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** The dialog around it opens with the keyboard in it. */
  autoFocus?: boolean | undefined;
}

/** Takes the words that a list is filtered by. */
export function FilterField({ label, value, onChange, autoFocus }: FilterFieldProps): ReactNode {
  return (
    <TextInput
      className={css['field']}
      aria-label={label}
      placeholder={label}
      leftSection={<Search size={16} />}
      value={value}
      maxLength={limits.filterMax}
      autoComplete="off"
      spellCheck={false}
      data-autofocus={autoFocus}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
