import { z } from 'zod';
import {
  createProjectRequestSchema,
  projectListSchema,
  projectParamsSchema,
  projectPath,
  projectSchema,
  projectsPath,
  projectsQuerySchema,
  renameProjectRequestSchema,
  scopedKeysSchema,
} from '../../../contracts/server-api/kisenon/projects.ts';
import type { OrganizationAction } from '../../../contracts/server-api/kisenon/organization-actions.ts';
import { signedIn } from '../../access/api-guard.ts';
import { coveredBy, found } from '../../access/require-right.ts';
import { actorOf, callerOf } from '../../access/route-access.ts';
import type { ServerContext } from '../../context.ts';
import type { ZodApp } from '../../http/zod-app.ts';
import { listKeysOfProject } from '../../identity/api-key-list.ts';
import {
  createProject,
  deleteProject,
  listProjects,
  readProject,
  renameProject,
} from '../../identity/projects.ts';
import { errorResponses } from '../keyhold/error-responses.ts';

const tags = ['projects'];
const path = projectPath(':project');
const may = (organization: OrganizationAction) => ({
  access: { caller: signedIn, may: { organization } },
});

/** The projects of the organization that the caller acts in. A key for some sees those alone. */
export function projectsRoutes(app: ZodApp, context: ServerContext): void {
  app.get(
    projectsPath,
    {
      config: may('projects:read'),
      schema: {
        summary: 'The projects of an organization, by name',
        tags,
        querystring: projectsQuerySchema,
        response: { 200: projectListSchema, ...errorResponses },
      },
    },
    (request) =>
      listProjects(context, found(request.organization), coveredBy(callerOf(request)), request.query),
  );

  app.post(
    projectsPath,
    {
      config: may('projects:create'),
      schema: {
        summary: 'Make a project with its default branch',
        tags,
        body: createProjectRequestSchema,
        response: { 201: projectSchema, ...errorResponses },
      },
    },
    async (request, reply) => {
      const org = found(request.organization);
      return reply.code(201).send(await createProject(context, org, request.body, actorOf(request)));
    },
  );
  projectRoutes(app, context);
}

function projectRoutes(app: ZodApp, context: ServerContext): void {
  app.get(
    path,
    {
      config: may('projects:read'),
      schema: {
        summary: 'A project',
        tags,
        params: projectParamsSchema,
        response: { 200: projectSchema, ...errorResponses },
      },
    },
    (request) => {
      const covered = coveredBy(callerOf(request));
      return readProject(context.db, found(request.organization), covered, request.params.project);
    },
  );

  app.patch(
    path,
    {
      config: may('projects:rename'),
      schema: {
        summary: 'Give a project another name',
        tags,
        params: projectParamsSchema,
        body: renameProjectRequestSchema,
        response: { 200: projectSchema, ...errorResponses },
      },
    },
    async (request) => {
      const org = found(request.organization);
      const { project } = request.params;
      await renameProject(context, org, project, request.body.name, actorOf(request));
      return readProject(context.db, org, coveredBy(callerOf(request)), project);
    },
  );

  app.delete(
    path,
    {
      config: may('projects:delete'),
      schema: {
        summary: 'Delete a project with its branches',
        description: 'API keys that are for nothing else stay, and may do nothing from then on.',
        tags,
        params: projectParamsSchema,
        response: { 204: z.undefined(), ...errorResponses },
      },
    },
    async (request, reply) => {
      await deleteProject(context, found(request.organization), request.params.project, actorOf(request));
      return reply.code(204).send();
    },
  );

  app.get(
    `${path}/api-keys`,
    {
      config: may('api-keys:read-all'),
      schema: {
        summary: 'The API keys that are for a project or its branches',
        description: '`only`: with the project, nothing is left of what the key is for.',
        tags,
        params: projectParamsSchema,
        response: { 200: scopedKeysSchema, ...errorResponses },
      },
    },
    (request) => listKeysOfProject(context, found(request.organization), request.params.project),
  );
}
