import { whoamiPath, whoamiSchema } from '../../../contracts/server-api/whoami.ts';
import type { Whoami } from '../../../contracts/server-api/whoami.ts';
import { callerOf } from '../../access/route-access.ts';
import { loadPrincipalFacts } from '../../access/facts.ts';
import { isInert, keyLimitsOf } from '../../access/require-right.ts';
import type { ApiKeyLimits, Caller } from '../../auth/caller.ts';
import type { ServerContext } from '../../context.ts';
import { botIdentity } from '../../identity/bots.ts';
import { getUser, toUser } from '../../identity/users.ts';
import type { ZodApp } from '../../http/zod-app.ts';
import { errorResponses } from './error-responses.ts';
import { andApiTokens } from '../../access/api-guard.ts';

/** `GET /v1/whoami`: what the app asks until its key is registered. */
export function whoamiRoutes(app: ZodApp, context: ServerContext): void {
  // A caller is another one as soon as something was written (`bearerCallers`), so what is known of one stays true.
  const known = new WeakMap<Caller, Promise<Whoami>>();
  const describeOnce = (caller: Caller): Promise<Whoami> => {
    const description = known.get(caller) ?? describe(context, caller);
    known.set(caller, description);
    description.catch(() => known.delete(caller));
    return description;
  };
  app.get(
    whoamiPath,
    {
      config: { access: { caller: andApiTokens, pending: true } },
      schema: {
        summary: 'Who the credential stands for',
        tags: ['sign-in'],
        response: { 200: whoamiSchema, ...errorResponses },
      },
    },
    (request) => describeOnce(callerOf(request)),
  );
}

async function describe(context: ServerContext, caller: Caller): Promise<Whoami> {
  const { principal, organization } = caller;
  const { slug: org = null, role = null } = organization ?? {};
  const auth = describeCredential(caller);
  if (principal.kind === 'bot') {
    const bot = await botIdentity(context, principal.id);
    return { bot, org, role, status: 'active', operator: false, auth };
  }
  const user = await getUser(context.db, principal.id);
  const { operator } = await loadPrincipalFacts(context, principal);
  const status = caller.approved ? 'active' : 'pending';
  return { user: toUser(user), org, role, status, operator, auth };
}

/** A credential of a method that the route does not take has no words here. */
function describeCredential(caller: Caller): Whoami['auth'] {
  const { method, id, ends, limits } = caller.credential;
  const terms = { scopes: [], expires_at: ends?.toISOString() ?? null };
  switch (method) {
    case 'key':
      return { method, kid: id, ...terms };
    case 'session':
    case 'jwt':
    case 'access-token':
      return { method, ...terms };
    case 'api-key': {
      const key = keyLimitsOf(caller);
      return { method, key_id: id, ...terms, scopes: scopesOf(key), inert: isInert(key) };
    }
    case 'api-token':
      return { method, key_id: id, ...terms, scopes: limits?.kind === method ? [...limits.scopes] : [] };
    case 'password':
    case 'registry-token':
      throw new Error(`whoami has no words for a ${method}.`);
  }
}

function scopesOf(limits: ApiKeyLimits | null): string[] {
  if (limits === null) return [];
  const { capability, scope } = limits;
  switch (scope.kind) {
    case 'org':
      return [capability, `org:${limits.org}`];
    case 'project':
      return [capability, ...[...scope.projects].map((id) => `project:${id}`)];
    case 'branch':
      return [capability, ...[...scope.branches].map((id) => `branch:${id}`)];
  }
}
