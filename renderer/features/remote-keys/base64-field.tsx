import { Textarea } from '@mantine/core';
import type { ReactNode } from 'react';
import css from './remote-keys.module.css';

interface Base64FieldProps {
  label: string;
  description: string;
  rows: number;
  autoFocus?: boolean;
  /** `getInputProps` of it. */
  inputProps: object;
}

/** Takes what the service made once, in base64. */
export function Base64Field({
  label,
  description,
  rows,
  autoFocus = false,
  inputProps,
}: Base64FieldProps): ReactNode {
  return (
    <Textarea
      label={label}
      description={description}
      rows={rows}
      classNames={{ input: css['base64'] ?? '' }}
      autoComplete="off"
      autoCapitalize="off"
      spellCheck={false}
      autoFocus={autoFocus}
      data-autofocus={autoFocus || undefined}
      {...inputProps}
    />
  );
}
