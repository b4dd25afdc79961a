import { Autocomplete } from '@mantine/core';
import type { ReactNode } from 'react';
import { keyIdMax } from '../../../../contracts/permissions/operations.ts';
import type { KnownKeys } from '../model/known-keys.ts';

interface KeyFieldProps {
  value: string;
  keys: KnownKeys;
  problem: string | null;
  onChange: (keyId: string) => void;
}

/** How many ids are offered at once. */
const offeredMax = 20;

/** Takes the id of a key: one that there is, or any other. */
export function KeyField({ value, keys, problem, onChange }: KeyFieldProps): ReactNode {
  // What stands there already is no offer: it would lie over the answer.
  const isOnly = keys.ids.every((id) => id === value || !id.includes(value));
  return (
    <Autocomplete
      label="Key"
      placeholder={keys.ids[0] ?? 'wallet-hot'}
      value={value}
      data={isOnly ? [] : [...keys.ids]}
      limit={offeredMax}
      // Beside the field, so that it belongs to the same landmark.
      comboboxProps={{ withinPortal: false }}
      maxLength={keyIdMax}
      error={problem}
      autoComplete="off"
      autoCapitalize="off"
      spellCheck={false}
      onChange={onChange}
    />
  );
}
