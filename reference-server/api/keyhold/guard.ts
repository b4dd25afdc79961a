import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { repositoryAccess, askerOf } from '../../access/repository-access.ts';
import { decideAudit, decideOrganization, mayRevokeKey } from '../../access/decide.ts';
import type { OrganizationAction } from '../../access/decide.ts';
import { loadPrincipalFacts } from '../../access/facts.ts';
import { admit } from '../../access/route-access.ts';
import type { ApiAccess, Need } from '../../access/route-access.ts';
import type { AuditScope } from '../../audit/audit-reader.ts';
import { authenticateBearer } from '../../auth/authenticate.ts';
import type { Caller, Method } from '../../auth/caller.ts';
import type { ServerContext } from '../../context.ts';
import type { RepositoryAction } from '../../../contracts/server-api/repositories.ts';
import { ApiError, notFound } from '../../http/api-error.ts';
import type { RepositoryRef } from '../../identity/repositories.ts';
import { orgOfRepository } from '../../identity/repository-name.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** What the address names, set by the guard where the route says what the caller must be allowed to do. */
    repository: RepositoryRef | null;
    organization: { id: string; slug: string } | null;
    auditScope: AuditScope | null;
  }
}

/** What a caller signs in to this API with: a session's token, or one that a registered key signed. */
export const signedIn: readonly Method[] = ['session', 'key'];

/**
 * Guards the API: finds out who it is, and refuses what a route's declaration does not allow. A request is refused before
 * anything of its body is read, so that a stranger learns the same whatever the body is. Who sends a body is asked once
 * more when it is there: a credential or right may have ended meanwhile.
 */
export function guardApi(app: FastifyInstance, context: ServerContext): void {
  const guard = async (request: FastifyRequest) => {
    const access = accessOf(request);
    if (access === null) return;
    const caller = await authenticate(context, request);
    requireMethod(caller, access);
    // Nobody has a right on what the address cannot name: the route's schema refuses it.
    if (!isWellFormed(request)) return;
    if (access.may !== undefined) await requireRight(context, request, caller, access.may);
    admit(request, caller);
  };
  app.addHook('onRequest', guard);
  app.addHook('preHandler', async (request) => {
    const { 'content-length': length, 'transfer-encoding': coding } = request.headers;
    if (length !== undefined || coding !== undefined) await guard(request);
  });
}

function isWellFormed({ params, routeOptions }: FastifyRequest): boolean {
  const schema = routeOptions.schema?.params;
  return !(schema instanceof z.ZodType) || schema.safeParse(params).success;
}

function accessOf(request: FastifyRequest): ApiAccess | null {
  const { access } = request.routeOptions.config;
  return typeof access === 'object' && 'caller' in access ? access : null;
}

/** `Authorization: Bearer …` (RFC 6750, section 2.1): one credential of visible characters. */
const bearerPattern = /^Bearer +([\x21-\x7e]+)$/i;

/** Cookies do not count here, so that no other web page can use them. */
async function authenticate(context: ServerContext, request: FastifyRequest): Promise<Caller> {
  const token = bearerPattern.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) {
    throw new ApiError(
      'unauthenticated',
      'Sign in first: send "Authorization: Bearer" and an API or session token.',
    );
  }
  return authenticateBearer(context, token, request.ip);
}

function requireMethod({ credential }: Caller, { caller: methods }: ApiAccess): void {
  if (methods.includes(credential.method)) return;
  throw new ApiError('session_required', 'This needs a signed-in person: use a session token, not a key.');
}

async function requireRight(
  context: ServerContext,
  request: FastifyRequest,
  caller: Caller,
  need: Need,
): Promise<void> {
  const { name = '', org = '', kid = '' } = request.params as Readonly<Record<string, string>>;
  if ('repository' in need)
    request.repository = await requireRepository(context, caller, name, need.repository);
  else if ('organization' in need)
    request.organization = await requireOrganization(context, caller, org, need.organization);
  else if ('server' in need) request.auditScope = await requireAudit(context, caller);
  else if (!mayRevokeKey(caller.credential, kid))
    throw new ApiError('session_required', 'A key can revoke only itself. Sign in to revoke others.');
}

/** A repository that the caller may not read does not exist for the caller. */
async function requireRepository(
  context: ServerContext,
  caller: Caller,
  name: string,
  action: RepositoryAction,
): Promise<RepositoryRef> {
  const { repository, actions } = await repositoryAccess(context, askerOf(caller), name);
  if (repository === null || !actions.has('read')) throw notFound(`The repository ${name}`);
  if (actions.has(action)) return repository;
  const org = orgOfRepository(name) ?? '';
  throw new ApiError('role_insufficient', `Only owners of ${org} may change who can use its repositories.`);
}

/** An organization that the caller does not belong to does not exist for the caller; bots belong to none. */
async function requireOrganization(
  context: ServerContext,
  { principal }: Caller,
  slug: string,
  action: OrganizationAction,
): Promise<{ id: string; slug: string }> {
  const who = await loadPrincipalFacts(context, principal);
  const { actions } = decideOrganization(who, slug);
  const id = who.roles.find((role) => role.slug === slug)?.orgId;
  if (id === undefined || !actions.has('see')) throw notFound(`The organization ${slug}`);
  if (actions.has(action)) return { id, slug };
  throw new ApiError('role_insufficient', `Only admins and owners of ${slug} may see and change its bots.`);
}

async function requireAudit(context: ServerContext, { principal }: Caller): Promise<AuditScope> {
  const scope = decideAudit(await loadPrincipalFacts(context, principal));
  if (scope !== null) return scope;
  throw new ApiError(
    'role_insufficient',
    'Only owners of an organization and administrators may read the audit log.',
  );
}

/** What the guard has set for the handler. @throws Error where the route does not declare that it needs it. */
export function found<Value>(value: Value | null): Value {
  if (value === null) throw new Error('The route does not declare what its handler uses.');
  return value;
}
