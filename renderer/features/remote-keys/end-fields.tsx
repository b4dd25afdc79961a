import { NativeSelect, TextInput, type NativeSelectProps, type TextInputProps } from '@mantine/core';
import type { ReactNode } from 'react';
import { dateField, endOf, ends, type End } from '../../lib/ends.ts';

/** How long a key signs and encrypts, and verifies and decrypts, as it is typed. */
export interface EndValues {
  apply: End;
  applyDate: string;
  process: End;
  processDate: string;
}

const day = 86_400_000;

/** No end; with the days that are proposed where one is wanted. @param now - Milliseconds since 1970. */
export function firstEnds(now: number): EndValues {
  return {
    ...{ apply: 'none', applyDate: dateField(now + 365 * day) },
    ...{ process: 'none', processDate: dateField(now + 730 * day) },
  };
}

/** As a service is asked for them, from now on. */
export function endsOf({ apply, applyDate, process, processDate }: EndValues) {
  const now = Date.now();
  return { applyUntil: endOf(apply, applyDate, now), processUntil: endOf(process, processDate, now) };
}

const lasting = ends.map(({ value, label }) => ({
  value,
  label:
    value === 'none' ? 'Without an end' : value === 'date' ? 'Until a date…' : label.replace('After', 'For'),
}));

interface EndFieldsProps {
  values: EndValues;
  /** What a form gives each of its fields. */
  inputProps: (field: keyof EndValues) => NativeSelectProps & TextInputProps;
  /** Milliseconds since 1970. */
  now: number;
}

/** Takes how long a key may be used for each of the two. */
export function EndFields(props: EndFieldsProps): ReactNode {
  return (
    <div className="kh-pair">
      <EndField {...props} label="Signs and encrypts" end="apply" date="applyDate" />
      <EndField {...props} label="Verifies and decrypts" end="process" date="processDate" />
    </div>
  );
}

interface EndFieldProps extends EndFieldsProps {
  label: string;
  end: 'apply' | 'process';
  date: 'applyDate' | 'processDate';
}

function EndField({ label, end, date, values, inputProps, now }: EndFieldProps): ReactNode {
  return (
    <div className="kh-stack" data-gap="2">
      <NativeSelect label={label} data={lasting} {...inputProps(end)} />
      {values[end] === 'date' && (
        <TextInput label="Last day" type="date" min={dateField(now)} {...inputProps(date)} />
      )}
    </div>
  );
}
