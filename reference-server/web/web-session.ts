import type { CookieSerializeOptions } from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { authenticateBrowser } from '../auth/authenticate.ts';
import type { Caller } from '../auth/caller.ts';
import { sessionSeconds } from '../auth/sessions.ts';
import type { ServerContext } from '../context.ts';
import { isHttps } from '../http/security-headers.ts';

/** Who is signed in by the request's cookie, or null. */
export async function browserCaller(context: ServerContext, request: FastifyRequest): Promise<Caller | null> {
  const token = request.cookies[cookieName(context, 'session')];
  return token === undefined ? null : authenticateBrowser(context, token);
}

/** Puts a session's token into the browser. */
export function setSessionCookie(context: ServerContext, reply: FastifyReply, token: string): void {
  reply.setCookie(cookieName(context, 'session'), token, {
    ...cookieOptions(context),
    maxAge: sessionSeconds,
  });
}

/** Takes the session's token out of the browser. */
export function clearSessionCookie(context: ServerContext, reply: FastifyReply): void {
  reply.clearCookie(cookieName(context, 'session'), cookieOptions(context));
}

/** What binds sign-ins at providers to the browser that began them; undefined where it began none. */
export function attemptCookie(context: ServerContext, request: FastifyRequest): string | undefined {
  return request.cookies[cookieName(context, 'sign_in')];
}

/** @param seconds - How long it stays. */
export function setAttemptCookie(
  context: ServerContext,
  reply: FastifyReply,
  secret: string,
  seconds: number,
): void {
  reply.setCookie(cookieName(context, 'sign_in'), secret, { ...cookieOptions(context), maxAge: seconds });
}

/** For cookies of the server alone: no script reads them. */
export function cookieOptions(context: ServerContext): CookieSerializeOptions {
  // A provider leads back from another site, where a strict cookie would stay away.
  return { path: '/', httpOnly: true, sameSite: 'lax', secure: isHttps(context.config) };
}

/**
 * Browsers share cookies among all ports of a host, so the port is in the name: two servers on one machine do not sign
 * each other's users out. Over TLS the prefix binds the cookie to this very host (RFC 6265bis, section 4.1.3.2).
 */
export function cookieName(
  context: ServerContext,
  what: 'session' | 'sign_in' | 'done' | 'draft' | 'keeper',
): string {
  if (isHttps(context.config)) return `__Host-keyhold_${what}`;
  return `keyhold_${what}_${new URL(context.origin()).port || '80'}`;
}
