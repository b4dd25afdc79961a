import type { ContextStatus } from '../../../contracts/ipc/contexts.ts';
import { subjectOf } from '../../../contracts/server-api/index.ts';
import type { Credentials } from '../credentials/credentials.ts';
import type { ServiceDeps } from '../service/client.ts';
import { askWhoami, saidBy } from '../service/whoami.ts';
import type { StoredContext } from './context-store.ts';

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
    key: credentials.keyOf(context),
    clockSkewSeconds: null,
    said: null,
    ...facts,
  });
  if (context.state !== 'active' || !credentials.canSignIn(context)) return answered();

  const authorization = await credentials.authorize(context);
  const answer = await askWhoami(deps, context.origin, authorization.headers);
  const subject = answer.kind === 'answered' ? subjectOf(answer.value) : null;
  const said = saidBy(answer, context.userId, subject);
  authorization.note(said);
  if (answer.kind === 'refused') {
    return answered({ clockSkewSeconds: answer.clockSkewSeconds, said: answer.words });
  }
  if (answer.kind !== 'answered') return answered();
  const { value: whoami, clockSkewSeconds } = answer;
  if (said !== 'signed_in') return answered({ clockSkewSeconds });
  return answered({
    identity: whoami.user?.display_name ?? whoami.bot?.name ?? null,
    org: whoami.org,
    role: whoami.role,
    clockSkewSeconds,
  });
}
