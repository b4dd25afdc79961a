import type { FastifyReply, FastifyRequest, preHandlerAsyncHookHandler } from 'fastify';
import type { Principal } from '../auth/credentials.ts';
import { rememberedStanding } from '../auth/standing.ts';
import type { ServerContext } from '../context.ts';
import { rememberedAccess } from '../access/access.ts';
import type { RepositoryAccess } from '../access/access.ts';
import { DistributionError, nameUnknown } from './distribution-error.ts';
import { registryService, registryTokenVerifier, tokenAllows, tokenAllowsCatalog } from './registry-token.ts';
import type { RegistryClaims } from './registry-token.ts';
import { catalogScope, formatScope } from './scopes.ts';
import type { ScopeAction } from './scopes.ts';

/** Who asks, and what the token names. `principal` is null for an anonymous caller. */
export interface RegistryCaller extends Pick<RegistryClaims, 'access'> {
  principal: Principal | null;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a route under `/v2` needs; a route that does not say is closed. */
    registry?: 'any-token' | 'catalog' | ScopeAction | 'open';
  }
  interface FastifyRequest {
    /** Set by the registry's authorization before a handler runs. */
    registryCaller: RegistryCaller | null;
    registryAccess: RepositoryAccess | null;
    /** The second half of the guard once more; see `confirmRights`. */
    registryGuard: (() => Promise<void>) | null;
  }
}

/** Rights on a repository that does not exist come from the right to create it. */
export function accessAllows(access: RepositoryAccess, action: ScopeAction): boolean {
  if (access.repository === null) return access.mayCreate;
  const needed = { pull: 'read', push: 'write', delete: 'delete' } as const;
  return access.actions.has(needed[action]);
}

/**
 * The hook that guards every route under `/v2`. It asks three times: is the Bearer token good and does it name the
 * action, does what bought it still count, and does its holder still have the right. So what is taken away, key,
 * session or right, ends at once and not with the token.
 *
 * - no token, none of ours, or one whose credential has ended: 401 with a challenge
 * - the right is there, the token does not name it: 401 `insufficient_scope`, a new token will do
 * - no right, anonymous: 401 as well, for signing in may help
 * - no right, but readable: 403 DENIED; not readable: 404 NAME_UNKNOWN
 */
export function registryAuthorization(context: ServerContext): preHandlerAsyncHookHandler {
  const verifyToken = registryTokenVerifier(context);
  const standingOf = rememberedStanding(context);
  const accessOf = rememberedAccess(context);

  async function guard(request: FastifyRequest, { holder, access }: RegistryClaims): Promise<void> {
    const { need, name, wanted } = needOf(request);
    const principal = holder === null ? null : await standingOf(holder);
    if (holder !== null && principal === null) {
      const message =
        'What this token was given for has ended: the key, session or password no longer counts.';
      throw challenge(context, wanted, 'invalid_token', message);
    }
    const caller = { principal, access };
    request.registryCaller = caller;
    if (need === 'any-token') return;
    if (need === 'catalog') {
      if (tokenAllowsCatalog(caller)) return;
      const message = 'The token does not allow to list the repositories.';
      throw challenge(context, wanted, 'insufficient_scope', message);
    }
    if (need === undefined || name === null)
      throw new DistributionError(403, 'DENIED', 'This address is closed.');
    const found = await accessOf(principal, name);
    request.registryAccess = found;
    if (!accessAllows(found, need)) throw refusal(context, caller, found, name, need);
    if (!tokenAllows(caller, name, need)) {
      throw challenge(context, wanted, 'insufficient_scope', `The token does not allow to ${need} ${name}.`);
    }
  }

  return async (request) => {
    if (request.routeOptions.config.registry === 'open') return;
    const claims = await authenticate(context, verifyToken, request, needOf(request).wanted);
    request.registryGuard = () => guard(request, claims);
    await request.registryGuard();
  };
}

/**
 * Asks the guard again, once a body has arrived and before what came in it counts: the caller may have been shut out
 * meanwhile. That the token's own time ended under way is no reason to refuse.
 *
 * @throws DistributionError as the guard does.
 */
export async function confirmRights(request: FastifyRequest): Promise<void> {
  if (request.registryGuard === null) throw new Error('The registry guard is missing.');
  await request.registryGuard();
}

/** What a request needs, of which repository, and the scope that says so. */
function needOf(request: FastifyRequest) {
  const { registry } = request.routeOptions.config;
  const need = registry === 'open' ? 'any-token' : registry;
  const name = requestedName(request);
  if (need === 'catalog') return { need, name, wanted: [catalogScope] };
  const anywhere = name === null || need === undefined || need === 'any-token';
  return { need, name, wanted: anywhere ? [] : [wantedScope(name, need)] };
}

const neededActions: Readonly<Record<ScopeAction, readonly ScopeAction[]>> = {
  pull: ['pull'],
  push: ['pull', 'push'],
  delete: ['pull', 'delete'],
};

function wantedScope(name: string, need: ScopeAction): string {
  return formatScope(name, neededActions[need]);
}

/** The full name of the repository that a request is about; null where it is about none. */
export function requestedName(request: FastifyRequest): string | null {
  const { name } = request.params as { name?: string };
  return name ?? null;
}

async function authenticate(
  context: ServerContext,
  verifyToken: (token: string) => Promise<RegistryClaims>,
  request: FastifyRequest,
  wanted: readonly string[],
): Promise<RegistryClaims> {
  const header = request.headers.authorization;
  if (header === undefined) throw challenge(context, wanted, null, 'Authentication is required.');
  const token = /^Bearer +(\S+)$/i.exec(header)?.[1];
  if (token === undefined) {
    const message = 'Only Bearer tokens from the token endpoint are taken here.';
    throw challenge(context, wanted, 'invalid_token', message);
  }
  return verifyToken(token).catch((error: unknown) => {
    if (!(error instanceof DistributionError)) throw error;
    throw challenge(context, wanted, 'invalid_token', error.message);
  });
}

const deeds: Readonly<Record<ScopeAction, string>> = {
  pull: 'pull from',
  push: 'push to',
  delete: 'delete from',
};

function refusal(
  context: ServerContext,
  caller: RegistryCaller,
  access: RepositoryAccess,
  name: string,
  need: ScopeAction,
): DistributionError {
  if (caller.principal === null) {
    const message = `Sign in to ${deeds[need]} ${name}.`;
    return challenge(context, [wantedScope(name, need)], 'insufficient_scope', message);
  }
  if (need === 'pull' || access.repository === null || !access.actions.has('read')) return nameUnknown(name);
  return new DistributionError(
    403,
    'DENIED',
    need === 'push'
      ? `You may pull from ${name}, not push to it: ask an owner of the organization for the writer permission.`
      : `You may not delete from ${name}: owners of the organization may.`,
  );
}

/**
 * A 401 with the challenge that clients follow to the token endpoint (RFC 6750, section 3; distribution token
 * specification).
 *
 * @param scopes - What a token must name for the request to succeed.
 * @param error - RFC 6750 error code; null when no credentials were sent.
 */
export function challenge(
  context: ServerContext,
  scopes: readonly string[],
  error: 'invalid_token' | 'insufficient_scope' | null,
  message: string,
): DistributionError {
  const parts = [`realm="${context.origin()}/v2/token"`, `service="${registryService(context)}"`];
  if (scopes.length > 0) parts.push(`scope="${scopes.join(' ')}"`);
  if (error !== null) parts.push(`error="${error}"`);
  return new DistributionError(401, 'UNAUTHORIZED', message, {
    headers: { 'www-authenticate': `Bearer ${parts.join(',')}` },
  });
}

/** What a handler works with that needs a repository. Fails loudly where the guard did not run. */
export function authorizedCaller(request: FastifyRequest): {
  caller: RegistryCaller;
  access: RepositoryAccess;
} {
  if (request.registryCaller === null || request.registryAccess === null)
    throw new Error('The registry guard is missing.');
  return { caller: request.registryCaller, access: request.registryAccess };
}

/** Who pushes with a request that the guard let through. */
export function authorizedPusher(request: FastifyRequest): Principal {
  const { principal } = authorizedCaller(request).caller;
  if (principal === null) throw new DistributionError(403, 'DENIED', 'Sign in to push.');
  return principal;
}

/** The repository of a request whose guard found that it exists. */
export function existingRepository(request: FastifyRequest): NonNullable<RepositoryAccess['repository']> {
  const { access } = authorizedCaller(request);
  if (access.repository !== null) return access.repository;
  throw nameUnknown(requestedName(request) ?? '');
}

/** Marks every answer under `/v2` as the registry protocol's (OCI distribution specification 1.1, "API"). */
export function setApiVersion(_request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  reply.header('docker-distribution-api-version', 'registry/2.0');
  done();
}
