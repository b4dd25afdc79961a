import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ServerContext } from '../context.ts';
import { listKeys } from '../identity/keys.ts';
import { getUser, membershipsOf } from '../identity/users.ts';
import { draftFor, draftNotice, readDraft, typedName } from './draft.ts';
import { toKeyRow, toViewer } from './keys-view.ts';
import { renderPage } from './views.ts';
import type { Draft, Notice } from './views.ts';
import { browserCaller } from './web-session.ts';

/** Answers with the sign-in page. */
export function sendLogin(
  context: ServerContext,
  reply: FastifyReply,
  page: { notice: Notice | null; username: string; draft: Draft },
): FastifyReply {
  const html = renderPage('login', {
    title: 'Sign in',
    serverName: context.config.name,
    viewer: null,
    csrf: reply.generateCsrf(),
    ...page,
  });
  return reply.type('text/html; charset=utf-8').send(html);
}

/** Answers with the page of a user's keys. `tokenRefused` marks the field of the token as wrong. */
export async function sendKeys(
  context: ServerContext,
  reply: FastifyReply,
  { id }: { id: string },
  page: { notice: Notice | null; draft: Draft; tokenRefused: boolean },
): Promise<FastifyReply> {
  const user = await getUser(context.db, id);
  const keys = await listKeys(context.db, { id });
  const html = renderPage('keys', {
    title: 'Public keys',
    serverName: context.config.name,
    viewer: toViewer(user, await membershipsOf(context.db, id)),
    csrf: reply.generateCsrf(),
    userId: id,
    keys: keys.map((key) => toKeyRow(key, context.now())),
    ...page,
  });
  return reply.type('text/html; charset=utf-8').send(html);
}

/** The answer to a form whose session has ended: the sign-in, with what was in the form. */
export function sendSignInAgain(
  context: ServerContext,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const draft = readDraft(request);
  const notice = draftNotice('You were signed out', draft, false);
  return sendLogin(context, reply.code(401), { notice, username: '', draft });
}

/** The answer to a form of our own whose CSRF token is not, or no longer, good: the page anew, with what was in it. */
export async function sendPageAnew(
  context: ServerContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const user = (await browserCaller(context, request))?.principal ?? null;
  const typed = readDraft(request);
  const draft = user === null ? typed : draftFor(user, typed);
  const notice = draftNotice('That page was too old', draft, user !== null);
  if (user === null) {
    return sendLogin(context, reply.code(403), { notice, username: typedName(request), draft });
  }
  return sendKeys(context, reply.code(403), user, { notice, draft, tokenRefused: false });
}
