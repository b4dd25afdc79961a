import type { ContextStatus } from '../../../contracts/ipc/contexts.ts';
import { subjectOf } from '../../../contracts/server-api/index.ts';
import { askWhoami, saidBy } from '../service/whoami.ts';
import { signApiToken } from '../credentials/keys/api-token.ts';
import type { ApiTokenDeps } from '../credentials/keys/api-token.ts';
import type { HttpClient } from '../ports.ts';
import type { StoredContext } from './context-store.ts';
import type { SignInBook } from '../credentials/sign-in-book.ts';

/** Life of the token that asks, seconds. */
const tokenTtl = 5 * 60;

/**
 * Asks a service whether it knows a context's key, and as whom, and writes down what it said. A context without a
 * key that signs is not asked for: the wait for its registration does that.
 *
 * @throws KeyholdError `vault_locked`.
 */
export async function checkStatus(
  deps: ApiTokenDeps & { http: HttpClient; signIns: Pick<SignInBook, 'note'> },
  context: StoredContext,
): Promise<Omit<ContextStatus, 'context'>> {
  const { keys, signIns } = deps;
  const answered = (facts: Partial<ContextStatus> = {}): Omit<ContextStatus, 'context'> => ({
    identity: null,
    org: null,
    role: null,
    key: keys.current(context.id) ?? keys.authority(context.id) ?? keys.pending(context.id),
    clockSkewSeconds: null,
    said: null,
    ...facts,
  });
  const kid = keys.signingKid(context.id);
  if (context.state !== 'active' || kid === null) return answered();

  const { token } = signApiToken(deps, context, kid, tokenTtl);
  const answer = await askWhoami(deps, context.origin, token);
  const subject = answer.kind === 'answered' ? subjectOf(answer.value) : null;
  const said = saidBy(answer, context.userId, subject);
  signIns.note(context.id, kid, said);
  if (answer.kind === 'refused') {
    const { words: said, clockSkewSeconds } = answer;
    return answered({ clockSkewSeconds, said });
  }
  if (answer.kind !== 'answered') return answered();
  const { value: whoami, clockSkewSeconds } = answer;
  if (said !== 'signed_in') return answered({ clockSkewSeconds });
  keys.markUsed(kid);
  return answered({
    identity: whoami.user?.display_name ?? whoami.bot?.name ?? null,
    ...{ org: whoami.org, role: whoami.role, clockSkewSeconds },
  });
}
