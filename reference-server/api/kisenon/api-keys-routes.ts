import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  apiKeyListSchema,
  apiKeyParamsSchema,
  apiKeyPath,
  apiKeySchema,
  apiKeysPath,
  apiKeysQuerySchema,
  createApiKeyRequestSchema,
  createdApiKeySchema,
  renameApiKeyRequestSchema,
} from '../../../contracts/server-api/kisenon/api-keys.ts';
import type { OrganizationAction } from '../../../contracts/server-api/kisenon/organization-actions.ts';
import { signedIn } from '../../access/api-guard.ts';
import { decideAction } from '../../access/decide-action.ts';
import { found, keyLimitsOf } from '../../access/require-right.ts';
import { actorOf, callerOf } from '../../access/route-access.ts';
import type { ServerContext } from '../../context.ts';
import type { ZodApp } from '../../http/zod-app.ts';
import { createApiKey, renameApiKey, revokeApiKey } from '../../identity/api-key-changes.ts';
import { listApiKeys, readApiKey } from '../../identity/api-key-list.ts';
import { errorResponses } from '../keyhold/error-responses.ts';

const tags = ['api-keys'];
const path = apiKeyPath(':id');
const may = (organization: OrganizationAction) => ({
  access: { caller: signedIn, may: { organization } },
});

/** The API keys of the organization that the caller acts in. */
export function apiKeysRoutes(app: ZodApp, context: ServerContext): void {
  listRoutes(app, context, apiKeysPath, false);
  listRoutes(app, context, apiKeysPath.slice(0, -1), true);

  app.patch(
    path,
    {
      config: may('api-keys:manage'),
      schema: {
        summary: 'Give an API key another name',
        tags,
        params: apiKeyParamsSchema,
        body: renameApiKeyRequestSchema,
        response: { 200: apiKeySchema, ...errorResponses },
      },
    },
    async (request) => {
      const { id } = request.params;
      const key = { id, others: mayAlso(request, 'api-keys:manage-all') };
      await renameApiKey(context, found(request.organization), key, request.body.name, actorOf(request));
      return readApiKey(context, viewerOf(request), id);
    },
  );

  app.delete(
    path,
    {
      config: { access: { caller: signedIn, may: { organization: 'api-keys:manage', itself: true } } },
      schema: {
        summary: 'Revoke an API key, and those that were made with it',
        description: 'Any key may revoke itself, whatever its scope and capability.',
        tags,
        params: apiKeyParamsSchema,
        response: { 204: z.undefined(), ...errorResponses },
      },
    },
    async (request, reply) => {
      const key = { id: request.params.id, others: mayAlso(request, 'api-keys:manage-all') };
      await revokeApiKey(context, found(request.organization), key, actorOf(request));
      return reply.code(204).send();
    },
  );
}

/** @param hide - For the second spelling of the address. */
function listRoutes(app: ZodApp, context: ServerContext, url: string, hide: boolean): void {
  app.get(
    url,
    {
      config: may('api-keys:read'),
      schema: {
        summary: 'The API keys that count, the newest first: the own ones, for admins all',
        tags,
        hide,
        querystring: apiKeysQuerySchema,
        response: { 200: apiKeyListSchema, ...errorResponses },
      },
    },
    (request) => listApiKeys(context, viewerOf(request), request.query),
  );

  app.post(
    url,
    {
      config: may('api-keys:create'),
      schema: {
        summary: 'Make an API key',
        description:
          'The answer has the key itself, once. One that is made with an API key ends no later than that one, and with it.',
        tags,
        hide,
        body: createApiKeyRequestSchema,
        response: { 201: createdApiKeySchema, ...errorResponses },
      },
    },
    async (request, reply) => {
      const { expires_at: expiresAt = null, ...key } = request.body;
      const { method, id } = callerOf(request).credential;
      const via = method === 'api-key' ? id : null;
      const org = found(request.organization);
      const made = await createApiKey(context, org, { ...key, expiresAt }, via, actorOf(request));
      const shown = await readApiKey(context, viewerOf(request), made.id);
      return reply.code(201).send({ ...shown, secret: made.secret });
    },
  );
}

/** Whether the caller may do something else to the organization, beside what the route needs. */
function mayAlso(request: FastifyRequest, action: OrganizationAction): boolean {
  const { role } = found(request.organization);
  const whole = { projectId: null, branchId: null };
  return decideAction(action, whole, role, keyLimitsOf(callerOf(request))) === null;
}

function viewerOf(request: FastifyRequest) {
  const all = mayAlso(request, 'api-keys:read-all');
  return { org: found(request.organization), userId: callerOf(request).principal.id, all };
}
