import { z } from 'zod';
import {
  decisionRequestSchema,
  pendingListSchema,
  pendingPath,
} from '../../../contracts/server-api/kisenon/session.ts';
import { pageQuery } from '../../../contracts/server-api/pages.ts';
import { userIdSchema } from '../../../contracts/server-api/primitives.ts';
import { decideAccount, undoDecision } from '../../auth/account-decisions.ts';
import { notByApiKey } from '../../access/api-guard.ts';
import { actorOf } from '../../access/route-access.ts';
import type { ServerContext } from '../../context.ts';
import { listPending } from '../../identity/accounts.ts';
import type { ZodApp } from '../../http/zod-app.ts';
import { errorResponses } from '../keyhold/error-responses.ts';

const config = { access: { caller: notByApiKey, may: { server: 'decide-accounts' } } } as const;
const tags = ['accounts'];

/** Accounts that wait for an operator. */
export function pendingRoutes(app: ZodApp, context: ServerContext): void {
  app.get(
    pendingPath,
    {
      config,
      schema: {
        summary: 'Accounts that wait for an operator, the oldest first',
        tags,
        querystring: pageQuery(200),
        response: { 200: pendingListSchema, ...errorResponses },
      },
    },
    async (request) => listPending(context, request.query),
  );

  for (const [verb, decision] of [
    ['approve', 'approved'],
    ['deny', 'denied'],
  ] as const) {
    app.post(
      `${pendingPath}/:user/${verb}`,
      {
        config,
        schema: {
          summary:
            decision === 'approved' ? 'Approve an account' : 'Deny an account, and sign it out everywhere',
          tags,
          params: z.strictObject({ user: userIdSchema }),
          body: decisionRequestSchema.nullish(),
          response: { 204: z.undefined(), ...errorResponses },
        },
      },
      async (request, reply) => {
        const { note = '' } = request.body ?? {};
        await decideAccount(context, request.params.user, decision, note, actorOf(request));
        return reply.code(204).send();
      },
    );
  }

  app.post(
    `${pendingPath}/:user/undo`,
    {
      config,
      schema: {
        summary: 'Take the decision about an account back: it waits again',
        tags,
        params: z.strictObject({ user: userIdSchema }),
        response: { 204: z.undefined(), ...errorResponses },
      },
    },
    async (request, reply) => {
      await undoDecision(context, request.params.user, actorOf(request));
      return reply.code(204).send();
    },
  );
}
