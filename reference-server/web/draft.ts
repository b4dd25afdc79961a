import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { kidSchema } from '../../contracts/server-api/primitives.ts';
import type { ServerContext } from '../context.ts';
import { leaveOnce, takeOnce } from './once-cookie.ts';
import type { Notice } from './views.ts';

/**
 * What a person had in a form that could not be taken, because the session or the page had come to its end. It is
 * shown again; nothing is done with it until its own button is pressed.
 */
const draftSchema = z.strictObject({
  /** The pasted token; empty when there is none. */
  registrationToken: z.string(),
  /** The kid of the key to revoke; empty when there is none. */
  revoke: z.string(),
  /** Id of the user whose page it was typed on. */
  user: z.string(),
});
export type Draft = z.infer<typeof draftSchema>;

export const noDraft: Draft = { registrationToken: '', revoke: '', user: '' };

/** The fields of a posted form that make a draft. Nothing of the form is checked yet. */
export function readDraft({ body, params }: FastifyRequest): Draft {
  const kid = kidSchema.safeParse(fieldOf(params, 'kid') || fieldOf(body, 'revoke'));
  return {
    registrationToken: fieldOf(body, 'registration_token').trim(),
    revoke: kid.success ? kid.data : '',
    user: fieldOf(body, 'user'),
  };
}

/** Whether there is anything in it. */
export function isDraft({ registrationToken, revoke }: Draft): boolean {
  return registrationToken !== '' || revoke !== '';
}

/** As long as a sign-in at a provider may take, seconds. */
const keptSeconds = 600;

/**
 * Keeps a draft in the browser, out of reach of scripts, over a sign-in of whatever kind.
 *
 * @returns What is kept of it.
 */
export function keepDraft(context: ServerContext, reply: FastifyReply, draft: Draft): Draft {
  const isKept = isDraft(draft) && leaveOnce(context, reply, 'draft', draft, keptSeconds);
  return isKept ? draft : noDraft;
}

/** The draft that was kept, once, for its own user. */
export function takeDraft(
  context: ServerContext,
  request: FastifyRequest,
  reply: FastifyReply,
  user: { id: string },
): Draft {
  return draftFor(user, takeOnce(context, request, reply, 'draft', draftSchema) ?? noDraft);
}

/** A draft for its own user, nothing for another: several people may sign in on one browser, one after the other. */
export function draftFor(user: { id: string }, draft: Draft): Draft {
  return draft.user === user.id ? draft : noDraft;
}

/** The user name in a posted sign-in; empty for another form. */
export function typedName({ body }: FastifyRequest): string {
  return fieldOf(body, 'username');
}

/** Says that nothing has been done with a draft, and what to do. */
export function draftNotice(title: string, draft: Draft, signedIn: boolean): Notice {
  const step = signedIn ? 'Press' : 'Sign in, then press';
  if (draft.registrationToken !== '') {
    const text = `Your token is kept and not registered yet. ${step} “Register key”.`;
    return { tone: signedIn ? 'info' : 'error', title, text };
  }
  if (draft.revoke !== '') {
    const text = `The key is not revoked yet. ${step} “Yes, revoke this key”.`;
    return { tone: signedIn ? 'info' : 'error', title, text };
  }
  return { tone: 'error', title, text: 'Nothing was done. Please try again.' };
}

/** A text field of what was posted, or nothing. */
function fieldOf(fields: unknown, name: string): string {
  const value: unknown =
    typeof fields === 'object' && fields !== null ? Reflect.get(fields, name) : undefined;
  return typeof value === 'string' ? value : '';
}
