import { useEffect, useRef, useState, type RefObject } from 'react';
import type { PassphraseStrength } from '../../../contracts/domain/strength.ts';
import { keyhold, valueOf } from '../../lib/api.ts';

/** Long enough that a word is not estimated letter by letter. */
const pauseMs = 150;

/**
 * Has main estimate what is in a passphrase field, once typing pauses. The text itself stays in the field.
 * @returns the last estimate, null while the field is empty, and what to call on input
 */
export function useStrength(
  field: RefObject<HTMLInputElement | null>,
): [PassphraseStrength | null, () => void] {
  const [strength, setStrength] = useState<PassphraseStrength | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const estimate = async (): Promise<void> => {
    const passphrase = field.current?.value ?? '';
    try {
      const found = passphrase === '' ? null : await valueOf(keyhold().vault.strength({ passphrase }));
      // Typing went on while main was estimating: the next estimate is on its way.
      if (field.current?.value === passphrase) setStrength(found);
    } catch {
      // The meter only helps; a passphrase that is too weak is refused by main when it is to be used.
      setStrength(null);
    }
  };
  const onInput = (): void => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => void estimate(), pauseMs);
  };
  return [strength, onInput];
}
