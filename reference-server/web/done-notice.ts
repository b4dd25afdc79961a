import type { CookieSerializeOptions } from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { ServerContext } from '../context.ts';
import { isHttps } from '../http/security-headers.ts';
import type { Notice } from './views.ts';
import { cookieName } from './web-session.ts';

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
  const value = Buffer.from(JSON.stringify(notice)).toString('base64url');
  reply.setCookie(cookieName(context, 'done'), value, { ...options(context), maxAge: newsSeconds });
  return reply.redirect(path, 303);
}

/** What was done before this page, which says it: the next one will not. Null when there is nothing. */
export function takeDoneNotice(
  context: ServerContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Notice | null {
  const value = request.cookies[cookieName(context, 'done')];
  if (value === undefined) return null;
  reply.clearCookie(cookieName(context, 'done'), options(context));
  try {
    const json: unknown = JSON.parse(Buffer.from(value, 'base64url').toString());
    const parsed = noticeSchema.safeParse(json);
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

function options({ config }: ServerContext): CookieSerializeOptions {
  return { path: '/', httpOnly: true, sameSite: 'strict', secure: isHttps(config) };
}
