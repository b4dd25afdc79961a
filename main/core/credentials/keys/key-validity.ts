import type { KeyValidity } from '../../../../contracts/domain/key.ts';
import type { Sql } from '../../ports.ts';
import { readEndedKey } from './ended-keys.ts';
import { readKeyByKid } from './key-store.ts';

/**
 * What a key's signature is worth by the vault alone. A key that it never had counts as deleted. @param now - RFC 3339.
 */
export function readValidity(sql: Sql, kid: string, now: string): KeyValidity {
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
