import { whoamiPath, whoamiSchema } from '../../../contracts/server-api/whoami.ts';
import type { Whoami } from '../../../contracts/server-api/whoami.ts';
import type { Principal } from '../../auth/credentials.ts';
import { requirePrincipal } from '../../auth/request-principal.ts';
import type { ServerContext } from '../../context.ts';
import { botIdentity } from '../../identity/bots.ts';
import { membershipsOf, toUser } from '../../identity/users.ts';
import type { ZodApp } from '../../http/zod-app.ts';
import { errorResponses } from './error-responses.ts';

/** `GET /v1/whoami`: what the app asks until its key is registered. */
export function whoamiRoutes(app: ZodApp, context: ServerContext): void {
  app.get(
    whoamiPath,
    {
      schema: {
        summary: 'Who the credential stands for',
        tags: ['sign-in'],
        security: [{ bearer: [] }],
        response: { 200: whoamiSchema, ...errorResponses },
      },
    },
    async (request) => describe(context, await requirePrincipal(context, request)),
  );
}

async function describe(context: ServerContext, principal: Principal): Promise<Whoami> {
  const { auth } = principal;
  return {
    ...(await (principal.kind === 'bot' ? describeBot : describeUser)(context, principal)),
    auth: {
      ...(auth.method === 'key' ? { method: 'key', kid: auth.kid } : { method: 'session' }),
      scopes: [],
      expires_at: (auth.expiresAt ?? context.now()).toISOString(),
    },
  };
}

async function describeUser(context: ServerContext, { id }: Principal): Promise<Omit<Whoami, 'auth'>> {
  const user = await context.db
    .selectFrom('users')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  const [membership] = await membershipsOf(context.db, id);
  return { user: toUser(user), org: membership?.slug ?? null, role: membership?.role ?? null };
}

async function describeBot(context: ServerContext, { id }: Principal): Promise<Omit<Whoami, 'auth'>> {
  const bot = await botIdentity(context, id);
  return { bot, org: bot.org, role: null };
}
