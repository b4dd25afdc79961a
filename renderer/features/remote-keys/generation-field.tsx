import { NativeSelect } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Generation } from './key-dialog-props.ts';
import { stateWords } from './key-words.ts';

/** As main takes it: null for the one that the service finds right. */
export function generationOf(chosen: string): number | null {
  return chosen === '' ? null : Number(chosen);
}

interface GenerationFieldProps {
  /** Empty where they are not known: then there is nothing to choose. */
  generations: readonly Generation[];
  /** `getInputProps` of it. */
  inputProps: object;
}

/** Which generation of a key is meant. */
export function GenerationField({ generations, inputProps }: GenerationFieldProps): ReactNode {
  if (generations.length < 2) return null;
  return (
    <NativeSelect
      label="Generation"
      data={[
        { value: '', label: 'The current one' },
        ...generations
          .filter(({ state }) => state !== 'DESTROYED')
          .map(({ generation, state }) => ({
            value: String(generation),
            label: `${String(generation)} · ${stateWords(state).words}`,
          })),
      ]}
      {...inputProps}
    />
  );
}
