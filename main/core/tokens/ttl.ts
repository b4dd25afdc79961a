import { limits } from '../../../contracts/domain/limits.ts';

/** Hours, minutes and seconds in this order, each at most once: `24h`, `90m`, `1h30m`, `3600s`. */
const ttlPattern = /^(?=\d)(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/;

/**
 * Reads a token life as people type it. A number without a unit is refused: seconds to some, hours to others.
 *
 * @returns Seconds, or null when the text is no life at all, or one that no token has.
 */
export function parseTtl(text: string): number | null {
  const match = ttlPattern.exec(text.trim().toLowerCase());
  if (match === null) return null;
  const [hours, minutes, seconds] = [match[1], match[2], match[3]].map((part) => Number(part ?? 0));
  const life = (hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0);
  return life > limits.ttlMax ? null : life;
}

/** The short form of a life in seconds, as `parseTtl` reads it: `1h30m`. */
export function formatTtl(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor((seconds % 3600) / 60), 'm'],
    [seconds % 60, 's'],
  ] as const;
  const shown = parts.filter(([amount]) => amount > 0).map(([amount, unit]) => `${amount}${unit}`);
  return shown.length === 0 ? '0s' : shown.join('');
}
