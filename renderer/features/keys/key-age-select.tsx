import { NativeSelect } from '@mantine/core';
import type { ReactNode } from 'react';
import { useNow } from '../../lib/use-now.ts';
import { expiryOf, keyAges, type KeyAge } from '../../../contracts/domain/key-expiry.ts';

function words(age: KeyAge): string {
  if (age === null) return 'Never';
  return age === 365 ? '1 year' : `${String(age)} days`;
}

interface KeyAgeSelectProps {
  /** Undefined when it is none of those that are offered. */
  value: KeyAge | undefined;
  /** RFC 3339; limits that are over for a key of that age cannot be chosen. */
  createdAt?: string;
  /** True while it is being changed: it keeps the focus, and takes no second change. */
  busy?: boolean;
  onChange: (age: KeyAge) => void;
}

/** Chooses how long a key signs. */
export function KeyAgeSelect({ value, createdAt, busy = false, onChange }: KeyAgeSelectProps): ReactNode {
  const now = useNow();
  const isOver = (age: KeyAge): boolean => {
    const end = createdAt === undefined ? null : expiryOf(createdAt, age);
    return end !== null && Date.parse(end) <= now;
  };
  return (
    <NativeSelect
      label="Stops signing after"
      description="Keyhold reminds you a week and a day before."
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      aria-disabled={busy || undefined}
      value={value === undefined ? '' : String(value)}
      data={[
        ...(value === undefined ? [{ value: '', label: 'Another time', disabled: true }] : []),
        ...keyAges.map((age) => ({ value: String(age), label: words(age), disabled: isOver(age) })),
      ]}
      onChange={(event) => {
        const chosen = keyAges.find((age) => String(age) === event.currentTarget.value);
        if (chosen !== undefined && !busy) onChange(chosen);
      }}
    />
  );
}
