import { z } from 'zod';
import { numberedPageQuerySchema } from '../../../contracts/server-api/artifact-keeper/pages.ts';
import {
  createdTokenSchema,
  createTokenRequestSchema,
  ownTokensPath,
  tokenListSchema,
  tokensPathOf,
} from '../../../contracts/server-api/artifact-keeper/tokens.ts';
import { userIdSchema } from '../../../contracts/server-api/primitives.ts';
import { actorOf, callerOf } from '../../access/route-access.ts';
import type { ApiAccess } from '../../access/route-access.ts';
import type { ServerContext } from '../../context.ts';
import type { ZodApp } from '../../http/zod-app.ts';
import { createApiToken, revokeApiToken } from '../../access/api-token-changes.ts';
import { listApiTokens } from '../../identity/api-token-list.ts';
import { errorResponses } from './error-form.ts';

const tags = ['artifact-keeper: API tokens'];

const dayMs = 24 * 3600 * 1000;

/**
 * For credentials without limits of their own: a token is for all that its user may, which is more than a server JWT, an
 * API key or another token.
 */
const caller = ['session', 'access-token'] as const;

const tokenId = z.string().regex(/^tok_[a-z2-7]{26}$/, 'Must be a token’s id, tok_…');

/** A user's own API tokens, at the address of `me` and at that of the user's id. */
export function tokensRoutes(app: ZodApp, context: ServerContext): void {
  ownTokensRoutes(app, context, { path: ownTokensPath, params: {}, access: { caller } });
  ownTokensRoutes(app, context, {
    path: tokensPathOf(':user'),
    params: { user: userIdSchema },
    access: { caller, may: { user: 'self' } },
  });
}

interface OwnTokens {
  path: string;
  params: { user?: typeof userIdSchema };
  access: ApiAccess;
}

function ownTokensRoutes(app: ZodApp, context: ServerContext, { path, params, access }: OwnTokens): void {
  const config = { access };
  app.get(
    path,
    {
      config,
      schema: {
        summary: 'The own API tokens that were not revoked, the newest first',
        tags,
        params: z.strictObject(params),
        querystring: numberedPageQuerySchema,
        response: { 200: tokenListSchema, ...errorResponses },
      },
    },
    async (request) => listApiTokens(context, callerOf(request).principal.id, request.query),
  );

  app.post(
    path,
    {
      config,
      schema: {
        summary: 'Make an API token, which is shown this once',
        tags,
        params: z.strictObject(params),
        body: createTokenRequestSchema,
        response: { 201: createdTokenSchema, ...errorResponses },
      },
    },
    async (request, reply) => {
      const { name, scopes, repository_ids: repositories, expires_at: end } = request.body;
      const days = request.body.expires_in_days ?? null;
      const after = days === null ? null : new Date(context.now().getTime() + days * dayMs).toISOString();
      const asked = { name, scopes, repositories: repositories ?? null, expiresAt: end ?? after };
      return reply.code(201).send(await createApiToken(context, asked, actorOf(request)));
    },
  );

  app.delete(
    `${path}/:id`,
    {
      config,
      schema: {
        summary: 'Revoke an API token, at once and everywhere',
        tags,
        params: z.strictObject({ ...params, id: tokenId }),
        response: { 204: z.undefined(), ...errorResponses },
      },
    },
    async (request, reply) => {
      await revokeApiToken(context, request.params.id, actorOf(request));
      return reply.code(204).send();
    },
  );
}
