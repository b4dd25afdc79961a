import { z } from 'zod';
import {
  changePasswordRequestSchema,
  loginPath,
  loginRequestSchema,
  logoutPath,
  logoutRequestSchema,
  mePath,
  meSchema,
  ownPasswordPath,
  refreshPath,
  refreshRequestSchema,
  tokenPairSchema,
} from '../../../contracts/server-api/artifact-keeper/session.ts';
import { ownUserPath } from '../../../contracts/server-api/artifact-keeper/users.ts';
import { letPersonIn, people } from '../../access/api-guard.ts';
import { actorOf, callerOf } from '../../access/route-access.ts';
import { changeOwnPassword } from '../../auth/change-password.ts';
import { signInWithPassword } from '../../auth/password-sign-in.ts';
import { beginRenewedSession, endRenewedSession, renewSession } from '../../auth/renewed-sessions/renew.ts';
import { closeSession } from '../../auth/session-sign-in.ts';
import type { ServerContext } from '../../context.ts';
import type { ZodApp } from '../../http/zod-app.ts';
import { toServerUser } from '../../identity/user-list.ts';
import { getUser } from '../../identity/users.ts';
import { errorResponses } from './error-form.ts';

const tags = ['artifact-keeper: sign-in'];

/** Sign-in with a password, renewal by refresh tokens, sign-out, and a user's own account. */
export function authRoutes(app: ZodApp, context: ServerContext): void {
  app.post(
    loginPath,
    {
      config: { access: 'public' },
      schema: {
        summary: 'Sign in with user name and password',
        tags,
        body: loginRequestSchema,
        response: { 200: tokenPairSchema, ...errorResponses },
      },
    },
    async (request) => {
      const user = await signInWithPassword(context, { ...request.body, ip: request.ip, via: 'api' });
      return beginRenewedSession(context, user, { method: 'password', ip: request.ip });
    },
  );

  app.post(
    refreshPath,
    {
      // The refresh token is the credential.
      config: { access: 'public' },
      schema: {
        summary: 'Renew a session by its refresh token, which is used up by that',
        tags,
        body: refreshRequestSchema,
        response: { 200: tokenPairSchema, ...errorResponses },
      },
    },
    (request) => renewSession(context, request.body.refresh_token, request.ip),
  );

  app.post(
    logoutPath,
    {
      // The refresh token is the credential; without one it is the access token.
      config: { access: 'public' },
      schema: {
        summary: 'End the session of the refresh token, or else of the access token',
        tags,
        body: logoutRequestSchema.nullish(),
        response: { 204: z.undefined(), ...errorResponses },
      },
    },
    async (request, reply) => {
      const token = request.body?.refresh_token;
      if (token === undefined) {
        await letPersonIn(context, request);
        await closeSession(context, callerOf(request).credential.id, actorOf(request));
      } else {
        await endRenewedSession(context, token, request.ip);
      }
      return reply.code(204).send();
    },
  );

  for (const path of [mePath, ownUserPath]) {
    app.get(
      path,
      {
        config: { access: { caller: [...people, 'api-token'], pending: true, beforePassword: true } },
        schema: { summary: 'The own account', tags, response: { 200: meSchema, ...errorResponses } },
      },
      async (request) => toServerUser(await getUser(context.db, callerOf(request).principal.id)),
    );
  }

  app.post(
    ownPasswordPath,
    {
      config: { access: { caller: people, beforePassword: true } },
      schema: {
        summary: 'Choose another password, which ends all sessions',
        tags,
        body: changePasswordRequestSchema,
        response: { 204: z.undefined(), ...errorResponses },
      },
    },
    async (request, reply) => {
      const { current_password: current, new_password: chosen } = request.body;
      await changeOwnPassword(context, actorOf(request), { current, chosen });
      return reply.code(204).send();
    },
  );
}
