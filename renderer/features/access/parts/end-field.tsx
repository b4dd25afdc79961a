import { NativeSelect, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { shortDate } from '../../../lib/format.ts';
import { dateField, endOf, ends, type End } from '../../../lib/ends.ts';

/** An end as a person chooses it. `keep`: as it is. */
export interface ChosenEnd {
  end: End | 'keep';
  /** As a date field has it. */
  date: string;
}

/** Days that a date field begins with. */
const firstDays = 30;

export function endAsNow(end: string | null, now: number): ChosenEnd {
  return { end: end === null ? 'none' : 'keep', date: dateField(now + firstDays * 86_400_000) };
}

/** When that is, RFC 3339; null for no end, undefined for a date that is none. `now` in ms. */
export function chosenEnd(
  { end, date }: ChosenEnd,
  kept: string | null,
  now: number,
): string | null | undefined {
  if (end === 'keep') return kept;
  return endOf(end, date, now) ?? (end === 'none' ? null : undefined);
}

interface EndFieldProps {
  value: ChosenEnd;
  /** The end that there is, RFC 3339. */
  kept: string | null;
  now: number;
  /** What that is, in words: the one that there is now, or that was asked for. */
  keptWords?: string;
  /** What is wrong with the day. */
  problem?: string | undefined;
  /** A dialog begins with it. */
  autoFocus?: boolean;
  onChange: (value: ChosenEnd) => void;
}

/** When a grant ends. */
export function EndField({
  value,
  kept,
  keptWords = 'as now',
  now,
  problem,
  autoFocus = false,
  onChange,
}: EndFieldProps): ReactNode {
  const asNow = kept === null ? [] : [{ value: 'keep', label: `${shortDate(kept)}, ${keptWords}` }];
  return (
    <div className="kh-pair">
      <NativeSelect
        label="It ends"
        data-autofocus={autoFocus || undefined}
        value={value.end}
        data={[...asNow, ...ends]}
        onChange={(event) => onChange({ ...value, end: event.currentTarget.value as ChosenEnd['end'] })}
      />
      {value.end === 'date' && (
        <TextInput
          label="Last day"
          type="date"
          min={dateField(now)}
          value={value.date}
          error={problem}
          onChange={(event) => onChange({ ...value, date: event.currentTarget.value })}
        />
      )}
    </div>
  );
}
