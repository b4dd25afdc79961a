import type { MintedToken } from '../../../contracts/ipc/tokens.ts';
import { clockTime } from '../../lib/format.ts';

/** Why a token that has not expired is not given out any more; null while its key is live. `now` in ms. */
export function endedWords({ key, expiresAt }: MintedToken, now: number): string | null {
  switch (key.state) {
    case 'live':
      return null;
    case 'unregistered':
      return 'Its key is not registered: the service refuses it.';
    case 'revoked':
      return `Its key was revoked at ${clockTime(key.at, now)}: the service refuses it.`;
    case 'deleted':
      return `Its key was deleted at ${clockTime(key.at, now)}, and the service may not know: it may take the token until ${clockTime(expiresAt, now)}.`;
    case 'expired':
      return `Its key reached its age limit at ${clockTime(key.at, now)}. The service does not know that limit, and may take the token until ${clockTime(expiresAt, now)}.`;
  }
}
