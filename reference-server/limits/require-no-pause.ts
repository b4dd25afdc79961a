import { ApiError } from '../http/api-error.ts';

/**
 * Refuses what may not be done for a while.
 *
 * @param seconds - Until it may; null for now.
 * @throws ApiError 429
 */
export function requireNoPause(seconds: number | null, words: string): void {
  if (seconds === null) return;
  throw new ApiError('rate_limited', `${words} Wait a while, then try again.`, {
    details: { retry_after: seconds },
    retryAfterSeconds: seconds,
  });
}
