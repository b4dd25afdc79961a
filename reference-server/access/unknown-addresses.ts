import type { ServerContext } from '../context.ts';
import { requireNoPause } from '../limits/require-no-pause.ts';

/**
 * Lets a caller name people by e-mail address, who is told which of these have accounts. Call it before that is told.
 *
 * @param isKnown - Whether somebody has the address.
 * @throws ApiError 429 for who named too many that nobody has, whether anybody has these.
 */
export function countUnknownAddresses(
  { unknownAddresses }: ServerContext,
  callerId: string,
  addresses: readonly string[],
  isKnown: (address: string) => boolean,
): void {
  for (const address of new Set(addresses)) {
    const words = 'You named many e-mail addresses in the last hour that nobody here has.';
    requireNoPause(unknownAddresses.pausedFor(callerId), words);
    if (!isKnown(address)) unknownAddresses.add(callerId);
  }
}
