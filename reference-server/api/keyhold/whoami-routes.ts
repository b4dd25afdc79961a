import { whoamiPath, whoamiSchema } from '../../../contracts/server-api/whoami.ts';
import type { Whoami } from '../../../contracts/server-api/whoami.ts';
import { callerOf } from '../../access/route-access.ts';
import type { Caller, Credential } from '../../auth/caller.ts';
import type { ServerContext } from '../../context.ts';
import { botIdentity } from '../../identity/bots.ts';
import { getUser, toUser } from '../../identity/users.ts';
import type { ZodApp } from '../../http/zod-app.ts';
import { errorResponses } from './error-responses.ts';
import { signedIn } from './guard.ts';

/** `GET /v1/whoami`: what the app asks until its key is registered. */
export function whoamiRoutes(app: ZodApp, context: ServerContext): void {
  app.get(
    whoamiPath,
    {
      config: { access: { caller: signedIn } },
      schema: {
        summary: 'Who the credential stands for',
        tags: ['sign-in'],
        response: { 200: whoamiSchema, ...errorResponses },
      },
    },
    async (request) => describe(context, callerOf(request)),
  );
}

async function describe(
  context: ServerContext,
  { principal, credential, organization }: Caller,
): Promise<Whoami> {
  const { id } = principal;
  const who =
    principal.kind === 'bot'
      ? { bot: await botIdentity(context, id) }
      : { user: toUser(await getUser(context.db, id)) };
  const { slug: org = null, role = null } = organization ?? {};
  return { ...who, org, role, auth: describeCredential(context, credential) };
}

/** A credential of a method that the route does not take has no words here. */
function describeCredential(context: ServerContext, { method, id, ends }: Credential): Whoami['auth'] {
  const terms = { scopes: [], expires_at: (ends ?? context.now()).toISOString() };
  switch (method) {
    case 'key':
      return { method, kid: id, ...terms };
    case 'session':
      return { method, ...terms };
    case 'password':
    case 'registry-token':
      throw new Error(`whoami has no words for a ${method}.`);
  }
}
