import {
  refreshPath,
  sessionJwtSchema,
  switchOrgPath,
  switchOrgRequestSchema,
} from '../../../contracts/server-api/kisenon/session.ts';
import { bearerOf } from '../../access/api-guard.ts';
import { callerOf } from '../../access/route-access.ts';
import { issueSessionJwt, readSessionJwt } from '../../auth/session-jwt.ts';
import { readSession } from '../../auth/sessions.ts';
import type { ServerContext } from '../../context.ts';
import { ApiError, notFound } from '../../http/api-error.ts';
import { membershipsOf } from '../../identity/users.ts';
import type { ZodApp } from '../../http/zod-app.ts';
import { errorResponses } from '../keyhold/error-responses.ts';

const tags = ['sign-in'];

/** Server JWTs: renewed by presenting them, and made anew for another organization. */
export function sessionRoutes(app: ZodApp, context: ServerContext): void {
  app.post(
    refreshPath,
    {
      // The JWT is the credential, also after its own end; the guard would refuse it then.
      config: { access: 'public' },
      schema: {
        summary: 'Renew a server JWT, in the 12 hours from its sign-in',
        description: 'Bearer: the JWT itself, which may have expired. The role is read anew.',
        tags,
        response: { 200: sessionJwtSchema, ...errorResponses },
      },
    },
    async (request) => {
      const token = bearerOf(request);
      if (token === null) throw new ApiError('unauthenticated', 'Send the token to renew as Bearer.');
      const { session, membership } = await readSessionJwt(context, token, true);
      return issueSessionJwt(context, session, membership);
    },
  );

  app.post(
    switchOrgPath,
    {
      config: { access: { caller: ['jwt'] } },
      schema: {
        summary: 'Get a server JWT for another organization of the user',
        tags,
        body: switchOrgRequestSchema,
        response: { 200: sessionJwtSchema, ...errorResponses },
      },
    },
    async (request) => {
      const { principal, credential } = callerOf(request);
      const { org } = request.body;
      const session = await readSession(context, credential.id);
      if (session === null) throw new ApiError('session_expired', 'The session has ended. Sign in again.');
      const membership = (await membershipsOf(context.db, principal.id)).find(({ slug }) => slug === org);
      if (membership === undefined) throw notFound(`The organization ${org}`);
      return issueSessionJwt(context, session, membership);
    },
  );
}
