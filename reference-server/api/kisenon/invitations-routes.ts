import { z } from 'zod';
import {
  acceptedInvitationSchema,
  invitationListSchema,
  invitationParamsSchema,
  invitationPath,
  invitationsPath,
  invitationsQuerySchema,
  invitationTokenParamsSchema,
  invitationViewSchema,
  inviteAnswerSchema,
  inviteRequestSchema,
  sentInvitationSchema,
} from '../../../contracts/server-api/kisenon/invitations.ts';
import { orgParamsSchema } from '../../../contracts/server-api/kisenon/organizations.ts';
import { notByApiKey, signedIn } from '../../access/api-guard.ts';
import { found } from '../../access/require-right.ts';
import { actorOf, callerOf } from '../../access/route-access.ts';
import type { ServerContext } from '../../context.ts';
import type { ZodApp } from '../../http/zod-app.ts';
import { acceptInvitation, viewInvitation } from '../../identity/accepted-invitations.ts';
import { invite, listInvitations, resendInvitation, revokeInvitation } from '../../identity/invitations.ts';
import { errorResponses } from '../keyhold/error-responses.ts';

const path = invitationsPath(':org');
const tags = ['invitations'];
const managing = { access: { caller: signedIn, may: { organization: 'invitations:manage' } } } as const;

/** Invitations to an organization, for its admins and owners, and for whom they are to. */
export function invitationsRoutes(app: ZodApp, context: ServerContext): void {
  app.get(
    path,
    {
      config: { access: { caller: signedIn, may: { organization: 'invitations:read' } } },
      schema: {
        summary: 'The invitations that can be accepted, by address',
        tags,
        params: orgParamsSchema,
        querystring: invitationsQuerySchema,
        response: { 200: invitationListSchema, ...errorResponses },
      },
    },
    (request) => listInvitations(context, found(request.organization), request.query),
  );

  app.post(
    path,
    {
      config: managing,
      schema: {
        summary: 'Invite addresses, each by a mail of its own',
        tags,
        params: orgParamsSchema,
        body: inviteRequestSchema,
        response: { 201: inviteAnswerSchema, ...errorResponses },
      },
    },
    async (request, reply) => {
      const answer = await invite(context, found(request.organization), request.body, actorOf(request));
      return reply.code(201).send(answer);
    },
  );
  oneInvitationRoutes(app, context);
  acceptanceRoutes(app, context);
}

function oneInvitationRoutes(app: ZodApp, context: ServerContext): void {
  app.post(
    `${path}/:id/resend`,
    {
      config: managing,
      schema: {
        summary: 'Send an invitation again, with a new link and seven more days',
        tags,
        params: invitationParamsSchema,
        response: { 200: sentInvitationSchema, ...errorResponses },
      },
    },
    (request) => resendInvitation(context, found(request.organization), request.params.id, actorOf(request)),
  );

  app.delete(
    `${path}/:id`,
    {
      config: managing,
      schema: {
        summary: 'Revoke an invitation at once',
        tags,
        params: invitationParamsSchema,
        response: { 204: z.undefined(), ...errorResponses },
      },
    },
    async (request, reply) => {
      await revokeInvitation(context, found(request.organization), request.params.id, actorOf(request));
      return reply.code(204).send();
    },
  );
}

/** An API key acts in its own organization, and joins no other. */
const joining = { access: { caller: notByApiKey } };

function acceptanceRoutes(app: ZodApp, context: ServerContext): void {
  const url = invitationPath(':token');
  app.get(
    url,
    {
      config: joining,
      schema: {
        summary: 'What an invitation is to, before it is accepted',
        tags,
        params: invitationTokenParamsSchema,
        response: { 200: invitationViewSchema, ...errorResponses },
      },
    },
    (request) => viewInvitation(context, request.params.token, callerOf(request).principal.id),
  );

  app.post(
    `${url}/accept`,
    {
      config: joining,
      schema: {
        summary: 'Accept an invitation to the address of one’s account',
        tags,
        params: invitationTokenParamsSchema,
        response: { 200: acceptedInvitationSchema, ...errorResponses },
      },
    },
    (request) => acceptInvitation(context, request.params.token, actorOf(request)),
  );
}
