import { z } from 'zod';
import {
  accessRequestListSchema,
  accessRequestParamsSchema,
  accessRequestSchema,
  accessRequestsPath,
  accessRequestsQuerySchema,
  approveRequestSchema,
  createAccessRequestSchema,
  declineRequestSchema,
} from '../../../contracts/server-api/access/requests.ts';
import { andApiTokens, notByApiKey } from '../../access/api-guard.ts';
import {
  approveRequest,
  declineRequest,
  listPendingRequests,
} from '../../access/requests/request-decisions.ts';
import { askForAccess, listOwnRequests, withdrawRequest } from '../../access/requests/requests.ts';
import { actorOf, callerOf } from '../../access/route-access.ts';
import type { ServerContext } from '../../context.ts';
import type { ZodApp } from '../../http/zod-app.ts';
import { errorResponses } from './error-responses.ts';

const tags = ['access'];
/** Who asks, asks for everything that they are: no credential with limits. */
const asking = { access: { caller: notByApiKey } } as const;
/** The operations ask for the right on what the request names. */
const deciding = { access: { caller: andApiTokens } } as const;

/** Requests for access: by whoever has none, for those who can give it. */
export function accessRequestsRoutes(app: ZodApp, context: ServerContext): void {
  app.post(
    accessRequestsPath,
    {
      config: asking,
      schema: {
        summary: 'Ask to be allowed something on a repository, instead of what was asked before',
        tags,
        body: createAccessRequestSchema,
        response: { 201: accessRequestSchema, ...errorResponses },
      },
    },
    async (request, reply) =>
      reply.code(201).send(await askForAccess(context, callerOf(request), request.body, actorOf(request))),
  );

  app.get(
    accessRequestsPath,
    {
      config: deciding,
      schema: {
        summary: 'Open requests about what the caller administers in an organization, or the caller’s own',
        tags,
        querystring: accessRequestsQuerySchema,
        response: { 200: accessRequestListSchema, ...errorResponses },
      },
    },
    async (request) => {
      const { query } = request;
      const caller = callerOf(request);
      return query.org === undefined
        ? listOwnRequests(context, caller, query)
        : listPendingRequests(context, caller, query.org, query);
    },
  );

  app.delete(
    `${accessRequestsPath}/:id`,
    {
      config: asking,
      schema: {
        summary: 'Withdraw an open request of one’s own',
        tags,
        params: accessRequestParamsSchema,
        response: { 204: z.undefined(), ...errorResponses },
      },
    },
    async (request, reply) => {
      await withdrawRequest(context, request.params.id, actorOf(request));
      return reply.code(204).send();
    },
  );

  app.post(
    `${accessRequestsPath}/:id/approve`,
    {
      config: deciding,
      schema: {
        summary: 'Give what was asked for, by a grant to the one who asks',
        tags,
        params: accessRequestParamsSchema,
        body: approveRequestSchema,
        response: { 200: accessRequestSchema, ...errorResponses },
      },
    },
    async (request) =>
      approveRequest(context, callerOf(request), request.params.id, request.body, actorOf(request)),
  );

  app.post(
    `${accessRequestsPath}/:id/decline`,
    {
      config: deciding,
      schema: {
        summary: 'Decline what was asked for, with words to the one who asks',
        tags,
        params: accessRequestParamsSchema,
        body: declineRequestSchema,
        response: { 200: accessRequestSchema, ...errorResponses },
      },
    },
    async (request) =>
      declineRequest(context, callerOf(request), request.params.id, request.body.reason, actorOf(request)),
  );
}
