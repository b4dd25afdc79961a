import type { FastifyRequest, preValidationHookHandler } from 'fastify';
import { z } from 'zod';
import { printable } from '../../contracts/domain/printable.ts';
import { keyParamsSchema } from '../../contracts/server-api/keys.ts';
import { actorOf, callerOf } from '../access/route-access.ts';
import { registerKey } from '../auth/keys/key-registration.ts';
import type { ServerContext } from '../context.ts';
import { ApiError } from '../http/api-error.ts';
import type { ZodApp } from '../http/zod-app.ts';
import { findKeyWithOwner, ownerOf, revokeKey } from '../identity/keys.ts';
import { redirectDone, takeDoneNotice } from './done-notice.ts';
import { draftNotice, isDraft, noDraft, takeDraft } from './draft.ts';
import { keysPagePath, registrationProblem } from './keys-view.ts';
import { sendKeys } from './send-pages.ts';

const config = { access: { page: 'signed-in' } } as const;
/** `user` tells whose page it was; see `draftFor`. */
const formFields = { _csrf: z.string(), user: z.string().optional() };

/** `/dashboard/keys`: the user id, registration by pasting, the list, revocation. */
export function keysPage(app: ZodApp, context: ServerContext, csrf: preValidationHookHandler): void {
  app.get(keysPagePath, { config, schema: { hide: true } }, (request, reply) => {
    const viewer = viewerOf(request);
    const draft = takeDraft(context, request, reply, viewer);
    const notice = isDraft(draft)
      ? draftNotice('You are signed in', draft, true)
      : takeDoneNotice(context, request, reply);
    return sendKeys(context, reply, viewer, { notice, draft, tokenRefused: false });
  });

  app.post(
    keysPagePath,
    {
      config,
      schema: { hide: true, body: z.strictObject({ ...formFields, registration_token: z.string() }) },
      preValidation: csrf,
    },
    async (request, reply) => {
      const { principal } = callerOf(request);
      try {
        // People copy a line break along with the token.
        const token = request.body.registration_token.trim();
        const key = await registerKey(context, ownerOf(principal), token, actorOf(request));
        const title = `“${printable(key.name)}” is registered`;
        return await redirectDone(context, reply, keysPagePath, title, 'The app will notice by itself.');
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        const notice = registrationProblem(error);
        const page = { notice, draft: noDraft, tokenRefused: true };
        return await sendKeys(context, reply.code(error.status), viewerOf(request), page);
      }
    },
  );

  app.post(
    `${keysPagePath}/:kid/revoke`,
    {
      config,
      schema: { hide: true, params: keyParamsSchema, body: z.strictObject(formFields) },
      preValidation: csrf,
    },
    async (request, reply) => {
      const { kid } = request.params;
      await revokeKey(context, callerOf(request).principal, kid, actorOf(request));
      const revoked = await findKeyWithOwner(context.db, kid);
      const title = `“${printable(revoked?.key.name ?? kid)}” is revoked`;
      return redirectDone(context, reply, keysPagePath, title, 'Nothing it signs is accepted any more.');
    },
  );
}

/** Who looks at their keys, and the organization that they are in. */
function viewerOf(request: FastifyRequest): { id: string; org: string | null } {
  const { principal, organization } = callerOf(request);
  return { id: principal.id, org: organization?.slug ?? null };
}
