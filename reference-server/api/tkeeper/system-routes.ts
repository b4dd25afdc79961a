import { z } from 'zod';
import { decideOperation } from '../../../contracts/permissions/operations.ts';
import { pingPath, pingSchema } from '../../../contracts/server-api/tkeeper/control.ts';
import {
  initializedSchema,
  initRequestSchema,
  keeperStatusSchema,
  peerIdPath,
  peerIdSchema,
  promotePath,
  promoteRequestSchema,
  sealProgressSchema,
  systemPath,
  unsealRequestSchema,
} from '../../../contracts/server-api/tkeeper/system.ts';
import type { ServerContext } from '../../context.ts';
import { KeeperError } from '../../http/keeper-error.ts';
import type { ZodApp } from '../../http/zod-app.ts';
import { keeperRow } from '../../keeper/keeper-row.ts';
import { operate, operateSealed } from '../../keeper/operation.ts';
import { initialize, sealKeeper, unsealBy } from '../../keeper/seal-operations.ts';
import { progressOf, requireUnsealed, stateOf } from '../../keeper/system.ts';
import { askedOf } from './asked.ts';
import { errorResponses } from './error-form.ts';
import { keeperCallerOf } from './guard.ts';

const tags = ['tkeeper: system'];
const nothing = z.undefined();
const anybody = { access: { keeper: 'anybody' } } as const;
const authenticated = { access: { keeper: 'authenticated' } } as const;
const ofUnsealed = { access: { keeper: 'authenticated', unsealed: true } } as const;

/** Initializing, sealing and unsealing the keeper, and what state it is in. */
export function systemRoutes(app: ZodApp, context: ServerContext): void {
  stateRoutes(app, context);
  sealRoutes(app, context);

  app.post(
    promotePath,
    {
      config: ofUnsealed,
      schema: {
        summary: 'Make one node several: refused, this server is one',
        tags,
        body: promoteRequestSchema,
        response: { 204: nothing, ...errorResponses },
      },
    },
    (request) =>
      operate(context, askedOf(request, 'quorum.promote'), () => {
        throw new KeeperError('NOT_MONO', 'This keeper is one node of its own, and cannot become several.');
      }),
  );
}

function stateRoutes(app: ZodApp, context: ServerContext): void {
  app.get(
    `${systemPath}/status`,
    {
      config: authenticated,
      schema: {
        summary: 'The state of the keeper, and how far its unsealing is',
        tags,
        response: { 200: keeperStatusSchema, ...errorResponses },
      },
    },
    async (request) => {
      const [state, progress] = [await stateOf(context), await progressOf(context)];
      const mayUnseal = decideOperation(keeperCallerOf(request).held, 'system.unseal', null).allowed;
      const sealedBy = mayUnseal && progress !== null ? 'shamir' : null;
      return { state, sealedBy, progress: progress ?? { ready: false } };
    },
  );

  app.get(
    `${systemPath}/health`,
    {
      config: anybody,
      schema: { summary: 'Whether the server is up', tags, response: { 204: nothing, ...errorResponses } },
    },
    async (_request, reply) => reply.code(204).send(),
  );

  app.get(
    `${systemPath}/ready`,
    {
      config: anybody,
      schema: {
        summary: 'Whether the keeper can be used: 503 while it is sealed',
        tags,
        response: { 204: nothing, ...errorResponses },
      },
    },
    async (_request, reply) => {
      await requireUnsealed(context);
      return reply.code(204).send();
    },
  );

  app.get(
    pingPath,
    {
      config: anybody,
      schema: {
        summary: 'Whether the keeper is unsealed',
        tags,
        response: { 200: pingSchema, ...errorResponses },
      },
    },
    () => ({ ready: context.keeper.keys !== null }),
  );

  app.get(
    peerIdPath,
    {
      config: authenticated,
      schema: {
        summary: 'The number of this node',
        tags,
        response: { 200: peerIdSchema, ...errorResponses },
      },
    },
    async () => {
      const row = await keeperRow(context.db, context.keeper.keys);
      return { serviceId: row?.peer_id ?? 0, result: row?.peer_id ?? null };
    },
  );
}

function sealRoutes(app: ZodApp, context: ServerContext): void {
  app.post(
    `${systemPath}/init`,
    {
      config: authenticated,
      schema: {
        summary: 'Make the keeper; answers the shares that unseal it, once',
        tags,
        body: initRequestSchema,
        response: { 200: initializedSchema, ...errorResponses },
      },
    },
    (request) => initialize(context, askedOf(request, 'system.init'), request.body),
  );

  app.post(
    `${systemPath}/unseal`,
    {
      config: authenticated,
      schema: {
        summary: 'Give shares; with enough of them the keeper is unsealed',
        tags,
        body: unsealRequestSchema,
        response: { 200: sealProgressSchema, ...errorResponses },
      },
    },
    (request) => unsealBy(context, askedOf(request, 'system.unseal'), request.body),
  );

  app.get(
    `${systemPath}/unseal`,
    {
      config: authenticated,
      schema: {
        summary: 'Unseal without shares: refused, this keeper is unsealed by people',
        tags,
        response: { 204: nothing, ...errorResponses },
      },
    },
    (request) =>
      operateSealed(context, askedOf(request, 'system.unseal'), () =>
        Promise.reject(
          new KeeperError('NOT_SUPPORTED_FOR_MANUAL_PROVIDER', 'This keeper is unsealed by shares alone.'),
        ),
      ),
  );

  app.post(
    `${systemPath}/seal`,
    {
      config: ofUnsealed,
      schema: { summary: 'Seal the keeper', tags, response: { 204: nothing, ...errorResponses } },
    },
    async (request, reply) => {
      await sealKeeper(context, askedOf(request, 'system.seal'));
      return reply.code(204).send();
    },
  );
}
