import { z } from 'zod';
import {
  createGroupRequestSchema,
  groupDetailsSchema,
  groupListSchema,
  groupMembersRequestSchema,
  groupParamsSchema,
  groupSchema,
  groupsPath,
  groupsQuerySchema,
  replaceGroupRequestSchema,
  updateGroupRequestSchema,
} from '../../../contracts/server-api/artifact-keeper/groups.ts';
import { numberedPageQuerySchema } from '../../../contracts/server-api/artifact-keeper/pages.ts';
import type { FastifyRequest } from 'fastify';
import { wholeAccountAndApiTokens } from '../../access/api-guard.ts';
import { loadPrincipalFacts } from '../../access/facts.ts';
import { actorOf, callerOf } from '../../access/route-access.ts';
import type { ServerContext } from '../../context.ts';
import type { ZodApp } from '../../http/zod-app.ts';
import {
  addGroupMembers,
  createGroup,
  deleteGroup,
  getGroup,
  listGroupMembers,
  listGroups,
  removeGroupMembers,
  updateGroup,
} from '../../identity/groups.ts';
import type { GroupViewer } from '../../identity/groups.ts';
import { errorResponses } from './error-form.ts';

const tags = ['artifact-keeper: groups'];
const caller = wholeAccountAndApiTokens;
const looking = { access: { caller, scope: 'read:users' } } as const;
const changing = { access: { caller, may: { server: 'administer' }, scope: 'write:users' } } as const;
const one = `${groupsPath}/:id`;
const nothing = { 204: z.undefined(), ...errorResponses };

/** Groups of users, which permissions can be given to. Administrators of the server make them and say who is in them. */
export function groupsRoutes(app: ZodApp, context: ServerContext): void {
  const viewerOf = async (request: FastifyRequest): Promise<GroupViewer> => {
    const { principal } = callerOf(request);
    const { administrator } = await loadPrincipalFacts(context, principal);
    return { id: principal.id, administrator };
  };

  app.get(
    groupsPath,
    {
      config: looking,
      schema: {
        summary: 'The groups; for others than administrators, those of their organizations and their own',
        tags,
        querystring: groupsQuerySchema,
        response: { 200: groupListSchema, ...errorResponses },
      },
    },
    async (request) => listGroups(context, await viewerOf(request), request.query),
  );

  app.post(
    groupsPath,
    {
      config: changing,
      schema: {
        summary: 'Make a group',
        tags,
        body: createGroupRequestSchema,
        response: { 201: groupSchema, ...errorResponses },
      },
    },
    async (request, reply) =>
      reply.code(201).send(await createGroup(context, request.body, actorOf(request))),
  );

  app.get(
    one,
    {
      config: looking,
      schema: {
        summary: 'A group with its members',
        tags,
        params: groupParamsSchema,
        querystring: numberedPageQuerySchema,
        response: { 200: groupDetailsSchema, ...errorResponses },
      },
    },
    async (request) => {
      const group = await getGroup(context.db, await viewerOf(request), request.params.id);
      return { ...group, members: await listGroupMembers(context, group, request.query) };
    },
  );

  app.delete(
    one,
    {
      config: changing,
      schema: {
        summary: 'Delete a group, with the permissions that it was given',
        tags,
        params: groupParamsSchema,
        response: nothing,
      },
    },
    async (request, reply) => {
      await deleteGroup(context, request.params.id, actorOf(request));
      return reply.code(204).send();
    },
  );

  for (const [method, summary, body] of [
    ['PUT', 'Give a group another name and description', replaceGroupRequestSchema],
    ['PATCH', 'Change the name or the description of a group', updateGroupRequestSchema],
  ] as const) {
    app.route({
      method,
      url: one,
      config: changing,
      schema: {
        summary,
        tags,
        params: groupParamsSchema,
        body,
        response: { 200: groupSchema, ...errorResponses },
      },
      handler: (request) => updateGroup(context, request.params.id, request.body, actorOf(request)),
    });
  }

  for (const [method, summary, change] of [
    ['POST', 'Add users to a group', addGroupMembers],
    ['DELETE', 'Take users out of a group', removeGroupMembers],
  ] as const) {
    app.route({
      method,
      url: `${one}/members`,
      config: changing,
      schema: {
        summary,
        tags,
        params: groupParamsSchema,
        body: groupMembersRequestSchema,
        response: nothing,
      },
      handler: async (request, reply) => {
        await change(context, request.params.id, request.body.user_ids, actorOf(request));
        return reply.code(204).send();
      },
    });
  }
}
