import type { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { limits } from '../../../contracts/domain/limits.ts';
import { preparedPassphrase } from '../../../contracts/domain/passphrase.ts';
import { KeyholdError } from '../../../contracts/errors.ts';
import type { PassphraseStrength, StrengthHint } from '../../../contracts/domain/strength.ts';

/**
 * Characters of a passphrase that are looked at. What is longer is strong by then, and the time of an estimate
 * grows faster than the length.
 */
const longestEstimate = 72;

const hints: Readonly<Record<string, StrengthHint>> = {
  topTen: 'common',
  topHundred: 'common',
  common: 'common',
  similarToCommon: 'common',
  pwned: 'common',
  wordByItself: 'common',
  namesByThemselves: 'names',
  commonNames: 'names',
  simpleRepeat: 'repeat',
  extendedRepeat: 'repeat',
  straightRow: 'sequence',
  keyPattern: 'sequence',
  sequences: 'sequence',
  recentYears: 'date',
  dates: 'date',
};

let estimator: Promise<ZxcvbnFactory> | null = null;

/** Word lists of several megabytes: loaded when a passphrase is first chosen, not at every start. */
async function load(): Promise<ZxcvbnFactory> {
  const [{ ZxcvbnFactory: Factory }, common, english] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
    import('@zxcvbn-ts/language-en'),
  ]);
  return new Factory({
    dictionary: { ...common.dictionary, ...english.dictionary },
    graphs: common.adjacencyGraphs,
    maxLength: longestEstimate,
  });
}

/** Characters as people count them: code points, so that one emoji is one. */
function isShort(passphrase: string): boolean {
  return Array.from(passphrase).length < limits.passphraseMin;
}

/** Estimates how hard a passphrase is to guess (zxcvbn, with common passwords and English words). */
export async function passphraseStrength(typed: string): Promise<PassphraseStrength> {
  const passphrase = preparedPassphrase(typed);
  estimator ??= load();
  const { score, feedback } = (await estimator).check(passphrase);
  if (isShort(passphrase)) return { score: score > 1 ? 1 : score, hint: 'short' };
  if (score >= 3) return { score, hint: null };
  return { score, hint: hints[feedback.warning ?? ''] ?? 'more_words' };
}

/**
 * Refuses a new passphrase that a stranger would soon guess.
 * @throws KeyholdError `passphrase_too_short`, `passphrase_too_weak`
 */
export async function requireStrong(passphrase: Buffer): Promise<void> {
  const text = preparedPassphrase(passphrase.toString('utf8'));
  if (isShort(text)) throw new KeyholdError('passphrase_too_short', { minLength: limits.passphraseMin });
  const { score, hint } = await passphraseStrength(text);
  if (score < limits.strengthMin) {
    throw new KeyholdError('passphrase_too_weak', hint === null ? undefined : { hint });
  }
}
