import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  createGrantRequestSchema,
  grantListSchema,
  grantParamsSchema,
  grantSchema,
  grantsQuerySchema,
  repositoryParamsSchema,
} from '../../../contracts/server-api/authorizations.ts';
import type { CreateGrantRequest, Grant } from '../../../contracts/server-api/authorizations.ts';
import { requirePrincipal } from '../../auth/request-principal.ts';
import type { ServerContext } from '../../context.ts';
import type { Actor } from '../../db/write.ts';
import { ApiError, notFound } from '../../http/errors.ts';
import { repositoryAccess } from '../../access/access.ts';
import type { RepositoryRef } from '../../access/access.ts';
import { listGrants, removeGrant, setGrant } from '../../access/grants.ts';
import type { GrantRequest, RepositoryGrant } from '../../access/grants.ts';
import { orgOfRepository } from '../../identity/repository-name.ts';
import type { ZodApp } from '../../http/zod-app.ts';
import { actionsOf, permissionOf } from './permission-words.ts';
import { errorResponses } from './error-responses.ts';

const path = '/v1/repos/:name/authorizations';
const tags = ['authorizations'];
const security = [{ bearer: [] }];

/** Reader and writer grants on a repository, for owners of its organization. */
export function authorizationsRoutes(app: ZodApp, context: ServerContext): void {
  app.post(
    path,
    {
      schema: {
        summary: 'Let a user or a bot read or write a repository; replaces the earlier authorization',
        tags,
        security,
        params: repositoryParamsSchema,
        body: createGrantRequestSchema,
        response: { 200: grantSchema, 201: grantSchema, ...errorResponses },
      },
    },
    async (request, reply) => {
      const { repository, actor } = await requireRepositoryAdmin(context, request, request.params);
      const { grant, created } = await setGrant(context, repository, toGrantRequest(request.body), actor);
      return reply.code(created ? 201 : 200).send(toAuthorization(grant));
    },
  );

  app.get(
    path,
    {
      schema: {
        summary: 'The authorizations on a repository',
        tags,
        security,
        params: repositoryParamsSchema,
        querystring: grantsQuerySchema,
        response: { 200: grantListSchema, ...errorResponses },
      },
    },
    async (request) => {
      const { repository } = await requireRepositoryAdmin(context, request, request.params);
      const { grants, next } = await listGrants(context, repository, request.query);
      return { authorizations: grants.map(toAuthorization), next };
    },
  );

  app.delete(
    `${path}/:id`,
    {
      schema: {
        summary: 'Take an authorization back',
        tags,
        security,
        params: grantParamsSchema,
        response: { 204: z.undefined(), ...errorResponses },
      },
    },
    async (request, reply) => {
      const { repository, actor } = await requireRepositoryAdmin(context, request, request.params);
      await removeGrant(context, repository, request.params.id, actor);
      return reply.code(204).send();
    },
  );
}

function toGrantRequest({ permission, expires_at: expiresAt, ...to }: CreateGrantRequest): GrantRequest {
  return { to, actions: actionsOf(permission), expiresAt };
}

function toAuthorization({ actions, ...grant }: RepositoryGrant): Grant {
  return { ...grant, permission: permissionOf(actions) };
}

/** A repository that the caller may not read does not exist for the caller. */
async function requireRepositoryAdmin(
  context: ServerContext,
  request: FastifyRequest,
  { name }: { name: string },
): Promise<{ repository: RepositoryRef; actor: Actor }> {
  const principal = await requirePrincipal(context, request);
  const { repository, actions } = await repositoryAccess(context, principal, name);
  if (repository === null || !actions.has('read')) throw notFound(`The repository ${name}`);
  if (!actions.has('admin')) {
    const org = orgOfRepository(name) ?? '';
    throw new ApiError('role_insufficient', `Only owners of ${org} may change who can use its repositories.`);
  }
  return { repository, actor: { id: principal.id, name: principal.name, ip: request.ip } };
}
