import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { RepositoryAction } from '../../contracts/server-api/repositories.ts';
import { coversScope } from '../../contracts/server-api/artifact-keeper/scopes.ts';
import type { TokenScope } from '../../contracts/server-api/artifact-keeper/scopes.ts';
import type { OrgRole } from '../../contracts/server-api/primitives.ts';
import type { AuditScope } from '../audit/audit-reader.ts';
import { isForOneOrganization } from '../auth/caller.ts';
import type { ApiKeyLimits, Caller } from '../auth/caller.ts';
import type { ServerContext } from '../context.ts';
import type { BranchTable, ProjectTable } from '../db/organization-schema.ts';
import { ApiError, notFound } from '../http/api-error.ts';
import { findBranch } from '../identity/branches.ts';
import { findProject } from '../identity/projects.ts';
import type { Covered } from '../identity/projects.ts';
import type { RepositoryRef } from '../identity/repositories.ts';
import { orgOfRepository } from '../identity/repository-name.ts';
import { lowerRole } from '../identity/roles.ts';
import { decideAudit, mayRevokeKey } from './decide.ts';
import { loadPrincipalFacts } from './facts.ts';
import { ruleOf } from '../../contracts/server-api/kisenon/organization-actions.ts';
import { decideAction } from './decide-action.ts';
import type { OrganizationAction } from '../../contracts/server-api/kisenon/organization-actions.ts';
import type { OrganizationRefusal } from './decide-action.ts';
import { askerOf, repositoryAccess } from './repository-access.ts';
import type { Need, ServerAction } from './route-access.ts';

/** The organization that a request is about, and the role that its caller acts with there. */
export interface FoundOrganization {
  id: string;
  slug: string;
  role: OrgRole;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** What the address names, set by the guard where the route says what the caller must be allowed to do. */
    repository: RepositoryRef | null;
    organization: FoundOrganization | null;
    project: ProjectTable | null;
    branch: BranchTable | null;
    auditScope: AuditScope | null;
  }
}

/** Makes room for what `requireRight` finds. Call it before there are routes. */
export function decorateFound(app: FastifyInstance): void {
  for (const name of ['repository', 'organization', 'project', 'branch', 'auditScope'] as const) {
    app.decorateRequest(name, null);
  }
}

/** What the guard has set for the handler. @throws Error where the route does not declare that it needs it. */
export function found<Value>(value: Value | null): Value {
  if (value === null) throw new Error('The route does not declare what its handler uses.');
  return value;
}

/** @throws ApiError 404 for what the caller may not know of, 403 for what the caller may not do. */
export async function requireRight(
  context: ServerContext,
  request: FastifyRequest,
  caller: Caller,
  need: Need,
): Promise<void> {
  const { name = '', kid = '', id = '', user } = request.params as Readonly<Record<string, string>>;
  if ('repository' in need)
    request.repository = await requireRepository(context, caller, name, need.repository);
  else if ('organization' in need) {
    const { method, id: credentialId } = caller.credential;
    const isItself = need.itself === true && method === 'api-key' && credentialId === id;
    const action = user === caller.principal.id ? need.self : undefined;
    await requireOrganization(context, request, caller, isItself ? null : (action ?? need.organization));
  } else if ('server' in need) {
    if (need.self === true && user === caller.principal.id) return;
    await requireOnServer(context, request, caller, need.server);
  } else if ('user' in need) {
    if (user === caller.principal.id) return;
    throw new ApiError('role_insufficient', 'This is for the user alone whom the address names.');
  } else if (!mayRevokeKey(caller.credential, kid))
    throw new ApiError('session_required', 'A key can revoke only itself. Sign in to revoke others.');
}

/** What an API token has to be good for, whatever its user may; other credentials have no scopes. @throws ApiError 403 */
export function requireScope({ credential: { limits } }: Caller, scope: TokenScope): void {
  if (limits?.kind !== 'api-token' || coversScope(limits.scopes, scope)) return;
  throw new ApiError('scope_insufficient', `For this an API token needs the scope ${scope}.`);
}

/**
 * A repository that the caller's user or bot may not read does not exist for the caller.
 *
 * @param called - How the caller names it, where that is not by its name.
 * @throws ApiError 404, 403
 */
export async function requireRepository(
  context: ServerContext,
  caller: Caller,
  name: string,
  action: RepositoryAction,
  called = name,
): Promise<RepositoryRef> {
  const { repository, actions, withheld } = await repositoryAccess(context, askerOf(caller), name);
  const isKnown = actions.has('read') || withheld.has('read');
  if (repository === null || !isKnown) throw notFound(`The repository ${called}`);
  if (actions.has(action)) return repository;
  const org = orgOfRepository(name) ?? '';
  // Where it is withheld, another token of its user would do.
  if (caller.credential.method === 'jwt' && withheld.has(action)) requireOwnOrganization(caller, org);
  if (caller.credential.method === 'api-token' && withheld.has(action)) {
    const words = `For this an API token needs the scope repository:${action}, and to be for ${name}.`;
    throw new ApiError('scope_insufficient', words);
  }
  const key = keyLimitsOf(caller);
  if (key !== null && (key.org !== org || key.scope.kind !== 'org')) {
    throw new ApiError('scope_insufficient', `For this use an API key for everything in ${org}.`);
  }
  if (key !== null && key.capability !== 'read_write') {
    const words = `An API key with the capability "${key.capability}" may not change who can use repositories.`;
    throw new ApiError('capability_insufficient', words);
  }
  throw new ApiError(
    'role_insufficient',
    `Only owners of ${org}, and those who have the right admin on ${name}, may change who can use it.`,
  );
}

/**
 * The organization is the one that the address names, else the one that the caller acts in. One that the caller does not
 * belong to does not exist for the caller; bots belong to none. So with projects and branches of other organizations.
 */
async function requireOrganization(
  context: ServerContext,
  request: FastifyRequest,
  caller: Caller,
  action: OrganizationAction | null,
): Promise<void> {
  const { org, project: projectId, branch: branchId } = request.params as Readonly<Record<string, string>>;
  const organization = await memberOf(context, caller, org ?? caller.organization?.slug);
  requireOwnOrganization(caller, organization.slug);
  request.organization = organization;
  if (projectId !== undefined) {
    request.project = await findProject(context.db, organization.id, projectId);
    if (request.project === null) throw notFound(`The project ${projectId}`);
  }
  if (branchId !== undefined) {
    request.branch = await findBranch(context.db, projectId ?? '', branchId);
    if (request.branch === null) throw notFound(`The branch ${branchId}`);
  }
  if (action === null) return;
  const target = { projectId: projectId ?? null, branchId: branchId ?? null };
  const refusal = decideAction(action, target, organization.role, keyLimitsOf(caller));
  if (refusal !== null) throw refused(refusal, action, organization, keyLimitsOf(caller));
}

/** The API key's limits; null where the caller uses none. */
export function keyLimitsOf({ credential: { limits } }: Caller): ApiKeyLimits | null {
  return limits?.kind === 'api-key' ? limits : null;
}

/** What the caller's credential covers of projects and branches. */
export function coveredBy(caller: Caller): Covered {
  const scope = keyLimitsOf(caller)?.scope ?? { kind: 'org' };
  return {
    projects: scope.kind === 'org' ? null : [...scope.projects],
    branches: scope.kind === 'branch' ? [...scope.branches] : null,
  };
}

async function memberOf(
  context: ServerContext,
  { principal, credential, organization }: Caller,
  slug: string | undefined,
): Promise<FoundOrganization> {
  const who = await loadPrincipalFacts(context, principal);
  const place = who.roles.find((each) => each.slug === slug);
  if (!who.active || place === undefined || slug === undefined) {
    throw notFound(slug === undefined ? 'An organization that you belong to' : `The organization ${slug}`);
  }
  // The role in a server JWT may be an older, lower one.
  const own = credential.method === 'jwt' && organization?.slug === slug ? organization.role : place.role;
  return { id: place.orgId, slug, role: lowerRole(place.role, own) ?? place.role };
}

function requireOwnOrganization({ credential, organization }: Caller, slug: string): void {
  if (!isForOneOrganization(credential) || organization?.slug === slug) return;
  const own = organization === null ? 'no organization' : organization.slug;
  throw new ApiError(
    'scope_insufficient',
    `This credential acts in ${own}, not in ${slug}. Switch to ${slug}, or use a key that was made there.`,
  );
}

function refused(
  refusal: OrganizationRefusal,
  action: OrganizationAction,
  { slug }: FoundOrganization,
  key: ApiKeyLimits | null,
): ApiError {
  return new ApiError(refusal, refusalWords(refusal, action, slug, key));
}

function refusalWords(
  refusal: OrganizationRefusal,
  action: OrganizationAction,
  slug: string,
  key: ApiKeyLimits | null,
): string {
  const { role, words } = ruleOf(action);
  switch (refusal) {
    case 'scope_insufficient':
      return isInert(key)
        ? 'Everything that this API key was for has been deleted. Make a new key.'
        : 'This API key is for other projects or branches. Use one whose scope reaches this.';
    case 'capability_insufficient':
      return `An API key with the capability "${key?.capability ?? ''}" may not ${words}.`;
    case 'role_insufficient': {
      const who = { viewer: 'members', member: 'members', admin: 'admins and owners', owner: 'owners' }[role];
      return `Only ${who} of ${slug} may ${words}.`;
    }
  }
}

/** Whether nothing is left of what an API key was for. */
export function isInert(key: ApiKeyLimits | null): boolean {
  return key !== null && key.scope.kind !== 'org' && key.scope.projects.size === 0;
}

async function requireOnServer(
  context: ServerContext,
  request: FastifyRequest,
  caller: Caller,
  action: ServerAction,
): Promise<void> {
  if (action === 'read-audit') {
    request.auditScope = await requireAudit(context, caller);
    return;
  }
  const { active, administrator, operator } = await loadPrincipalFacts(context, caller.principal);
  if (action === 'administer') {
    if (active && administrator) return;
    throw new ApiError('role_insufficient', 'Only administrators of this server may do this.');
  }
  if (active && operator) return;
  throw new ApiError('role_insufficient', 'Only operators of this server may decide about accounts.');
}

async function requireAudit(context: ServerContext, caller: Caller): Promise<AuditScope> {
  if (isForOneOrganization(caller.credential) && caller.organization !== null) {
    const organization = await memberOf(context, caller, caller.organization.slug);
    const key = keyLimitsOf(caller);
    const refusal = decideAction('audit:read', { projectId: null, branchId: null }, organization.role, key);
    if (refusal !== null) throw refused(refusal, 'audit:read', organization, key);
    return { all: false, orgIds: [organization.id] };
  }
  const who = await loadPrincipalFacts(context, caller.principal);
  const scope = isForOneOrganization(caller.credential) ? null : decideAudit(who);
  if (scope !== null) return scope;
  throw new ApiError(
    'role_insufficient',
    'Only owners of an organization and administrators may read the audit log.',
  );
}
