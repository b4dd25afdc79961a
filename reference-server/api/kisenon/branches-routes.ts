import { z } from 'zod';
import {
  branchesPath,
  branchListSchema,
  branchParamsSchema,
  branchPath,
  branchSchema,
  createBranchRequestSchema,
  projectParamsSchema,
  projectsQuerySchema,
} from '../../../contracts/server-api/kisenon/projects.ts';
import type { OrganizationAction } from '../../../contracts/server-api/kisenon/organization-actions.ts';
import { signedIn } from '../../access/api-guard.ts';
import { coveredBy, found } from '../../access/require-right.ts';
import { actorOf, callerOf } from '../../access/route-access.ts';
import type { ServerContext } from '../../context.ts';
import type { ZodApp } from '../../http/zod-app.ts';
import { createBranch, deleteBranch, listBranches, renameBranch, toBranch } from '../../identity/branches.ts';
import { errorResponses } from '../keyhold/error-responses.ts';

const tags = ['projects'];
const path = branchesPath(':project');
const onePath = branchPath(':project', ':branch');
const may = (organization: OrganizationAction) => ({
  access: { caller: signedIn, may: { organization } },
});

/** The branches of a project. A key for some sees those alone. */
export function branchesRoutes(app: ZodApp, context: ServerContext): void {
  app.get(
    path,
    {
      config: may('branches:read'),
      schema: {
        summary: 'The branches of a project, by name',
        tags,
        params: projectParamsSchema,
        querystring: projectsQuerySchema,
        response: { 200: branchListSchema, ...errorResponses },
      },
    },
    (request) => listBranches(context, found(request.project), coveredBy(callerOf(request)), request.query),
  );

  app.post(
    path,
    {
      config: may('branches:create'),
      schema: {
        summary: 'Make a branch',
        tags,
        params: projectParamsSchema,
        body: createBranchRequestSchema,
        response: { 201: branchSchema, ...errorResponses },
      },
    },
    async (request, reply) => {
      const org = found(request.organization);
      const { project } = request.params;
      const branch = await createBranch(context, org, project, request.body.name, actorOf(request));
      return reply.code(201).send(branch);
    },
  );

  app.get(
    onePath,
    {
      config: may('branches:read'),
      schema: {
        summary: 'A branch',
        tags,
        params: branchParamsSchema,
        response: { 200: branchSchema, ...errorResponses },
      },
    },
    (request) => Promise.resolve(toBranch(found(request.branch))),
  );

  app.patch(
    onePath,
    {
      config: may('branches:rename'),
      schema: {
        summary: 'Give a branch another name',
        tags,
        params: branchParamsSchema,
        body: createBranchRequestSchema,
        response: { 200: branchSchema, ...errorResponses },
      },
    },
    (request) => {
      const { project: projectId, branch: id } = request.params;
      const org = found(request.organization);
      return renameBranch(context, org, { projectId, id }, request.body.name, actorOf(request));
    },
  );

  app.delete(
    onePath,
    {
      config: may('branches:delete'),
      schema: {
        summary: 'Delete a branch; the default one stays with its project',
        tags,
        params: branchParamsSchema,
        response: { 204: z.undefined(), ...errorResponses },
      },
    },
    async (request, reply) => {
      const { project: projectId, branch: id } = request.params;
      await deleteBranch(context, found(request.organization), { projectId, id }, actorOf(request));
      return reply.code(204).send();
    },
  );
}
