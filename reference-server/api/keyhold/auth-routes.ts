import { z } from 'zod';
import {
  loginPath,
  loginRequestSchema,
  loginResponseSchema,
  logoutPath,
} from '../../../contracts/server-api/sign-in.ts';
import { sessionJwtSchema } from '../../../contracts/server-api/kisenon/session.ts';
import { people } from '../../access/api-guard.ts';
import { actorOf, callerOf } from '../../access/route-access.ts';
import { closeSession, openSession } from '../../auth/session-sign-in.ts';
import { firstSessionJwt } from '../../auth/session-jwt.ts';
import { sessionSeconds } from '../../auth/sessions.ts';
import type { ServerContext } from '../../context.ts';
import { toUser } from '../../identity/users.ts';
import type { ZodApp } from '../../http/zod-app.ts';
import { errorResponses } from './error-responses.ts';

/** Sign-in with a password, and sign-out. */
export function authRoutes(app: ZodApp, context: ServerContext): void {
  app.post(
    loginPath,
    {
      config: { access: 'public' },
      schema: {
        summary: 'Sign in with user name and password',
        tags: ['sign-in'],
        body: loginRequestSchema,
        response: { 200: z.union([sessionJwtSchema, loginResponseSchema]), ...errorResponses },
      },
    },
    async (request) => {
      const { as, ...attempt } = request.body;
      const { session, token } = await openSession(context, { ...attempt, ip: request.ip, via: 'api' });
      if (as === 'jwt') return firstSessionJwt(context, session);
      return { token, token_type: 'Bearer' as const, expires_in: sessionSeconds, user: toUser(session.user) };
    },
  );

  app.post(
    logoutPath,
    {
      config: { access: { caller: people, pending: true, beforePassword: true } },
      schema: {
        summary: 'End the session of the token',
        tags: ['sign-in'],
        response: { 204: z.undefined(), ...errorResponses },
      },
    },
    async (request, reply) => {
      await closeSession(context, callerOf(request).credential.id, actorOf(request));
      return reply.code(204).send();
    },
  );
}
