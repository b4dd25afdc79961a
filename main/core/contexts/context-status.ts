import { KeyholdError } from '../../../contracts/errors.ts';
import type { ContextStatus } from '../../../contracts/ipc/contexts.ts';
import type { Credentials } from '../credentials/credentials.ts';
import type { Logger } from '../ports.ts';
import { askAs } from '../service/ask-as.ts';
import { NotSignedIn } from '../service/authorization.ts';
import type { ServiceDeps } from '../service/client.ts';
import { discoverService } from '../service/discovery.ts';
import { askWhoIsIn, saidBy } from '../service/whoami.ts';
import type { Vault } from '../vault/vault.ts';
import { readContext, writeDialects, type StoredContext } from './context-store.ts';

/**
 * Asks a service whether it knows a context's credential, and as whom, and writes down what it said. A context without
 * one that signs in is not asked for: the wait for its registration does that.
 *
 * @throws KeyholdError `vault_locked`.
 */
export async function checkStatus(
  deps: ServiceDeps & { credentials: Credentials },
  context: StoredContext,
): Promise<Omit<ContextStatus, 'context'>> {
  const { credentials } = deps;
  const answered = (facts: Partial<ContextStatus> = {}): Omit<ContextStatus, 'context'> => ({
    identity: null,
    org: null,
    role: null,
    ...credentials.facts(context),
    clockSkewSeconds: null,
    said: null,
    ...facts,
  });
  if (context.state !== 'active' || !credentials.canSignIn(context)) return answered();

  const asked = await askInItsName(deps, context);
  if (asked === null) return answered();
  const { answer, authorization } = asked;
  const said = saidBy(answer, context.userId);
  authorization.note(said);
  if (answer.kind === 'refused') {
    return answered({ clockSkewSeconds: answer.clockSkewSeconds, said: answer.words });
  }
  if (answer.kind !== 'answered') return answered();
  const { value: whoami, clockSkewSeconds } = answer;
  if (said !== 'signed_in' && said !== 'waiting') return answered({ clockSkewSeconds });
  return answered({
    identity: whoami.user?.display_name ?? whoami.bot?.name ?? null,
    org: whoami.org,
    role: whoami.role,
    clockSkewSeconds,
  });
}

/** Null where the sign-in was to be renewed before and was not: what the service said is noted then. */
async function askInItsName(deps: ServiceDeps & { credentials: Credentials }, context: StoredContext) {
  try {
    const authorization = await deps.credentials.authorize(context);
    return await askAs(authorization, (headers) => askWhoIsIn(deps, context, headers));
  } catch (error) {
    if (error instanceof NotSignedIn) return null;
    throw error;
  }
}

/**
 * Asks a context's service what it speaks, and keeps that where it is not what is known. Without an answer of the
 * service all stays as it is.
 *
 * @returns Whether the context is another one now.
 * @throws KeyholdError `vault_locked`.
 */
export async function updateOffer(
  deps: ServiceDeps & { vault: Vault; logger: Logger },
  { id, origin }: StoredContext,
): Promise<boolean> {
  const { vault } = deps;
  vault.requireUnlocked();
  const dialects = await dialectsOf(deps, origin);
  // It may have been locked, and the context removed, while the service answered.
  if (dialects === null || !vault.isUnlocked) return false;
  const now = readContext(vault.sql(), id);
  // Both are in the order of the list that they are from.
  if (now === null || now.dialects.join() === dialects.join()) return false;
  writeDialects(vault.sql(), id, dialects);
  return true;
}

async function dialectsOf(
  deps: ServiceDeps & { logger: Logger },
  origin: string,
): Promise<StoredContext['dialects'] | null> {
  try {
    return (await discoverService(deps, origin)).dialects;
  } catch (error) {
    if (error instanceof KeyholdError) return null;
    throw error;
  }
}
