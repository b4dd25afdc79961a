import type { Random } from '../ports.ts';

const firstMs = 1000;
const longestMs = 15_000;
/** Part of the pause by which it may be shorter or longer, so that many clients do not ask in step. */
const jitter = 0.2;
/** Longest that a service can make us wait by `Retry-After`: a registration token lives no longer either. */
const longestAskedMs = 10 * 60 * 1000;

/**
 * The pause before the next try: 1 s, doubled with each try up to 15 s, give or take a fifth; longer when the
 * service asked for it.
 *
 * @param tries - Tries made so far, at least 1.
 * @param askedMs - What the service asked for, null when nothing.
 * @param mostMs - The longest pause, where nobody waits for the answer.
 * @returns Milliseconds.
 */
export function pauseBeforeTry(
  tries: number,
  askedMs: number | null,
  random: Random,
  mostMs = longestMs,
): number {
  const pause = Math.min(mostMs, firstMs * 2 ** Math.min(tries - 1, 10));
  const share = random.bytes(2).readUInt16BE() / 0xffff;
  const spread = Math.round(pause * (1 + jitter * (2 * share - 1)));
  return Math.max(spread, Math.min(askedMs ?? 0, longestAskedMs));
}
