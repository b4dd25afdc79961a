import type { FastifyReply, FastifyRequest, preValidationHookHandler } from 'fastify';
import { z } from 'zod';
import { keeperProvider, keepersToken } from '../auth/keeper/provider.ts';
import type { KeeperProvider } from '../auth/keeper/provider.ts';
import { takeAttempt } from '../auth/oidc/attempts.ts';
import { redeemCode } from '../auth/oidc/code-flow.ts';
import { invalid } from '../auth/oidc/id-token.ts';
import type { Providers } from '../auth/oidc/providers.ts';
import { countFailures } from '../auth/oidc/sign-in.ts';
import { oidcCallbackPath } from '../config/keeper.ts';
import type { KeeperOidc } from '../config/keeper.ts';
import type { ServerContext } from '../context.ts';
import { ApiError } from '../http/api-error.ts';
import { KeeperError } from '../http/keeper-error.ts';
import type { ZodApp } from '../http/zod-app.ts';
import { formBody } from './forms.ts';
import { keeperPageConfig as config, keeperPagePath, sendKeeperSignIn } from './keeper-pages.ts';
import type { KeeperSessions } from './keeper-sessions.ts';
import { goTo, queryOf, requireOwn, sendGoingOn } from './provider-trip.ts';
import { attemptCookie } from './web-session.ts';

/** The library reads the rest. */
const answerSchema = z.looseObject({ state: z.unknown().optional() });

interface Parts {
  context: ServerContext;
  providers: Providers;
  sessions: KeeperSessions;
  audience: string;
  provider: KeeperProvider;
}

/** Sign-in to the keeper's page at the provider that gives its people their tokens. It leads to that page alone. */
export function keeperOidcPage(
  app: ZodApp,
  { oidc, ...parts }: Omit<Parts, 'provider'> & { oidc: KeeperOidc },
  csrf: preValidationHookHandler,
): void {
  const { context, providers, audience } = parts;
  const provider = keeperProvider(oidc, () => context.now());
  const whole = { ...parts, provider };

  app.post(
    `${keeperPagePath}/oidc`,
    { config, schema: { hide: true, body: formBody({}) }, preValidation: csrf },
    async (request, reply) => {
      try {
        const beginning = { request, reply, returnTo: keeperPagePath, further: { audience } };
        const { href } = await goTo(context, providers, provider, beginning);
        return await sendGoingOn(context, reply, provider.settings.name, href);
      } catch (error) {
        return sendProblem(whole, request, reply, error);
      }
    },
  );

  app.get(
    oidcCallbackPath,
    { config, schema: { hide: true, querystring: answerSchema } },
    async (request, reply) => {
      try {
        await comeBack(whole, request.query.state, request, reply);
        return await sendGoingOn(context, reply, 'the keeper', keeperPagePath);
      } catch (error) {
        return sendProblem(whole, request, reply, error);
      }
    },
  );
}

/** Takes the provider's answer, with which a browser came back from there. @throws ApiError */
async function comeBack(
  { context, providers, provider, audience, sessions }: Parts,
  state: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const attempt = await takeAttempt(context, attemptCookie(context, request), state);
  requireOwn(context, provider, attempt, request);
  await countFailures(context, providers, { provider, ip: request.ip, via: 'web' }, async () => {
    const redeemed = await redeemCode(context, provider, attempt, queryOf(request));
    try {
      await sessions.open(request, reply, keepersToken(audience, redeemed));
    } catch (error) {
      if (!(error instanceof KeeperError)) throw error;
      throw invalid(`the keeper does not take the token (${error.details ?? error.code})`);
    }
  });
}

/** The sign-in page with what went wrong. */
function sendProblem(
  { context, sessions }: Parts,
  request: FastifyRequest,
  reply: FastifyReply,
  error: unknown,
): Promise<FastifyReply> {
  if (!(error instanceof ApiError)) throw error;
  if (error.status >= 500) request.log.error({ err: error }, 'sign-in at a provider failed');
  if (error.retryAfterSeconds !== undefined) reply.header('retry-after', error.retryAfterSeconds);
  const notice = { tone: 'error', title: 'You are not signed in', text: error.message } as const;
  return sendKeeperSignIn(context, sessions.warnings, request, reply.code(error.status), notice);
}
