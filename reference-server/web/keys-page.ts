import type { preValidationHookHandler } from 'fastify';
import { z } from 'zod';
import { printable } from '../../contracts/domain/printable.ts';
import { keyParamsSchema } from '../../contracts/server-api/keys.ts';
import { kidSchema } from '../../contracts/server-api/primitives.ts';
import { actorOf, callerOf } from '../access/route-access.ts';
import type { Principal } from '../identity/principals.ts';
import { registerKey } from '../auth/keys/key-registration.ts';
import type { ServerContext } from '../context.ts';
import { ApiError } from '../http/api-error.ts';
import type { ZodApp } from '../http/zod-app.ts';
import { ownerOf, revokeKey } from '../identity/keys.ts';
import { noDraft } from './draft.ts';
import { keysPagePath, registrationProblem } from './keys-view.ts';
import { sendKeys } from './send-pages.ts';
import type { Notice } from './views.ts';

const config = { access: { page: 'signed-in' } } as const;
/** `user` tells whose page it was; see `draftFor`. */
const formFields = { _csrf: z.string(), user: z.string().optional() };

/** What a redirect back to the page has to say; an address that somebody made up says nothing. */
const doneSchema = z.object({
  registered: kidSchema.optional().catch(undefined),
  revoked: kidSchema.optional().catch(undefined),
});

/** `/dashboard/keys`: the user id, registration by pasting, the list, revocation. */
export function keysPage(app: ZodApp, context: ServerContext, csrf: preValidationHookHandler): void {
  app.get(
    keysPagePath,
    { config, schema: { hide: true, querystring: doneSchema } },
    async (request, reply) => {
      const { principal } = callerOf(request);
      const notice = await doneNotice(context, principal, request.query);
      return sendKeys(context, reply, principal, { notice, draft: noDraft, tokenRefused: false });
    },
  );

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
        return await reply.redirect(`${keysPagePath}?registered=${key.kid}`, 303);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        const notice = registrationProblem(error);
        const page = { notice, draft: noDraft, tokenRefused: true };
        return await sendKeys(context, reply.code(error.status), principal, page);
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
      await revokeKey(context, callerOf(request).principal, request.params.kid, actorOf(request));
      return reply.redirect(`${keysPagePath}?revoked=${request.params.kid}`, 303);
    },
  );
}

async function doneNotice(
  context: ServerContext,
  { id }: Principal,
  { registered, revoked }: z.infer<typeof doneSchema>,
): Promise<Notice | null> {
  if (registered === undefined && revoked === undefined) return null;
  const key = await context.db
    .selectFrom('public_keys')
    .select(['name', 'revoked_at'])
    .where('kid', '=', registered ?? revoked ?? '')
    .where('principal_id', '=', id)
    .executeTakeFirst();
  if (key === undefined) return null;
  const name = printable(key.name);
  if (registered !== undefined && key.revoked_at === null) {
    return { tone: 'good', title: `“${name}” is registered`, text: 'The app will notice by itself.' };
  }
  if (revoked !== undefined && key.revoked_at !== null) {
    return {
      tone: 'good',
      title: `“${name}” is revoked`,
      text: 'Nothing it signs is accepted any more.',
    };
  }
  return null;
}
