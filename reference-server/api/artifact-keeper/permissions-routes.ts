import { z } from 'zod';
import {
  createPermissionRequestSchema,
  permissionListSchema,
  permissionParamsSchema,
  permissionSchema,
  permissionsPath,
  permissionsQuerySchema,
} from '../../../contracts/server-api/artifact-keeper/permissions.ts';
import { wholeAccountAndApiTokens } from '../../access/api-guard.ts';
import {
  createPermission,
  deletePermission,
  getPermission,
  listPermissions,
  replacePermission,
} from '../../access/grants/permissions.ts';
import { actorOf, callerOf } from '../../access/route-access.ts';
import type { ServerContext } from '../../context.ts';
import type { ZodApp } from '../../http/zod-app.ts';
import { errorResponses } from './error-form.ts';

const tags = ['artifact-keeper: permissions'];
// What is administered is named in the body or the query: the operations ask for the right and the scope themselves.
const config = { access: { caller: wholeAccountAndApiTokens } } as const;
const one = `${permissionsPath}/:id`;

/** Permissions of users, groups and bots on repositories: the same grants that Kheeper's authorizations are. */
export function permissionsRoutes(app: ZodApp, context: ServerContext): void {
  app.post(
    permissionsPath,
    {
      config,
      schema: {
        summary: 'Give a user, a group or a bot a permission on a repository',
        tags,
        body: createPermissionRequestSchema,
        response: { 201: permissionSchema, ...errorResponses },
      },
    },
    async (request, reply) => {
      const created = await createPermission(context, callerOf(request), request.body, actorOf(request));
      return reply.code(201).send(created);
    },
  );

  app.get(
    permissionsPath,
    {
      config,
      schema: {
        summary: 'The permissions on a repository; for administrators, on all',
        tags,
        querystring: permissionsQuerySchema,
        response: { 200: permissionListSchema, ...errorResponses },
      },
    },
    (request) => listPermissions(context, callerOf(request), request.query),
  );

  app.get(
    one,
    {
      config,
      schema: {
        summary: 'A permission',
        tags,
        params: permissionParamsSchema,
        response: { 200: permissionSchema, ...errorResponses },
      },
    },
    (request) => getPermission(context, callerOf(request), request.params.id),
  );

  app.put(
    one,
    {
      config,
      schema: {
        summary: 'Have a permission allow something else, or end at another time',
        tags,
        params: permissionParamsSchema,
        body: createPermissionRequestSchema,
        response: { 200: permissionSchema, ...errorResponses },
      },
    },
    (request) =>
      replacePermission(context, callerOf(request), request.params.id, request.body, actorOf(request)),
  );

  app.delete(
    one,
    {
      config,
      schema: {
        summary: 'Take a permission back',
        tags,
        params: permissionParamsSchema,
        response: { 204: z.undefined(), ...errorResponses },
      },
    },
    async (request, reply) => {
      await deletePermission(context, callerOf(request), request.params.id, actorOf(request));
      return reply.code(204).send();
    },
  );
}
