import { NativeSelect } from '@mantine/core';
import type { ReactNode } from 'react';
import { accessWords, levelOf, levels } from '../model/levels.ts';

interface LevelFieldProps {
  /** What it is about, for who cannot see it. */
  label: string;
  /** Sum of `accessBits`. One that is no level can be kept, and not chosen again. */
  bits: number;
  /** What it was before anything was chosen. */
  kept: number;
  onChange: (bits: number) => void;
}

const own = 'own';

/** Chooses what a grant gives, from pull to admin. */
export function LevelField({ label, bits, kept, onChange }: LevelFieldProps): ReactNode {
  const given = levels.slice(1).map(({ bits: value, word }) => ({ value: String(value), label: word }));
  const ofItsOwn = levelOf(kept) === null ? [{ value: own, label: accessWords(kept) }] : [];
  return (
    <NativeSelect
      aria-label={label}
      value={levelOf(bits) === null ? own : String(bits)}
      data={[...ofItsOwn, ...given]}
      onChange={({ currentTarget: { value } }) => onChange(value === own ? kept : Number(value))}
    />
  );
}
