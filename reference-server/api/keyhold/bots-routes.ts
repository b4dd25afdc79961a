import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  botKeyParamsSchema,
  botListSchema,
  botParamsSchema,
  botSchema,
  botsParamsSchema,
  botsQuerySchema,
  botsPath,
  createBotRequestSchema,
} from '../../../contracts/server-api/bots.ts';
import type { Bot } from '../../../contracts/server-api/bots.ts';
import { registerKeyRequestSchema, registeredKeySchema } from '../../../contracts/server-api/keys.ts';
import { registerKey } from '../../auth/keys/key-registration.ts';
import { requirePrincipal } from '../../auth/request-principal.ts';
import type { ServerContext } from '../../context.ts';
import type { Actor } from '../../db/write.ts';
import { ApiError, notFound } from '../../http/errors.ts';
import { createBot, deleteBot, findBot, listBots } from '../../identity/bots.ts';
import type { BotDetails, BotOrg, BotRow } from '../../identity/bots.ts';
import { ownerOfBot, revokeKey } from '../../identity/keys.ts';
import { membershipsOf } from '../../identity/users.ts';
import type { ZodApp } from '../../http/zod-app.ts';
import { permissionOf } from './permission-words.ts';
import { errorResponses } from './error-responses.ts';

const path = botsPath(':org');
const tags = ['bots'];
const security = [{ bearer: [] }];

/** The bots of an organization and their keys, for its admins and owners. */
export function botsRoutes(app: ZodApp, context: ServerContext): void {
  app.get(
    path,
    {
      schema: {
        summary: 'The bots of an organization, with their keys and authorizations',
        tags,
        security,
        params: botsParamsSchema,
        querystring: botsQuerySchema,
        response: { 200: botListSchema, ...errorResponses },
      },
    },
    async (request) => {
      const { org } = await requireOrgAdmin(context, request, request.params.org);
      const { bots, next } = await listBots(context, org, request.query);
      return { bots: bots.map(toBot), next };
    },
  );

  app.post(
    path,
    {
      schema: {
        summary: 'Make a bot; it can do nothing until it has a key and an authorization',
        tags,
        security,
        params: botsParamsSchema,
        body: createBotRequestSchema,
        response: { 201: botSchema, ...errorResponses },
      },
    },
    async (request, reply) => {
      const { org, actor } = await requireOrgAdmin(context, request, request.params.org);
      return reply.code(201).send(toBot(await createBot(context, org, request.body.name, actor)));
    },
  );

  app.delete(
    `${path}/:bot`,
    {
      schema: {
        summary: 'Delete a bot: revokes its keys and takes its authorizations back',
        tags,
        security,
        params: botParamsSchema,
        response: { 204: z.undefined(), ...errorResponses },
      },
    },
    async (request, reply) => {
      const { bot, actor } = await requireBot(context, request, request.params);
      await deleteBot(context, bot, actor);
      return reply.code(204).send();
    },
  );
  botKeysRoutes(app, context);
}

function botKeysRoutes(app: ZodApp, context: ServerContext): void {
  app.post(
    `${path}/:bot/keys`,
    {
      schema: {
        summary: 'Register the key of a registration token for a bot',
        tags,
        security,
        params: botParamsSchema,
        body: registerKeyRequestSchema,
        response: { 201: registeredKeySchema, ...errorResponses },
      },
    },
    async (request, reply) => {
      const { bot, actor } = await requireBot(context, request, request.params);
      const token = request.body.registration_token;
      return reply.code(201).send(await registerKey(context, ownerOfBot(bot), token, actor));
    },
  );

  app.delete(
    `${path}/:bot/keys/:kid`,
    {
      schema: {
        summary: 'Revoke a key of a bot',
        tags,
        security,
        params: botKeyParamsSchema,
        response: { 204: z.undefined(), ...errorResponses },
      },
    },
    async (request, reply) => {
      const { bot, actor } = await requireBot(context, request, request.params);
      await revokeKey(context, ownerOfBot(bot), request.params.kid, actor);
      return reply.code(204).send();
    },
  );
}

function toBot({ grants, grantCount, ...bot }: BotDetails): Bot {
  const authorizations = grants.map(({ actions, ...grant }) => ({
    ...grant,
    permission: permissionOf(actions),
  }));
  return { ...bot, authorizations, authorization_count: grantCount };
}

/** An organization that the caller does not belong to does not exist for the caller; bots belong to none. */
async function requireOrgAdmin(
  context: ServerContext,
  request: FastifyRequest,
  slug: string,
): Promise<{ org: BotOrg; actor: Actor }> {
  const principal = await requirePrincipal(context, request);
  const memberships = principal.kind === 'bot' ? [] : await membershipsOf(context.db, principal.id);
  const membership = memberships.find((each) => each.slug === slug);
  if (membership === undefined) throw notFound(`The organization ${slug}`);
  if (membership.role !== 'owner' && membership.role !== 'admin') {
    throw new ApiError('role_insufficient', `Only admins and owners of ${slug} may see and change its bots.`);
  }
  const { id, name } = principal;
  return { org: { id: membership.orgId, slug }, actor: { id, name, ip: request.ip } };
}

async function requireBot(
  context: ServerContext,
  request: FastifyRequest,
  params: { org: string; bot: string },
): Promise<{ bot: BotRow; actor: Actor }> {
  const { org, actor } = await requireOrgAdmin(context, request, params.org);
  const bot = await findBot(context.db, org, params.bot);
  if (bot === null) throw notFound(`The bot ${params.org}/${params.bot}`);
  return { bot, actor };
}
