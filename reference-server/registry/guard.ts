import type { FastifyReply, FastifyRequest, preHandlerAsyncHookHandler } from 'fastify';
import { requireStanding } from '../auth/standing.ts';
import { rememberedAccess } from '../access/repository-access.ts';
import type { Asker, RepositoryAccess } from '../access/repository-access.ts';
import { admit } from '../access/route-access.ts';
import { registryTokenCallers } from '../auth/authenticate.ts';
import type { RegistryTokenClaims } from '../auth/authenticate.ts';
import type { RegistryLimits } from '../auth/caller.ts';
import type { Principal } from '../identity/principals.ts';
import type { ServerContext } from '../context.ts';
import { createRepository } from '../identity/repositories.ts';
import type { RepositoryRef } from '../identity/repositories.ts';
import { DistributionError, nameUnknown } from '../http/distribution-error.ts';
import { registryService, registryTokenVerifier } from './registry-token.ts';
import { actionOf, catalogScope, formatScope } from './scopes.ts';
import type { ScopeAction } from './scopes.ts';

/** Who asks, and what the token gives. `principal` is null for an anonymous caller. */
interface RegistryCaller extends Asker {
  limits: RegistryLimits;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the registry's authorization before a handler runs. */
    registryCaller: RegistryCaller | null;
    registryAccess: RepositoryAccess | null;
    /** Asks the guard again, all but the token's signature and time; see `confirmRights`. */
    registryGuard: (() => Promise<void>) | null;
  }
}

/**
 * The hook that guards every route under `/v2`. It asks three questions: is the Bearer token good, does the credential
 * that bought it still count, and do both the token and its holder's rights allow the action. So a key, session or right
 * that is taken away ends at once and not with the token.
 *
 * - whoever no operator has approved yet: 403 DENIED
 * - no token, none of ours, or one whose credential has ended: 401 with a challenge
 * - the holder has the right, the token does not name it: 401 `insufficient_scope`, a new token helps
 * - no right, anonymous: 401 as well, because signing in may help
 * - no right, but readable: 403 DENIED; not readable: 404 NAME_UNKNOWN
 */
export function registryAuthorization(context: ServerContext): preHandlerAsyncHookHandler {
  const verifyToken = registryTokenVerifier(context);
  const callerOf = registryTokenCallers(context);
  const accessOf = rememberedAccess(context);

  async function guard(request: FastifyRequest, { need, name, scopes }: Need, claims: RegistryTokenClaims) {
    const { holder, limits } = claims;
    const caller = holder === null ? null : await callerOf(holder, claims);
    if (holder !== null && caller === null) {
      const message =
        'What this token was given for has ended: the key, session or password no longer counts.';
      throw challenge(context, scopes, 'invalid_token', message);
    }
    if (caller !== null) requireStanding(context, caller);
    const asker = { principal: caller?.principal ?? null, limits };
    request.registryCaller = asker;
    if (need === 'catalog' && !limits.list) {
      const message = 'The token does not allow to list the repositories.';
      throw challenge(context, scopes, 'insufficient_scope', message);
    }
    if (need !== 'catalog' && need !== 'any-token') {
      if (name === null) throw new DistributionError(403, 'DENIED', 'This address is closed.');
      const access = await accessOf(asker, name);
      request.registryAccess = access;
      if (access.withheld.has(actionOf[need])) {
        const message = `The token does not allow to ${need} ${name}.`;
        throw challenge(context, scopes, 'insufficient_scope', message);
      }
      if (!access.actions.has(actionOf[need])) throw refusal(context, asker, access, need);
    }
    admit(request, caller);
  }

  return async (request) => {
    const need = needOf(request);
    if (need === null) return;
    const claims = await authenticate(context, verifyToken, request, need.scopes);
    request.registryGuard = () => guard(request, need, claims);
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

/** What a request needs, of which repository, and the scopes that a token must name for it. */
interface Need {
  need: 'any-token' | 'catalog' | ScopeAction;
  name: string | null;
  scopes: readonly string[];
}

/** Null where the request needs no registry token. */
function needOf(request: FastifyRequest): Need | null {
  const { access } = request.routeOptions.config;
  if (typeof access !== 'object' || !('registry' in access)) return null;
  const need = access.registry;
  const name = requestedName(request);
  switch (need) {
    case 'credentials':
      return null;
    case 'any-token':
      return { need, name, scopes: [] };
    case 'catalog':
      return { need, name, scopes: [catalogScope] };
    case 'pull':
    case 'push':
    case 'delete':
      return { need, name, scopes: name === null ? [] : [neededScope(name, need)] };
  }
}

const neededActions: Readonly<Record<ScopeAction, readonly ScopeAction[]>> = {
  pull: ['pull'],
  push: ['pull', 'push'],
  delete: ['pull', 'delete'],
};

function neededScope(name: string, need: ScopeAction): string {
  return formatScope(name, neededActions[need]);
}

/** The full name of the repository that a request is about; null where it is about none. */
export function requestedName(request: FastifyRequest): string | null {
  const { name } = request.params as { name?: string };
  return name ?? null;
}

async function authenticate(
  context: ServerContext,
  verifyToken: (token: string) => Promise<RegistryTokenClaims>,
  request: FastifyRequest,
  scopes: readonly string[],
): Promise<RegistryTokenClaims> {
  const header = request.headers.authorization;
  if (header === undefined) throw challenge(context, scopes, null, 'Authentication is required.');
  const token = /^Bearer +(\S+)$/i.exec(header)?.[1];
  if (token === undefined) {
    const message = 'Only Bearer tokens from the token endpoint are taken here.';
    throw challenge(context, scopes, 'invalid_token', message);
  }
  return verifyToken(token).catch((error: unknown) => {
    if (!(error instanceof DistributionError)) throw error;
    throw challenge(context, scopes, 'invalid_token', error.message);
  });
}

const actionWords: Readonly<Record<ScopeAction, string>> = {
  pull: 'pull from',
  push: 'push to',
  delete: 'delete from',
};

function refusal(
  context: ServerContext,
  caller: RegistryCaller,
  { name, repository, actions, withheld }: RepositoryAccess,
  need: ScopeAction,
): DistributionError {
  if (caller.principal === null) {
    const message = `Sign in to ${actionWords[need]} ${name}.`;
    return challenge(context, [neededScope(name, need)], 'insufficient_scope', message);
  }
  const mayRead = actions.has('read') || withheld.has('read');
  if (need === 'pull' || repository === null || !mayRead) return nameUnknown(name);
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

/** Who asks for a repository, and with which rights. @throws Error where the guard did not run. */
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

/** The repository of a request that the guard let through. @throws DistributionError 404 where there is none yet. */
export function existingRepository(request: FastifyRequest): RepositoryRef {
  const { access } = authorizedCaller(request);
  if (access.repository !== null) return access.repository;
  throw nameUnknown(access.name);
}

/** The repository that a request may push to; the first push makes it. */
export async function repositoryToPushTo(
  context: ServerContext,
  request: FastifyRequest,
): Promise<RepositoryRef> {
  const { repository, name } = authorizedCaller(request).access;
  return repository ?? createRepository(context, authorizedPusher(request), name);
}

/** Marks every answer under `/v2` as the registry protocol's (OCI distribution specification 1.1, "API"). */
export function setApiVersion(_request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  reply.header('docker-distribution-api-version', 'registry/2.0');
  done();
}
