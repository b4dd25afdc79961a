import { z } from 'zod';

/** What makes a passphrase easy to guess, or what it lacks. */
export const strengthHintSchema = z.enum([
  'short',
  'common',
  'names',
  'repeat',
  'sequence',
  'date',
  'more_words',
]);
export type StrengthHint = z.infer<typeof strengthHintSchema>;

/** `score` from 0 (guessed at once) to 4 (out of reach); below `limits.strengthMin` it is refused. */
export const passphraseStrengthSchema = z.strictObject({
  score: z.number().int().min(0).max(4),
  hint: strengthHintSchema.nullable(),
});
export type PassphraseStrength = z.infer<typeof passphraseStrengthSchema>;
