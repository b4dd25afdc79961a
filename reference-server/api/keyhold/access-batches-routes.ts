import { z } from 'zod';
import {
  batchesPath,
  batchesQuerySchema,
  batchListSchema,
  batchMadeSchema,
  batchParamsSchema,
  batchRequestSchema,
  idempotencyKeySchema,
  ifMatchSchema,
  previewPath,
  previewSchema,
} from '../../../contracts/server-api/access/batches.ts';
import { requireAdministered } from '../../access/matrix/administered.ts';
import { andApiTokens } from '../../access/api-guard.ts';
import { listBatches } from '../../access/batches/batch-list.ts';
import { applyBatch, undoBatch } from '../../access/batches/batches.ts';
import { previewBatch } from '../../access/batches/preview.ts';
import { actorOf, callerOf } from '../../access/route-access.ts';
import type { ServerContext } from '../../context.ts';
import { ApiError } from '../../http/api-error.ts';
import type { ZodApp } from '../../http/zod-app.ts';
import { errorResponses } from './error-responses.ts';

const tags = ['access'];
/** The operations ask for the right on what the body or the batch names. */
const config = { access: { caller: andApiTokens } } as const;

/** A thousand changes with the longest names there are. */
const bodyLimit = 1024 * 1024;

/** Fields of the header that `POST /v1/access/batches` reads; `If-Match` is asked for by the operation. */
const headersSchema = z.object({
  'if-match': ifMatchSchema.optional(),
  'idempotency-key': idempotencyKeySchema.optional(),
});

/** Changes of who may do what, looked at before they are made, made together and taken back. */
export function accessBatchesRoutes(app: ZodApp, context: ServerContext): void {
  app.post(
    previewPath,
    {
      config,
      bodyLimit,
      schema: {
        summary: 'What changes of access would do, and which of them cannot be made; changes nothing',
        tags,
        body: batchRequestSchema,
        response: { 200: previewSchema, ...errorResponses },
      },
    },
    async (request) => previewBatch(context, callerOf(request), request.body),
  );

  app.post(
    batchesPath,
    {
      config,
      bodyLimit,
      schema: {
        summary: 'Change access, all or nothing, where nobody changed the same since the version of If-Match',
        tags,
        headers: headersSchema,
        body: batchRequestSchema,
        response: { 200: batchMadeSchema, 201: batchMadeSchema, ...errorResponses },
      },
    },
    async (request, reply) => {
      const { 'if-match': version, 'idempotency-key': key = null } = request.headers;
      const caller = callerOf(request);
      // What is missing is told to nobody who may not know of the organization.
      if (version === undefined) {
        await requireAdministered(context, caller, request.body.org);
        throw new ApiError(
          'precondition_required',
          'Send If-Match with the version of the access that you have seen, in quotation marks.',
        );
      }
      const { isNew, ...made } = await applyBatch(
        context,
        caller,
        request.body,
        { version, key },
        actorOf(request),
      );
      return reply.code(isNew ? 201 : 200).send(made);
    },
  );

  app.get(
    batchesPath,
    {
      config,
      schema: {
        summary: 'The last changes of access that were made together, newest first',
        tags,
        querystring: batchesQuerySchema,
        response: { 200: batchListSchema, ...errorResponses },
      },
    },
    async (request) => listBatches(context, callerOf(request), request.query),
  );

  app.post(
    `${batchesPath}/:id/undo`,
    {
      config,
      schema: {
        summary: 'Take back what was changed together, where no later change stands on it',
        tags,
        params: batchParamsSchema,
        response: { 201: batchMadeSchema, ...errorResponses },
      },
    },
    async (request, reply) => {
      const made = await undoBatch(context, callerOf(request), request.params.id, actorOf(request));
      return reply.code(201).send(made);
    },
  );
}
