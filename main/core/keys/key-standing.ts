import type { KeyStanding } from '../../../contracts/domain/key.ts';
import type { SignInBook } from '../contexts/sign-in-book.ts';
import type { KeyService } from './key-service.ts';

interface Deps {
  keys: Pick<KeyService, 'standing'>;
  contexts: { signIns: Pick<SignInBook, 'unknownSince'> };
}

/** What a key's signature is worth, by what the vault knows of the key and by what its service said last. */
export function standingOfKey({ keys, contexts }: Deps, kid: string): KeyStanding {
  const standing = keys.standing(kid);
  const unknownSince = contexts.signIns.unknownSince(kid);
  if (unknownSince === null || standing.state === 'revoked') return standing;
  return { state: 'revoked', at: unknownSince };
}
