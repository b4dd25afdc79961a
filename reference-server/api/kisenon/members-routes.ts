import { z } from 'zod';
import {
  changeMemberRequestSchema,
  memberListSchema,
  memberParamsSchema,
  memberSchema,
  membersPath,
  membersQuerySchema,
  orgParamsSchema,
} from '../../../contracts/server-api/kisenon/organizations.ts';
import { signedIn } from '../../access/api-guard.ts';
import { found } from '../../access/require-right.ts';
import { actorOf } from '../../access/route-access.ts';
import type { ServerContext } from '../../context.ts';
import type { ZodApp } from '../../http/zod-app.ts';
import { changeRole, listMembers, removeMember } from '../../identity/memberships.ts';
import { errorResponses } from '../keyhold/error-responses.ts';

const path = membersPath(':org');
const tags = ['members'];

/** The members of an organization and their roles. */
export function membersRoutes(app: ZodApp, context: ServerContext): void {
  app.get(
    path,
    {
      config: { access: { caller: signedIn, may: { organization: 'members:read' } } },
      schema: {
        summary: 'The members of an organization, by user name',
        tags,
        params: orgParamsSchema,
        querystring: membersQuerySchema,
        response: { 200: memberListSchema, ...errorResponses },
      },
    },
    (request) => listMembers(context, found(request.organization), request.query),
  );

  app.patch(
    `${path}/:user`,
    {
      config: { access: { caller: signedIn, may: { organization: 'members:manage' } } },
      schema: {
        summary: 'Give a member another role',
        description: 'A lower role counts at once; a higher one in server JWTs from their next renewal on.',
        tags,
        params: memberParamsSchema,
        body: changeMemberRequestSchema,
        response: { 200: memberSchema, ...errorResponses },
      },
    },
    (request) => {
      const { user } = request.params;
      return changeRole(context, found(request.organization), user, request.body.role, actorOf(request));
    },
  );

  app.delete(
    `${path}/:user`,
    {
      config: {
        access: { caller: signedIn, may: { organization: 'members:manage', self: 'members:leave' } },
      },
      schema: {
        summary: 'End a membership at once; of oneself, to leave',
        description:
          'With it end the API keys of that member, and the rights given to them in the organization.',
        tags,
        params: memberParamsSchema,
        response: { 204: z.undefined(), ...errorResponses },
      },
    },
    async (request, reply) => {
      await removeMember(context, found(request.organization), request.params.user, actorOf(request));
      return reply.code(204).send();
    },
  );
}
