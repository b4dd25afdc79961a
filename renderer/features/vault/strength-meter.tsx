import type { ReactNode } from 'react';
import { limits } from '../../../contracts/domain/limits.ts';
import type { PassphraseStrength } from '../../../contracts/domain/strength.ts';
import css from './strength-meter.module.css';
import { hintWords, scoreWords } from './strength-words.ts';

const segments = [1, 2, 3, 4] as const;

function toneOf(score: number): 'weak' | 'fair' | 'good' {
  if (score < limits.strengthMin) return 'weak';
  return score === limits.strengthMin ? 'fair' : 'good';
}

interface StrengthMeterProps {
  id: string;
  /** Null while nothing is typed. */
  strength: PassphraseStrength | null;
}

/** Says how hard a new passphrase is to guess, and what would help. */
export function StrengthMeter({ id, strength }: StrengthMeterProps): ReactNode {
  const score = strength?.score ?? 0;
  // The weakest passphrase still fills a segment: an empty meter means that there is none.
  const filled = strength === null ? 0 : Math.max(1, score);
  const word = scoreWords[score] ?? '';
  return (
    <div className={css['meter']}>
      <div
        className={css['bars']}
        data-tone={toneOf(score)}
        role="meter"
        aria-label="Strength"
        aria-valuemin={0}
        aria-valuemax={4}
        aria-valuenow={score}
        aria-valuetext={strength === null ? 'No passphrase yet' : word}
      >
        {segments.map((segment) => (
          <span key={segment} className={css['bar']} data-filled={segment <= filled || undefined} />
        ))}
      </div>
      <p id={id} className={css['words']} role="status">
        {strength === null ? (
          `At least ${String(limits.passphraseMin)} characters. Four or five unrelated words are strong and easy to type.`
        ) : (
          <>
            <strong>{word}.</strong> {strength.hint !== null && hintWords[strength.hint]}
          </>
        )}
      </p>
    </div>
  );
}
