import type { FastifyReply, FastifyRequest, preValidationHookHandler } from 'fastify';
import { joinLink } from '../../contracts/domain/app-link.ts';
import { printable } from '../../contracts/domain/printable.ts';
import { invitationTokenParamsSchema } from '../../contracts/server-api/kisenon/invitations.ts';
import { actorOf, callerOf } from '../access/route-access.ts';
import type { ServerContext } from '../context.ts';
import { ApiError } from '../http/api-error.ts';
import type { ZodApp } from '../http/zod-app.ts';
import { acceptInvitation, joinedBy, viewInvitation } from '../identity/accepted-invitations.ts';
import type { SeenInvitation } from '../identity/accepted-invitations.ts';
import { redirectDone } from './done-notice.ts';
import { formBody, tryForm } from './forms.ts';
import type { Problem } from './forms.ts';
import { sendPage } from './send-page.ts';
import type { Moment } from './view-helpers.ts';
import { page } from './views.ts';
import { momentOf } from './words.ts';

const path = '/invitations/:token';

interface InvitationData {
  org: { slug: string; name: string };
  role: string;
  /** As the mail says it; null where the account is gone. */
  by: string | null;
  ends: Moment;
  forViewer: boolean;
  token: string;
  /** Where a sign-in as somebody else leads. */
  comeBack: string;
  /** Opens the invitation in the app. */
  appLink: string;
}

const view = page<InvitationData>('invitation');
const endView = page<{ text: string }>('invitation-ended');
const config = { access: { page: 'signed-in' } } as const;

/** `/invitations/:token`: what the link of an invitation leads to. */
export function invitationPage(app: ZodApp, context: ServerContext, csrf: preValidationHookHandler): void {
  app.get(path, { config, schema: { hide: true, params: invitationTokenParamsSchema } }, (request, reply) =>
    sendInvitation(context, request, reply, request.params.token, null),
  );

  app.post(
    path,
    {
      config,
      schema: { hide: true, params: invitationTokenParamsSchema, body: formBody({}) },
      preValidation: csrf,
    },
    async (request, reply) => {
      const { done, problem } = await tryForm(reply, 'You did not join', () =>
        acceptInvitation(context, request.params.token, actorOf(request)),
      );
      if (problem !== null) {
        return sendInvitation(context, request, reply, request.params.token, problem);
      }
      const title = `You are a ${done.role} of ${done.org} now`.replace('a admin', 'an admin');
      return redirectDone(context, reply, `/orgs/${done.org}/projects`, title);
    },
  );
}

async function sendInvitation(
  context: ServerContext,
  request: FastifyRequest,
  reply: FastifyReply,
  token: string,
  problem: Problem | null,
): Promise<FastifyReply> {
  try {
    const seen = await viewInvitation(context, token, callerOf(request).principal.id);
    return await sendPage(context, request, reply, view, {
      title: `Join ${printable(seen.org.name)}`,
      notice: problem?.notice ?? null,
      org: { slug: seen.org.slug, name: printable(seen.org.name) },
      ...{ role: seen.role, by: inviterOf(seen), forViewer: seen.for_you, token, comeBack: request.url },
      ends: momentOf(seen.expires_at, context.now()),
      appLink: joinLink({ origin: context.origin(), token }),
    });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // A new person who comes by the link is a member from the first sign-in on.
    const joined = await joinedBy(context.db, token, callerOf(request).principal.id);
    if (joined !== null) {
      return redirectDone(context, reply, `/orgs/${joined}/projects`, `You are a member of ${joined}`);
    }
    reply.code(error.status);
    return sendPage(context, request, reply, endView, {
      title: 'This invitation cannot be used',
      text: error.message,
    });
  }
}

/** The name that the mail has, and the one that is theirs alone. */
function inviterOf({ invited_by: username, inviterName }: SeenInvitation): string | null {
  return username === null ? null : `${printable(inviterName ?? username)} (${username})`;
}
