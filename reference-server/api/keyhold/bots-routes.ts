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
import { actorOf } from '../../access/route-access.ts';
import type { ServerContext } from '../../context.ts';
import { notFound } from '../../http/api-error.ts';
import { createBot, deleteBot, findBot, listBots } from '../../identity/bots.ts';
import type { BotDetails, BotRow } from '../../identity/bots.ts';
import { ownerOfBot, revokeKey } from '../../identity/keys.ts';
import type { ZodApp } from '../../http/zod-app.ts';
import { permissionOf } from './permission-words.ts';
import { errorResponses } from './error-responses.ts';
import { signedIn } from '../../access/api-guard.ts';
import { found } from '../../access/require-right.ts';

const path = botsPath(':org');
const tags = ['bots'];
const config = { access: { caller: signedIn, may: { organization: 'bots:manage' } } } as const;

/** The bots of an organization and their keys, for its admins and owners. */
export function botsRoutes(app: ZodApp, context: ServerContext): void {
  app.get(
    path,
    {
      config: { access: { caller: signedIn, may: { organization: 'bots:read' } } },
      schema: {
        summary: 'The bots of an organization, with their keys and authorizations',
        tags,
        params: botsParamsSchema,
        querystring: botsQuerySchema,
        response: { 200: botListSchema, ...errorResponses },
      },
    },
    async (request) => {
      const org = found(request.organization);
      const { bots, next } = await listBots(context, org, request.query);
      return { bots: bots.map(toBot), next };
    },
  );

  app.post(
    path,
    {
      config,
      schema: {
        summary: 'Make a bot; it can do nothing until it has a key and an authorization',
        tags,
        params: botsParamsSchema,
        body: createBotRequestSchema,
        response: { 201: botSchema, ...errorResponses },
      },
    },
    async (request, reply) => {
      const org = found(request.organization);
      return reply.code(201).send(toBot(await createBot(context, org, request.body.name, actorOf(request))));
    },
  );

  app.delete(
    `${path}/:bot`,
    {
      config,
      schema: {
        summary: 'Delete a bot: revokes its keys and takes its authorizations back',
        tags,
        params: botParamsSchema,
        response: { 204: z.undefined(), ...errorResponses },
      },
    },
    async (request, reply) => {
      const bot = await requestedBot(context, request, request.params.bot);
      await deleteBot(context, found(request.organization), bot, actorOf(request));
      return reply.code(204).send();
    },
  );
  botKeysRoutes(app, context);
}

function botKeysRoutes(app: ZodApp, context: ServerContext): void {
  app.post(
    `${path}/:bot/keys`,
    {
      config,
      schema: {
        summary: 'Register the key of a registration token for a bot',
        tags,
        params: botParamsSchema,
        body: registerKeyRequestSchema,
        response: { 201: registeredKeySchema, ...errorResponses },
      },
    },
    async (request, reply) => {
      const bot = await requestedBot(context, request, request.params.bot);
      const token = request.body.registration_token;
      const owner = ownerOfBot(bot);
      const org = found(request.organization);
      return reply.code(201).send(await registerKey(context, owner, token, actorOf(request), org));
    },
  );

  app.delete(
    `${path}/:bot/keys/:kid`,
    {
      config,
      schema: {
        summary: 'Revoke a key of a bot',
        tags,
        params: botKeyParamsSchema,
        response: { 204: z.undefined(), ...errorResponses },
      },
    },
    async (request, reply) => {
      const bot = await requestedBot(context, request, request.params.bot);
      const org = found(request.organization);
      await revokeKey(context, ownerOfBot(bot), request.params.kid, actorOf(request), org);
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

async function requestedBot(context: ServerContext, request: FastifyRequest, name: string): Promise<BotRow> {
  const org = found(request.organization);
  const bot = await findBot(context.db, org.slug, name);
  if (bot === null) throw notFound(`The bot ${org.slug}/${name}`);
  return bot;
}
