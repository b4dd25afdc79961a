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
import { actorOf } from '../../access/route-access.ts';
import type { ServerContext } from '../../context.ts';
import { listGrants } from '../../access/grants/grant-list.ts';
import { removeGrant, setGrant } from '../../access/grants/grants.ts';
import type { GrantRequest, RepositoryGrant } from '../../access/grants/grants.ts';
import type { ZodApp } from '../../http/zod-app.ts';
import { actionsOf, permissionOf } from './permission-words.ts';
import { errorResponses } from './error-responses.ts';
import { andApiTokens } from '../../access/api-guard.ts';
import { found } from '../../access/require-right.ts';

const path = '/v1/repos/:name/authorizations';
const tags = ['authorizations'];
const config = { access: { caller: andApiTokens, may: { repository: 'admin' } } } as const;

/** Reader and writer grants on a repository, for owners of its organization. */
export function authorizationsRoutes(app: ZodApp, context: ServerContext): void {
  app.post(
    path,
    {
      config,
      schema: {
        summary: 'Let a user or a bot read or write a repository; replaces the earlier authorization',
        tags,
        params: repositoryParamsSchema,
        body: createGrantRequestSchema,
        response: { 200: grantSchema, 201: grantSchema, ...errorResponses },
      },
    },
    async (request, reply) => {
      const repository = found(request.repository);
      const { grant, created } = await setGrant(
        context,
        repository,
        toGrantRequest(request.body),
        actorOf(request),
      );
      return reply.code(created ? 201 : 200).send(toAuthorization(grant));
    },
  );

  app.get(
    path,
    {
      config,
      schema: {
        summary: 'The authorizations on a repository',
        tags,
        params: repositoryParamsSchema,
        querystring: grantsQuerySchema,
        response: { 200: grantListSchema, ...errorResponses },
      },
    },
    async (request) => {
      const { grants, next } = await listGrants(context, found(request.repository), request.query);
      return { authorizations: grants.map(toAuthorization), next };
    },
  );

  app.delete(
    `${path}/:id`,
    {
      config,
      schema: {
        summary: 'Take an authorization back',
        tags,
        params: grantParamsSchema,
        response: { 204: z.undefined(), ...errorResponses },
      },
    },
    async (request, reply) => {
      const repository = found(request.repository);
      await removeGrant(context, repository, request.params.id, actorOf(request));
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
