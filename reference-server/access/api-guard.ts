import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { requireStanding } from '../auth/standing.ts';
import { authenticateBearer, bearerCallers } from '../auth/authenticate.ts';
import type { BearerCallers } from '../auth/authenticate.ts';
import type { Caller, Method } from '../auth/caller.ts';
import type { ServerContext } from '../context.ts';
import { ApiError } from '../http/api-error.ts';
import { decodeBasic } from '../http/basic-credentials.ts';
import { requireRight, requireScope } from './require-right.ts';
import { admit, sourceOf } from './route-access.ts';
import type { ApiAccess } from './route-access.ts';

/** All that people and programs sign in to the API with. */
export const signedIn: readonly Method[] = ['session', 'jwt', 'access-token', 'key', 'api-key'];

/** The same and API tokens, which are for repositories. */
export const andApiTokens: readonly Method[] = [...signedIn, 'api-token'];

/** The first without API keys: for what belongs to no one organization. */
export const notByApiKey: readonly Method[] = ['session', 'jwt', 'access-token', 'key'];

/** What is good for everything that a user may do, in whatever organization. */
export const wholeAccount: readonly Method[] = ['session', 'access-token', 'key'];

/** The same and API tokens, as far as their scopes go. */
export const wholeAccountAndApiTokens: readonly Method[] = [...wholeAccount, 'api-token'];

/** What only people have: the session of a browser, a server JWT or an access token. */
export const people: readonly Method[] = ['session', 'jwt', 'access-token'];

/** The same and API tokens, as far as their scopes go. */
export const peopleAndApiTokens: readonly Method[] = [...people, 'api-token'];

/**
 * Guards the API: finds out who it is, and refuses what a route's declaration does not allow. A request is refused before
 * anything of its body is read, so that a stranger learns the same whatever the body is. Who sends a body is asked once
 * more when it is there: a credential or right may have ended meanwhile.
 */
export function guardApi(app: FastifyInstance, context: ServerContext): void {
  const callers = bearerCallers(context);
  app.addHook('onRequest', (request) => letIn(context, request, callers));
  app.addHook('preHandler', async (request) => {
    const { 'content-length': length, 'transfer-encoding': coding } = request.headers;
    if (length !== undefined || coding !== undefined) await letIn(context, request, callers);
  });
}

/**
 * Finds out who it is, and lets them in where the route's declaration allows it; also asked again while an answer goes
 * on. @throws ApiError
 */
export async function letIn(
  context: ServerContext,
  request: FastifyRequest,
  callers: BearerCallers = askedAnew(context),
): Promise<void> {
  const access = accessOf(request);
  if (access === null) return;
  const caller = await authenticate(request, callers);
  requireStanding(context, caller, access);
  requireMethod(caller, access);
  const { may, scope = may === undefined || 'repository' in may ? undefined : 'admin' } = access;
  if (scope !== undefined) requireScope(caller, scope);
  // Nobody has a right on what the address cannot name: the route's schema refuses it.
  if (!isWellFormed(request)) return;
  if (access.may !== undefined) await requireRight(context, request, caller, access.may);
  admit(request, caller);
}

/**
 * Lets in a signed-in person whom nothing else is asked of, where the route itself knows who need not sign in.
 *
 * @throws ApiError 401, 403 `session_required`
 */
export async function letPersonIn(context: ServerContext, request: FastifyRequest): Promise<void> {
  const caller = await authenticate(request, askedAnew(context));
  requireMethod(caller, { caller: people });
  admit(request, caller);
}

function askedAnew(context: ServerContext): BearerCallers {
  return (token, source) => authenticateBearer(context, token, source);
}

/** Whether an address names what the route's schema takes. */
export function isWellFormed({ params, routeOptions }: FastifyRequest): boolean {
  const schema = routeOptions.schema?.params;
  return !(schema instanceof z.ZodType) || schema.safeParse(params).success;
}

function accessOf(request: FastifyRequest): ApiAccess | null {
  const { access } = request.routeOptions.config;
  return typeof access === 'object' && 'caller' in access ? access : null;
}

/** `Authorization: Bearer …` (RFC 6750, section 2.1): one credential of visible characters. */
const bearerPattern = /^Bearer +([\x21-\x7e]+)$/i;

/** Basic credentials (RFC 7617) in base64. */
const basicPattern = /^Basic +([A-Za-z0-9+/=]+)$/i;

/**
 * The token that stands as password in Basic credentials, of any user name: programs that read `.netrc` know no other way
 * to send it. A user's own password is no token, and opens nothing. Browsers are never asked for Basic credentials here; what
 * one was told elsewhere, such as by a proxy, it would send along with requests of every page, so from browsers none count.
 */
function passwordOf({ headers }: FastifyRequest): string | null {
  if (headers.origin !== undefined || headers['sec-fetch-site'] !== undefined) return null;
  const credentials = basicPattern.exec(headers.authorization ?? '')?.[1];
  const [, password = ''] = (credentials === undefined ? null : decodeBasic(credentials)) ?? [];
  return /^[\x21-\x7e]+$/.test(password) ? password : null;
}

/** The credential of a request, or null. */
export function bearerOf(request: FastifyRequest): string | null {
  return bearerPattern.exec(request.headers.authorization ?? '')?.[1] ?? null;
}

/** Cookies do not count here, so that no other web page can use them. */
async function authenticate(request: FastifyRequest, callers: BearerCallers): Promise<Caller> {
  const token = bearerOf(request) ?? passwordOf(request);
  if (token === null) {
    throw new ApiError(
      'unauthenticated',
      'Sign in first: send "Authorization: Bearer" and an API key, API token or session token.',
    );
  }
  return callers(token, sourceOf(request));
}

function requireMethod({ credential }: Caller, { caller: methods }: ApiAccess): void {
  if (methods.includes(credential.method)) return;
  throw new ApiError('session_required', 'This needs a signed-in person: use a session token, not a key.');
}
