import { limits } from '../../../contracts/domain/limits.ts';
import type { StrengthHint } from '../../../contracts/domain/strength.ts';

/** A passphrase's score in a word. */
export const scoreWords = ['Very weak', 'Weak', 'Fair', 'Good', 'Strong'] as const;

/** What makes a passphrase weak, and what would help. */
export const hintWords: Readonly<Record<StrengthHint, string>> = {
  short: `Use ${String(limits.passphraseMin)} characters or more.`,
  common: 'This is among the first that are tried. Use four or five unrelated words.',
  names: 'Names are tried early. Use four or five unrelated words.',
  repeat: 'Repeated characters add little. Use four or five unrelated words.',
  sequence: 'Sequences and rows of keys are tried early. Use four or five unrelated words.',
  date: 'Dates and years are tried early. Use four or five unrelated words.',
  more_words: 'One or two more unrelated words make it strong.',
};
