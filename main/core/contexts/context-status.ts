import type { ContextStatus } from '../../../contracts/ipc/contexts.ts';
import { subjectOf } from '../../../contracts/server-api/index.ts';
import { askWhoami } from '../signin/whoami.ts';
import { signApiToken } from '../tokens/api-token.ts';
import type { ApiTokenDeps } from '../tokens/api-token.ts';
import type { HttpClient } from '../ports.ts';
import { toSummary } from './context-store.ts';
import type { StoredContext } from './context-store.ts';

/** Life of the token that asks, seconds. */
const tokenTtl = 5 * 60;

/**
 * Whether a service knows a context's key, and as whom. A service that cannot be reached leaves that `unknown`.
 * A pending context is not asked for: the wait for its registration does that.
 *
 * @throws KeyholdError `vault_locked`.
 */
export async function checkStatus(
  deps: ApiTokenDeps & { http: HttpClient },
  context: StoredContext,
): Promise<ContextStatus> {
  const { keys, clock } = deps;
  const key = keys.current(context.id);
  const answered = (facts: Partial<ContextStatus>): ContextStatus => ({
    context: toSummary(context),
    signedIn: 'no',
    identity: null,
    org: null,
    role: null,
    key: keys.current(context.id) ?? keys.authority(context.id) ?? keys.pending(context.id),
    problem: null,
    clockSkewSeconds: null,
    checkedAt: clock.now().toISOString(),
    ...facts,
  });
  if (context.state === 'signed_out') return answered({});
  if (context.state === 'pending') return answered({ problem: 'key_not_registered' });
  if (key === null) {
    return answered({ problem: keys.authority(context.id) === null ? 'key_not_registered' : 'key_expired' });
  }

  const { token } = signApiToken(deps, context, key.kid, tokenTtl);
  const answer = await askWhoami(deps, context.origin, token);
  switch (answer.kind) {
    case 'known': {
      const { whoami, clockSkewSeconds } = answer;
      if (subjectOf(whoami) !== context.userId)
        return answered({ problem: 'key_not_registered', clockSkewSeconds });
      keys.markUsed(key.kid);
      return answered({
        signedIn: 'yes',
        identity: whoami.user?.display_name ?? whoami.bot?.name ?? null,
        org: whoami.org,
        role: whoami.role,
        clockSkewSeconds,
      });
    }
    case 'refused':
      return answered({
        problem: answer.keyUnknown ? 'key_not_registered' : null,
        clockSkewSeconds: answer.clockSkewSeconds,
      });
    case 'unreachable':
      return answered({ signedIn: 'unknown', problem: 'server_unreachable' });
    case 'foreign':
      return answered({ signedIn: 'unknown', problem: 'not_a_keyhold_server' });
  }
}
