import type { KeyStanding } from '../../../../contracts/domain/key.ts';
import type { SignInBook } from '../sign-in-book.ts';
import type { Sql } from '../../ports.ts';
import { readEndedKey } from './ended-keys.ts';
import type { KeyService } from './key-service.ts';
import { readKeyByKid } from './key-store.ts';

/** What a key's signature is worth by the vault alone. A key that it never had counts as deleted. @param now - RFC 3339. */
export function readStanding(sql: Sql, kid: string, now: string): KeyStanding {
  const row = readKeyByKid(sql, kid);
  if (row?.revoked_at !== null) {
    const ended = readEndedKey(sql, kid);
    const at = ended?.ended_at ?? row?.revoked_at ?? now;
    return { state: ended?.refused === 1 ? 'revoked' : 'deleted', at };
  }
  const { registered_at, expires_at } = row;
  if (registered_at === null) return { state: 'unregistered' };
  return expires_at !== null && expires_at <= now ? { state: 'expired', at: expires_at } : { state: 'live' };
}

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
