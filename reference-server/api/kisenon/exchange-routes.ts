import {
  exchangePath,
  exchangeRequestSchema,
  sessionJwtSchema,
} from '../../../contracts/server-api/kisenon/session.ts';
import type { Providers } from '../../auth/oidc/providers.ts';
import { exchangeIdToken } from '../../auth/oidc/sign-in.ts';
import { firstSessionJwt } from '../../auth/session-jwt.ts';
import type { ServerContext } from '../../context.ts';
import type { ZodApp } from '../../http/zod-app.ts';
import { errorResponses } from '../keyhold/error-responses.ts';

/** `POST /v1/auth/exchange`. */
export function exchangeRoutes(app: ZodApp, context: ServerContext, providers: Providers): void {
  app.post(
    exchangePath,
    {
      config: { access: 'public' },
      schema: {
        summary: 'Exchange the id token of a provider for a server JWT',
        description: 'Each id token once, in the ten minutes after it was made.',
        tags: ['sign-in'],
        body: exchangeRequestSchema,
        response: { 200: sessionJwtSchema, ...errorResponses },
      },
    },
    async (request) =>
      firstSessionJwt(context, await exchangeIdToken(context, providers, request.body, request.ip)),
  );
}
