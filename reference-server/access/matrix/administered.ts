import type { ServerContext } from '../../context.ts';
import { coversScope } from '../../../contracts/server-api/artifact-keeper/scopes.ts';
import type { Caller, Limits } from '../../auth/caller.ts';
import { belongsTo, hasNotEnded } from '../../db/grant-columns.ts';
import { ApiError, notFound } from '../../http/api-error.ts';
import { mainSlug } from '../../identity/main-organization.ts';
import type { RepositoryRef } from '../../identity/repositories.ts';
import { decideRepository } from '../decide.ts';
import type { PrincipalFacts } from '../decide.ts';
import { loadPrincipalFacts } from '../facts.ts';
import { askerOf, repositoriesAccess } from '../repository-access.ts';
import type { Asker } from '../repository-access.ts';
import { namesBehind } from '../repositories/repository-list.ts';

/** An organization in which a caller may change who can use something. */
export interface AdministeredOrganization {
  id: string;
  slug: string;
  name: string;
  /** Whether the caller administers all that there is, by role. */
  all: boolean;
  /** Whom the caller may be shown. */
  known: KnownOrganizations;
}

/**
 * Slugs of the organizations, of one and `main`, whose people and groups are shown to somebody by other routes, too. Who
 * is not shown those, knows nobody there but who has a grant on what they administer.
 */
export type KnownOrganizations = ReadonlySet<string>;

/** Among known organizations: all people of the server are shown to the caller, as its administrator. No slug. */
export const everybody = '*';

/**
 * The organization of a slug, in which the caller administers at least one repository, or all that there will be.
 *
 * @throws ApiError 404 where the caller may not know of it, 403
 */
export async function requireAdministered(
  context: ServerContext,
  caller: Caller,
  slug: string,
): Promise<AdministeredOrganization> {
  const asker = askerOf(caller);
  const who = await loadPrincipalFacts(context, caller.principal);
  const [found] = await organizationQuery(context, asker, who).where('slug', '=', slug).execute();
  const isMember = who.roles.some((role) => role.slug === slug);
  if (found === undefined && !isMember) throw notFound(`The organization ${slug}`);
  if (found !== undefined) {
    if (await administers(context, asker, who, found)) {
      const all = administersAll(context, withoutReach(asker), who, slug);
      return { ...found, all, known: knownTo(asker, who, slug) };
    }
    if (await administers(context, { ...asker, limits: null }, who, found)) {
      throw new ApiError(
        'scope_insufficient',
        `This credential is not good for changing who can use repositories of ${slug}.`,
      );
    }
  }
  throw new ApiError(
    'role_insufficient',
    `Only owners of ${slug}, and those who have the right admin on one of its repositories, may see and change who can use them.`,
  );
}

/**
 * The same, for what is about all that there is and will be: for owners and administrators of the server, by a credential
 * that is good for all of it.
 *
 * @throws ApiError 403, 404
 */
export async function requireAllAdministered(
  context: ServerContext,
  caller: Caller,
  slug: string,
): Promise<AdministeredOrganization> {
  const org = await requireAdministered(context, caller, slug);
  if (await isAllAdministered(context, caller, slug)) return org;
  if (org.all) {
    throw new ApiError(
      'scope_insufficient',
      `For this an API token needs the scope repository:admin, and to be for all repositories of ${slug}.`,
    );
  }
  throw new ApiError('role_insufficient', `Only owners of ${slug} may change this.`);
}

/** Whether a caller administers all that there is and will be in an organization, by this credential. */
export async function isAllAdministered(
  context: ServerContext,
  caller: Caller,
  slug: string,
): Promise<boolean> {
  const who = await loadPrincipalFacts(context, caller.principal);
  return administersAll(context, askerOf(caller), who, slug);
}

/** A page of the organizations as `requireAdministered` finds them, by slug. */
export async function listAdministered(
  context: ServerContext,
  caller: Caller,
  { limit, after }: { limit: number; after: string },
): Promise<{ organizations: { slug: string; name: string }[]; next: string | undefined }> {
  const asker = askerOf(caller);
  const who = await loadPrincipalFacts(context, caller.principal);
  const organizations: { slug: string; name: string }[] = [];
  for (let last: string | undefined = after; last !== undefined;) {
    const rows = await organizationQuery(context, asker, who)
      .where('slug', '>', last)
      .orderBy('slug')
      .limit(limit + 1)
      .execute();
    for (const row of rows) {
      if (!(await administers(context, asker, who, row))) continue;
      const next = organizations.at(-1)?.slug;
      if (organizations.length === limit) return { organizations, next };
      organizations.push({ slug: row.slug, name: row.name });
    }
    last = rows.length <= limit ? undefined : rows.at(-1)?.slug;
  }
  return { organizations, next: undefined };
}

/** As many as one look at the database decides about. */
const pageSize = 500;

/**
 * A page of the repositories of an organization that somebody administers, by name.
 *
 * @returns And the name behind which the next page begins.
 */
export async function administeredRepositories(
  context: ServerContext,
  asker: Asker,
  org: { id: string; slug: string },
  { limit, after }: { limit: number; after: string },
): Promise<{ repositories: RepositoryRef[]; next: string | undefined }> {
  const repositories: RepositoryRef[] = [];
  const who = asker.principal && (await loadPrincipalFacts(context, asker.principal));
  for (let last: string | undefined = after; last !== undefined;) {
    const size = Math.max(limit + 1, pageSize);
    const names: string[] = await candidates(context, asker, who, org, last, size);
    for (const { repository, actions } of await repositoriesAccess(context, asker, names)) {
      if (repository === null || !actions.has('admin')) continue;
      if (repositories.length === limit) return { repositories, next: repositories.at(-1)?.fullName };
      repositories.push(repository);
    }
    last = names.length < size ? undefined : names.at(-1);
  }
  return { repositories, next: undefined };
}

/** Whether somebody administers all repositories of an organization, whatever they are called. */
function administersAll(
  context: ServerContext,
  { limits }: Asker,
  who: PrincipalFacts | null,
  slug: string,
): boolean {
  const any = { name: `${slug}/any`, org: slug, repository: null, grants: [] };
  return decideRepository(who, any, limits, context.now()).actions.has('admin');
}

async function administers(
  context: ServerContext,
  asker: Asker,
  who: PrincipalFacts,
  org: { id: string; slug: string },
): Promise<boolean> {
  if (administersAll(context, asker, who, org.slug)) return true;
  const { repositories } = await administeredRepositories(context, asker, org, { limit: 1, after: '' });
  return repositories.length > 0;
}

/** A caller by role alone: which repositories an API token is for, says nothing of that. */
function withoutReach({ principal, limits }: Asker): Asker {
  return { principal, limits: limits?.kind === 'api-token' ? null : limits };
}

/** Whom in an organization of this slug, and in `main`, a caller may be shown. */
export async function loadKnown(
  context: ServerContext,
  caller: Caller,
  slug: string,
): Promise<KnownOrganizations> {
  return knownTo(askerOf(caller), await loadPrincipalFacts(context, caller.principal), slug);
}

function knownTo({ limits }: Asker, who: PrincipalFacts, slug: string): KnownOrganizations {
  const known = [slug, mainSlug].filter((org) => isKnownTo(limits, who, org));
  const isWhole = limits === null || limits.kind === 'api-token';
  const isAll = who.administrator && isWhole && known.length > 0;
  return new Set(isAll ? [...known, everybody] : known);
}

function isKnownTo(limits: Limits | null, { administrator, roles }: PrincipalFacts, org: string): boolean {
  const isMember = roles.some(({ slug }) => slug === org);
  switch (limits?.kind) {
    case undefined:
      return administrator || isMember;
    case 'api-token':
      return (administrator || isMember) && coversScope(limits.scopes, 'read:users');
    case 'jwt':
      return isMember && limits.org === org;
    case 'api-key':
      return isMember && limits.org === org && limits.scope.kind === 'org';
    case 'registry-token':
      return false;
  }
}

/** The organizations in which somebody may administer something, or has some grant: as far as a query can tell. */
function organizationQuery(context: ServerContext, { principal }: Asker, who: PrincipalFacts) {
  const id = principal?.id ?? '';
  const query = context.db.selectFrom('organizations').select(['id', 'slug', 'display_name as name']);
  if (who.administrator) return query;
  return query.where((where) =>
    where.or([
      where('id', 'in', (sub) =>
        sub
          .selectFrom('memberships')
          .select('memberships.org_id')
          .where('user_id', '=', id)
          .where('role', '=', 'owner'),
      ),
      where('id', 'in', (sub) =>
        sub
          .selectFrom('grants')
          .innerJoin('repositories', 'repositories.id', 'grants.repository_id')
          .select('repositories.org_id')
          .where(belongsTo(id))
          .where(hasNotEnded(context.now())),
      ),
    ]),
  );
}

async function candidates(
  context: ServerContext,
  asker: Asker,
  who: PrincipalFacts | null,
  org: { id: string; slug: string },
  after: string,
  limit: number,
): Promise<string[]> {
  return namesBehind(candidateQuery(context, asker, who, org), after, limit);
}

/**
 * The repositories of an organization that somebody administers, as far as a query can tell. It narrows the search;
 * `repositoriesAccess` decides about each.
 */
export function candidateQuery(
  context: ServerContext,
  { principal, limits }: Asker,
  who: PrincipalFacts | null,
  org: { id: string; slug: string },
) {
  let query = context.db.selectFrom('repositories').where('org_id', '=', org.id);
  if (!administersAll(context, { principal, limits: null }, who, org.slug)) {
    query = query.where('id', 'in', (sub) =>
      sub
        .selectFrom('grants')
        .select('grants.repository_id')
        .where(belongsTo(principal?.id ?? ''))
        .where(hasNotEnded(context.now()))
        .where('effect', '=', 'allow')
        .where('actions', 'like', '%admin%'),
    );
  }
  if (limits?.kind === 'api-token' && limits.repositories !== null) {
    query = query.where((where) =>
      limits.repositories?.size === 0
        ? where.lit(false)
        : where('id', 'in', [...(limits.repositories ?? [])]),
    );
  }
  return query;
}
