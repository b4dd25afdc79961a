import type { preValidationHookHandler } from 'fastify';
import type { Providers } from '../auth/oidc/providers.ts';
import type { ServerContext } from '../context.ts';
import type { ZodApp } from '../http/zod-app.ts';
import { formBody, textField } from './forms.ts';
import { keeperOidcPage } from './keeper-oidc-page.ts';
import { keeperPageConfig as config, keeperPagePath, refuse } from './keeper-pages.ts';
import type { KeeperSessions } from './keeper-sessions.ts';

interface Parts {
  context: ServerContext;
  providers: Providers;
  sessions: KeeperSessions;
}

/** How people sign in to the keeper's pages, and out: at its provider, or where it has none by a token. */
export function keeperSignIn(app: ZodApp, parts: Parts, csrf: preValidationHookHandler): void {
  const { context, sessions } = parts;
  const { auth } = context.config.keeper;
  const oidc = auth?.type === 'jwt' ? auth.oidc : null;
  if (auth?.type === 'jwt' && oidc !== null) {
    keeperOidcPage(app, { ...parts, audience: auth.audience, oidc }, csrf);
  } else {
    app.post(
      `${keeperPagePath}/sign-in`,
      { config, schema: { hide: true, body: formBody({ token: textField }) }, preValidation: csrf },
      async (request, reply) => {
        try {
          await sessions.open(request, reply, request.body.token.trim());
          return await reply.redirect(keeperPagePath, 303);
        } catch (error) {
          return refuse(context, reply, error, 'You are not signed in');
        }
      },
    );
  }

  app.post(
    `${keeperPagePath}/sign-out`,
    { config, schema: { hide: true, body: formBody({}) }, preValidation: csrf },
    (request, reply) => {
      sessions.close(request, reply);
      return reply.redirect(keeperPagePath, 303);
    },
  );
}
