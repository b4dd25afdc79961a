import { z } from 'zod';
import {
  consistencyPath,
  consistencyQuerySchema,
  consistencySchema,
  destroyPath,
  destroyRequestSchema,
  dkgPaths,
  generateRequestSchema,
  publicKeyPath,
  publicKeyQuerySchema,
  publicKeySchema,
  recoverPath,
  recoverRequestSchema,
  storePaths,
  storeRequestSchema,
} from '../../../contracts/server-api/tkeeper/keys.ts';
import type { ServerContext } from '../../context.ts';
import { KeeperError } from '../../http/keeper-error.ts';
import type { ZodApp } from '../../http/zod-app.ts';
import { checkKey } from '../../keeper/consistency.ts';
import {
  destroyGeneration,
  generateKey,
  importKey,
  operationOf,
  refuseApprovals,
} from '../../keeper/lifecycle.ts';
import { operate } from '../../keeper/operation.ts';
import { publicKey } from '../../keeper/uses.ts';
import { askedOf } from './asked.ts';
import { errorResponses } from './error-form.ts';

const tags = ['tkeeper: keys'];
const config = { access: { keeper: 'authenticated', unsealed: true } } as const;
const nothing = z.undefined();

/** Making keys, taking them from elsewhere, destroying their generations, and looking at them. */
export function keysRoutes(app: ZodApp, context: ServerContext): void {
  makingRoutes(app, context);

  app.post(
    destroyPath,
    {
      config,
      schema: {
        summary: 'Destroy an earlier generation of a key, for good',
        tags,
        body: destroyRequestSchema,
        response: { 204: nothing, ...errorResponses },
      },
    },
    async (request, reply) => {
      const { body } = request;
      await operate(context, askedOf(request, 'key.destroy', body.keyId), (scope) => {
        refuseApprovals(body);
        return destroyGeneration(scope, body);
      });
      return reply.code(204).send();
    },
  );

  app.get(
    publicKeyPath,
    {
      config,
      schema: {
        summary: 'The public key of a generation; without one, of the current',
        tags,
        querystring: publicKeyQuerySchema,
        response: { 200: publicKeySchema, ...errorResponses },
      },
    },
    (request) =>
      operate(context, askedOf(request, 'key.public', request.query.keyId), (scope) =>
        publicKey(scope, request.query),
      ),
  );

  app.post(
    consistencyPath,
    {
      config,
      schema: {
        summary: 'Look at all that is kept of a key',
        tags,
        querystring: consistencyQuerySchema,
        response: { 200: consistencySchema, ...errorResponses },
      },
    },
    (request) =>
      operate(context, askedOf(request, 'consistency.fix', request.query.keyId), (scope) =>
        checkKey(scope, request.query.keyId),
      ),
  );

  app.post(
    recoverPath,
    {
      config,
      schema: {
        summary: 'Bring a key back from other nodes: refused, there are none',
        tags,
        body: recoverRequestSchema,
        response: { 204: nothing, ...errorResponses },
      },
    },
    (request) =>
      operate(context, askedOf(request, 'recover', request.body.keyId), () => {
        throw new KeeperError(
          'RECOVERY_NOT_ENABLED',
          'This keeper is one node: bring the database back from a copy.',
        );
      }),
  );
}

function makingRoutes(app: ZodApp, context: ServerContext): void {
  for (const path of dkgPaths) {
    app.post(
      path,
      {
        config,
        schema: {
          summary: 'Make a key, or its next generation',
          tags,
          body: generateRequestSchema,
          response: { 204: nothing, ...errorResponses },
        },
      },
      async (request, reply) => {
        const { mode, keyId } = request.body;
        await operate(context, askedOf(request, operationOf[mode], keyId), (scope) =>
          generateKey(scope, request.body),
        );
        return reply.code(204).send();
      },
    );
  }

  for (const path of storePaths) {
    app.post(
      path,
      {
        config,
        schema: {
          summary: 'Take a private key from elsewhere',
          tags,
          body: storeRequestSchema,
          response: { 200: z.object({}), ...errorResponses },
        },
      },
      async (request) => {
        await operate(context, askedOf(request, 'storage.write', request.body.keyId), (scope) =>
          importKey(scope, request.body),
        );
        return {};
      },
    );
  }
}
