import { z } from 'zod';
import {
  accessDefaultsPath,
  accessDefaultsSchema,
  changeTemplateSchema,
  createTemplateSchema,
  defaultsQuerySchema,
  setDefaultsSchema,
  templateListSchema,
  templateParamsSchema,
  templateSchema,
  templatesPath,
  templatesQuerySchema,
} from '../../../contracts/server-api/access/templates.ts';
import { andApiTokens } from '../../access/api-guard.ts';
import { actorOf, callerOf } from '../../access/route-access.ts';
import { readDefaults, setDefaults } from '../../access/templates/defaults.ts';
import {
  changeTemplate,
  createTemplate,
  deleteTemplate,
  listTemplates,
} from '../../access/templates/templates.ts';
import type { ServerContext } from '../../context.ts';
import type { ZodApp } from '../../http/zod-app.ts';
import { errorResponses } from './error-responses.ts';

const tags = ['access'];
/** The operations ask for the right on what the query, the body or the template names. */
const config = { access: { caller: andApiTokens } } as const;

/** Named sets of grants, and what new repositories begin with. */
export function accessTemplatesRoutes(app: ZodApp, context: ServerContext): void {
  app.get(
    templatesPath,
    {
      config,
      schema: {
        summary: 'The named sets of grants of an organization',
        tags,
        querystring: templatesQuerySchema,
        response: { 200: templateListSchema, ...errorResponses },
      },
    },
    async (request) => listTemplates(context, callerOf(request), request.query.org),
  );

  app.post(
    templatesPath,
    {
      config,
      schema: {
        summary: 'Make a named set of grants; it gives nothing by itself',
        tags,
        body: createTemplateSchema,
        response: { 201: templateSchema, ...errorResponses },
      },
    },
    async (request, reply) =>
      reply.code(201).send(await createTemplate(context, callerOf(request), request.body, actorOf(request))),
  );

  app.put(
    `${templatesPath}/:id`,
    {
      config,
      schema: {
        summary: 'Have a named set of grants say something else, where nobody changed it meanwhile',
        tags,
        params: templateParamsSchema,
        body: changeTemplateSchema,
        response: { 200: templateSchema, ...errorResponses },
      },
    },
    async (request) =>
      changeTemplate(context, callerOf(request), request.params.id, request.body, actorOf(request)),
  );

  app.delete(
    `${templatesPath}/:id`,
    {
      config,
      schema: {
        summary: 'Delete a named set of grants; what was given by it stays',
        tags,
        params: templateParamsSchema,
        response: { 204: z.undefined(), ...errorResponses },
      },
    },
    async (request, reply) => {
      await deleteTemplate(context, callerOf(request), request.params.id, actorOf(request));
      return reply.code(204).send();
    },
  );

  app.get(
    accessDefaultsPath,
    {
      config,
      schema: {
        summary: 'The grants that new repositories of an organization begin with',
        tags,
        querystring: defaultsQuerySchema,
        response: { 200: accessDefaultsSchema, ...errorResponses },
      },
    },
    async (request) => readDefaults(context, callerOf(request), request.query.org),
  );

  app.put(
    accessDefaultsPath,
    {
      config,
      schema: {
        summary: 'Say what new repositories begin with, where nobody changed it meanwhile',
        tags,
        body: setDefaultsSchema,
        response: { 200: accessDefaultsSchema, ...errorResponses },
      },
    },
    async (request) => setDefaults(context, callerOf(request), request.body, actorOf(request)),
  );
}
