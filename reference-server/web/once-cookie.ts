import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { ServerContext } from '../context.ts';
import { cookieName, cookieOptions } from './web-session.ts';

/** What only this server puts into the browser, out of reach of scripts, for one of the next pages to take. */
type Once = 'done' | 'draft';

/** @returns Whether it was left: browsers keep cookies of 4096 bytes. */
export function leaveOnce(
  context: ServerContext,
  reply: FastifyReply,
  what: Once,
  value: unknown,
  seconds: number,
): boolean {
  const text = Buffer.from(JSON.stringify(value)).toString('base64url');
  if (text.length > longest) return false;
  reply.setCookie(cookieName(context, what), text, { ...cookieOptions(context), maxAge: seconds });
  return true;
}

const longest = 3_500;

/** Takes what was left, so that the next page finds nothing. Null where there is none, or it is not what it should be. */
export function takeOnce<Schema extends z.ZodType>(
  context: ServerContext,
  request: FastifyRequest,
  reply: FastifyReply,
  what: Once,
  schema: Schema,
): z.output<Schema> | null {
  const text = request.cookies[cookieName(context, what)];
  if (text === undefined) return null;
  reply.clearCookie(cookieName(context, what), cookieOptions(context));
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    return schema.safeParse(value).data ?? null;
  } catch {
    return null;
  }
}
