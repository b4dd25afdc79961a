import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { ServerContext } from '../context.ts';
import { leaveOnce, takeOnce } from './once-cookie.ts';
import type { Notice } from './views.ts';

const noticeSchema = z.strictObject({
  tone: z.enum(['good', 'error']),
  title: z.string().max(500),
  text: z.string().max(1_000),
});

/** How long what was done is still news, seconds. */
const newsSeconds = 60;

/**
 * Ends a form that was done: leads to a page, which says so once. The words travel in a cookie that only this server
 * sets, so that no address can have a page say that something was done.
 */
export function redirectDone(
  context: ServerContext,
  reply: FastifyReply,
  path: string,
  title: string,
  text = '',
): FastifyReply {
  return redirectWith(context, reply, path, { tone: 'good', title, text });
}

/** Leads to a page, which says this once, in the same way. */
export function redirectWith(
  context: ServerContext,
  reply: FastifyReply,
  path: string,
  notice: z.infer<typeof noticeSchema>,
): FastifyReply {
  leaveOnce(context, reply, 'done', notice, newsSeconds);
  return reply.redirect(path, 303);
}

/** What was done before this page, which says it: the next one will not. Null when there is nothing. */
export function takeDoneNotice(
  context: ServerContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Notice | null {
  return takeOnce(context, request, reply, 'done', noticeSchema);
}
