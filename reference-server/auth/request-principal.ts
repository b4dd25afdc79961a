import type { FastifyRequest } from 'fastify';
import type { ServerContext } from '../context.ts';
import { ApiError } from '../http/errors.ts';
import { authenticateBearer } from './credentials.ts';
import type { Principal } from './credentials.ts';

/** `Authorization: Bearer …` (RFC 6750, section 2.1): one credential of visible characters. */
const bearerPattern = /^Bearer +([\x21-\x7e]+)$/i;

/** The credential of a request's `Authorization: Bearer`, or null. */
export function bearerOf(request: FastifyRequest): string | null {
  return bearerPattern.exec(request.headers.authorization ?? '')?.[1] ?? null;
}

/**
 * Who sent an API request. Cookies do not count here, so that no other web page can use them.
 *
 * @throws ApiError 401 when nobody is named or the credential is refused.
 */
export async function requirePrincipal(context: ServerContext, request: FastifyRequest): Promise<Principal> {
  const token = bearerOf(request);
  if (token === null) {
    throw new ApiError(
      'unauthenticated',
      'Sign in first: send "Authorization: Bearer" and an API or session token.',
    );
  }
  return authenticateBearer(context, token, request.ip);
}

/**
 * Who sent an API request, signed in with a password: a key alone may not do this.
 *
 * @throws ApiError 401, or 403 `session_required`.
 */
export async function requireSession(context: ServerContext, request: FastifyRequest): Promise<Principal> {
  const principal = await requirePrincipal(context, request);
  if (principal.auth.method !== 'session') {
    throw new ApiError('session_required', 'This needs a signed-in person: use a session token, not a key.');
  }
  return principal;
}
