import { KeyholdError } from '../../../contracts/errors.ts';
import type { ContextService, StoredContext } from '../contexts/context-service.ts';
import type { KeyService } from '../credentials/keys/key-service.ts';

/**
 * What signs for a context now.
 *
 * @throws KeyholdError `context_not_found`, `vault_locked`; `key_not_registered` for a context without a registered
 * key, `key_expired` when all that it has are over their age limit.
 */
export function signerOf(
  { contexts, keys }: { contexts: ContextService; keys: KeyService },
  contextId: string,
): { context: StoredContext; kid: string } {
  const context = contexts.get(contextId);
  if (context.state !== 'active') throw new KeyholdError('key_not_registered');
  const kid = keys.signingKid(contextId);
  if (kid !== null) return { context, kid };
  throw new KeyholdError(keys.authority(contextId) === null ? 'key_not_registered' : 'key_expired');
}
