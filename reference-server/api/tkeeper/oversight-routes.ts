import { z } from 'zod';
import {
  auditBatchPath,
  auditBatchResultSchema,
  auditBatchSchema,
  auditVerifyPath,
  integrityRotatePath,
  signedLineSchema,
} from '../../../contracts/server-api/tkeeper/audit.ts';
import {
  expiredQuerySchema,
  expiresPageSchema,
  expiresPath,
  expiresQuerySchema,
  expiresWindowQuerySchema,
  inventoryPageSchema,
  inventoryPath,
  inventoryQuerySchema,
} from '../../../contracts/server-api/tkeeper/inventory.ts';
import { verifiedSchema } from '../../../contracts/server-api/tkeeper/signing.ts';
import type { ServerContext } from '../../context.ts';
import type { ZodApp } from '../../http/zod-app.ts';
import { listExpires, readEnding, readExpireType } from '../../keeper/expires.ts';
import { rotateIntegrityKey } from '../../keeper/integrity.ts';
import { listInventory } from '../../keeper/inventory.ts';
import { operate } from '../../keeper/operation.ts';
import { verifyBatch, verifyLines } from '../../keeper/signed-lines.ts';
import { askedOf } from './asked.ts';
import { errorResponses } from './error-form.ts';

const tags = ['tkeeper: oversight'];
const config = { access: { keeper: 'authenticated', unsealed: true } } as const;

/** Which keys there are and when they end, and whether the audit log is as the keeper signed it. */
export function oversightRoutes(app: ZodApp, context: ServerContext): void {
  inventoryRoutes(app, context);
  auditRoutes(app, context);
}

function inventoryRoutes(app: ZodApp, context: ServerContext): void {
  app.get(
    inventoryPath,
    {
      config,
      schema: {
        summary: 'The keys, a page at a time',
        tags,
        querystring: inventoryQuerySchema,
        response: { 200: inventoryPageSchema, ...errorResponses },
      },
    },
    (request) => {
      const asked = askedOf(request, 'compliance.inventory', request.query.logicalId);
      return operate(context, asked, (scope) => listInventory(scope, request.query));
    },
  );

  const response = { 200: expiresPageSchema, ...errorResponses };
  app.get(
    expiresPath,
    {
      config,
      schema: {
        summary: 'Keys whose policy ends in a time',
        tags,
        querystring: expiresQuerySchema,
        response,
      },
    },
    (request) =>
      operate(context, askedOf(request, 'expired.view'), (scope) =>
        listExpires(scope, readEnding(request.query, scope.now), request.query),
      ),
  );

  for (const type of ['apply', 'process'] as const) {
    app.get(
      `${expiresPath}/${type}`,
      {
        config,
        schema: {
          summary: `Keys whose ${type} ends within a window`,
          tags,
          querystring: expiresWindowQuerySchema,
          response,
        },
      },
      (request) =>
        operate(context, askedOf(request, 'expired.view'), (scope) =>
          listExpires(scope, readEnding(request.query, scope.now, type), request.query),
        ),
    );
  }

  app.get(
    `${expiresPath}/expired`,
    {
      config,
      schema: { summary: 'Keys whose policy has ended', tags, querystring: expiredQuerySchema, response },
    },
    (request) =>
      operate(context, askedOf(request, 'expired.view'), (scope) => {
        const ending = { type: readExpireType(request.query.type), from: 0, to: scope.now.getTime() };
        return listExpires(scope, ending, request.query);
      }),
  );
}

function auditRoutes(app: ZodApp, context: ServerContext): void {
  app.post(
    auditVerifyPath,
    {
      config,
      schema: {
        summary: 'Whether a line of the audit log is as the keeper signed it',
        tags,
        body: signedLineSchema,
        response: { 200: verifiedSchema, ...errorResponses },
      },
    },
    (request) =>
      operate(context, askedOf(request, 'audit.log.verify'), async ({ tx, keys }) => {
        const [valid = false] = await verifyLines(tx, keys, [request.body]);
        return { valid };
      }),
  );

  app.post(
    auditBatchPath,
    {
      config,
      schema: {
        summary: 'The same of many lines, by the ids of their events',
        tags,
        body: auditBatchSchema,
        response: { 200: auditBatchResultSchema, ...errorResponses },
      },
    },
    (request) =>
      operate(context, askedOf(request, 'audit.log.verify'), ({ tx, keys }) =>
        verifyBatch(tx, keys, request.body.logs),
      ),
  );

  app.post(
    integrityRotatePath,
    {
      config,
      schema: {
        summary: 'Have another key sign the lines of the audit log',
        tags,
        response: { 204: z.undefined(), ...errorResponses },
      },
    },
    async (request, reply) => {
      await operate(context, askedOf(request, 'integrity.rotate'), ({ tx, keys, now }) =>
        rotateIntegrityKey(tx, keys, now),
      );
      return reply.code(204).send();
    },
  );
}
