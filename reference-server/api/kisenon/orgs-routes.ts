import { z } from 'zod';
import {
  createOrgRequestSchema,
  orgContentsSchema,
  organizationListSchema,
  organizationSchema,
  orgParamsSchema,
  orgPath,
  orgsPath,
  orgsQuerySchema,
  renameOrgRequestSchema,
  transferOrgRequestSchema,
} from '../../../contracts/server-api/kisenon/organizations.ts';
import { notByApiKey, signedIn } from '../../access/api-guard.ts';
import { found, keyLimitsOf } from '../../access/require-right.ts';
import { actorOf, callerOf } from '../../access/route-access.ts';
import type { ServerContext } from '../../context.ts';
import type { ZodApp } from '../../http/zod-app.ts';
import { transferOrganization } from '../../identity/memberships.ts';
import {
  createOrganization,
  deleteOrganization,
  listOrganizations,
  organizationContents,
  readOrganization,
  renameOrganization,
} from '../../identity/organizations.ts';
import { errorResponses } from '../keyhold/error-responses.ts';

const path = orgPath(':org');
const tags = ['organizations'];

/** Organizations: the caller's own, and what can be done to one as a whole. */
export function orgsRoutes(app: ZodApp, context: ServerContext): void {
  app.get(
    orgsPath,
    {
      config: { access: { caller: signedIn } },
      schema: {
        summary: 'The organizations that the caller belongs to; with an API key, its own alone',
        tags,
        querystring: orgsQuerySchema,
        response: { 200: organizationListSchema, ...errorResponses },
      },
    },
    (request) => {
      const caller = callerOf(request);
      const only = keyLimitsOf(caller)?.org ?? null;
      return listOrganizations(context, caller.principal.id, only, request.query);
    },
  );

  app.post(
    orgsPath,
    {
      config: { access: { caller: notByApiKey } },
      schema: {
        summary: 'Make a team organization, with the caller as owner',
        tags,
        body: createOrgRequestSchema,
        response: { 201: organizationSchema, ...errorResponses },
      },
    },
    async (request, reply) =>
      reply.code(201).send(await createOrganization(context, request.body, actorOf(request))),
  );
  oneOrgRoutes(app, context);
  endingRoutes(app, context);
}

function oneOrgRoutes(app: ZodApp, context: ServerContext): void {
  app.get(
    path,
    {
      config: { access: { caller: signedIn, may: { organization: 'organization:read' } } },
      schema: {
        summary: 'One organization, and the role that the caller acts with there',
        tags,
        params: orgParamsSchema,
        response: { 200: organizationSchema, ...errorResponses },
      },
    },
    (request) => readOrganization(context.db, found(request.organization)),
  );

  app.patch(
    path,
    {
      config: { access: { caller: signedIn, may: { organization: 'organization:rename' } } },
      schema: {
        summary: 'Give an organization another name; its slug stays',
        tags,
        params: orgParamsSchema,
        body: renameOrgRequestSchema,
        response: { 200: organizationSchema, ...errorResponses },
      },
    },
    (request) =>
      renameOrganization(context, found(request.organization), request.body.name, actorOf(request)),
  );
}

function endingRoutes(app: ZodApp, context: ServerContext): void {
  app.get(
    `${path}/contents`,
    {
      config: { access: { caller: signedIn, may: { organization: 'organization:delete' } } },
      schema: {
        summary: 'What would be lost with an organization',
        tags,
        params: orgParamsSchema,
        response: { 200: orgContentsSchema, ...errorResponses },
      },
    },
    (request) => organizationContents(context.db, found(request.organization), context.now()),
  );

  app.post(
    `${path}/transfer`,
    {
      config: { access: { caller: signedIn, may: { organization: 'organization:transfer' } } },
      schema: {
        summary: 'Hand an organization over: that member becomes an owner, the caller an admin',
        tags,
        params: orgParamsSchema,
        body: transferOrgRequestSchema,
        response: { 200: organizationSchema, ...errorResponses },
      },
    },
    (request) =>
      transferOrganization(context, found(request.organization), request.body.user_id, actorOf(request)),
  );

  app.delete(
    path,
    {
      config: { access: { caller: signedIn, may: { organization: 'organization:delete' } } },
      schema: {
        summary: 'Delete an organization with all that is in it; nobody gets its slug again',
        tags,
        params: orgParamsSchema,
        response: { 204: z.undefined(), ...errorResponses },
      },
    },
    async (request, reply) => {
      await deleteOrganization(context, found(request.organization), actorOf(request));
      return reply.code(204).send();
    },
  );
}
