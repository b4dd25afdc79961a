import { coversScope } from '../../contracts/server-api/artifact-keeper/scopes.ts';
import type { OrgRole } from '../../contracts/server-api/primitives.ts';
import type { RepositoryAction } from '../../contracts/server-api/repositories.ts';
import type { AuditScope } from '../audit/audit-reader.ts';
import type { Credential, Limits } from '../auth/caller.ts';
import type { RepositoryRef } from '../identity/repositories.ts';
import { repositoryActions } from '../db/grant-columns.ts';
import { lowerRole } from '../identity/roles.ts';
import { actionsOfRole } from './decide-action.ts';

/** What is known of somebody whose rights are asked for. */
export interface PrincipalFacts {
  /** False for a user whose account is closed or waits for an operator, and for a deleted bot. */
  active: boolean;
  /** Of the whole server: may do everything to each repository. */
  administrator: boolean;
  /** By the role on the server, may do no more than read, whatever else is given. */
  viewer: boolean;
  /** Decides about accounts that wait: an administrator, or whose e-mail address the configuration names. */
  operator: boolean;
  /** Each organization that a user belongs to. */
  roles: readonly { orgId: string; slug: string; role: OrgRole }[];
}

/**
 * One grant on a repository to the one who asks or to a group of theirs, also when it has ended. `ends` is RFC 3339, null
 * for never.
 */
export interface GrantFacts {
  id: string;
  /** Whom it is given to, where that is not the one who asks alone. */
  group: { id: string; name: string } | null;
  actions: readonly RepositoryAction[];
  effect: 'allow' | 'deny';
  ends: string | null;
}

/** What is known of a repository, or of a name that none has yet. */
export interface RepositoryFacts {
  name: string;
  /** Slug of its organization; null for a name that no repository can have. */
  org: string | null;
  /** Null as long as there is none of this name. */
  repository: RepositoryRef | null;
  grants: readonly GrantFacts[];
}

/** Why somebody may do what a decision says, or may not. */
export type Fact =
  | { kind: 'inactive' }
  | { kind: 'administrator' }
  | { kind: 'role'; org: string; role: OrgRole }
  | { kind: 'public' }
  | { kind: 'grant'; grant: GrantFacts }
  | { kind: 'viewer'; withheld: readonly RepositoryAction[] }
  | { kind: 'limit'; withheld: readonly RepositoryAction[] };

/** What somebody may do to something. */
export interface Decision<Action> {
  actions: ReadonlySet<Action>;
  because: readonly Fact[];
  /** When it changes by itself, RFC 3339; null when it does not. */
  until: string | null;
}

/** What somebody may do to a repository. */
export interface RepositoryDecision extends Decision<RepositoryAction> {
  /** What the principal may do, and the credential is not good for. */
  withheld: ReadonlySet<RepositoryAction>;
}

/**
 * What somebody may do to a repository. Owners of its organization and administrators of the server may do everything.
 * Everybody may read a public one; beyond that, others may do what grants to them and to their groups allow that have not
 * ended, unless one denies it. Whose role on the server is viewer may read at most. A credential with limits gives only
 * what both it and its holder may do. `write` on a name that no repository has yet is the right to make it.
 *
 * @param who - Null: nobody is signed in.
 * @param limits - Of the credential; null for none.
 */
export function decideRepository(
  who: PrincipalFacts | null,
  on: RepositoryFacts,
  limits: Limits | null,
  now: Date,
): RepositoryDecision {
  const rights = rightsOn(who, on, now.toISOString());
  if (limits === null) return { ...rights, withheld: new Set() };
  const named = goodFor(limits, who, on, now.toISOString());
  const withheld = [...rights.actions].filter((action) => !named.actions.has(action));
  return {
    actions: new Set([...rights.actions].filter((action) => named.actions.has(action))),
    because: withheld.length === 0 ? rights.because : [...rights.because, { kind: 'limit', withheld }],
    until: [rights.until, named.until].filter((end) => end !== null).toSorted()[0] ?? null,
    withheld: new Set(withheld),
  };
}

/**
 * What a credential with limits is good for. An API key reaches repositories only with the whole of its organization as
 * its scope; an API token what its scopes name, in the repositories that it is for; a server JWT none of another organization of its user, which it can be exchanged for. What is public,
 * everybody may read.
 */
function goodFor(
  limits: Limits,
  who: PrincipalFacts | null,
  on: RepositoryFacts,
  now: string,
): Pick<Decision<RepositoryAction>, 'actions' | 'until'> {
  const { name, org, repository } = on;
  const shown: RepositoryAction[] = repository?.public === true ? ['read'] : [];
  switch (limits.kind) {
    case 'registry-token':
      return { actions: limits.repositories.get(name) ?? new Set(), until: null };
    case 'api-key': {
      const byCapability = { read: ['read'], agent: shown, read_write: repositoryActions } as const;
      const isReached = limits.org === org && limits.scope.kind === 'org';
      const actions = isReached ? byCapability[limits.capability] : shown;
      return { actions: new Set<RepositoryAction>(actions), until: null };
    }
    case 'api-token': {
      const { repositories, scopes } = limits;
      const isReached = repositories === null || (repository !== null && repositories.has(repository.id));
      const named = repositoryActions.filter((action) => coversScope(scopes, `repository:${action}`));
      return { actions: new Set(isReached ? [...shown, ...named] : shown), until: null };
    }
    case 'jwt':
      if (who?.roles.some(({ slug }) => slug === org && slug !== limits.org) === true) {
        return { actions: new Set(shown), until: null };
      }
      return rightsOn(who && withRole(who, limits.role), on, now);
  }
}

/** Somebody with no higher role than this one, and none on the server that gives anything. */
function withRole(who: PrincipalFacts, most: OrgRole | null): PrincipalFacts {
  const roles = who.roles.flatMap((each) => {
    const role = lowerRole(each.role, most);
    return role === null ? [] : [{ ...each, role }];
  });
  return { ...who, administrator: false, roles };
}

function rightsOn(who: PrincipalFacts | null, on: RepositoryFacts, now: string): Decision<RepositoryAction> {
  const given = givenOn(who, on, now);
  const withheld = [...given.actions].filter((action) => action !== 'read');
  if (who?.viewer !== true || withheld.length === 0) return given;
  return {
    actions: new Set([...given.actions].filter((action) => action === 'read')),
    because: [...given.because, { kind: 'viewer', withheld }],
    until: given.until,
  };
}

/** All that was given to somebody. */
function givenOn(
  who: PrincipalFacts | null,
  { org, repository, grants }: RepositoryFacts,
  now: string,
): Decision<RepositoryAction> {
  if (org === null) return nothing([]);
  if (who?.active === false) return nothing([{ kind: 'inactive' }]);
  if (who?.administrator === true) {
    return { actions: new Set(repositoryActions), because: [{ kind: 'administrator' }], until: null };
  }
  const role = who?.roles.find(({ slug }) => slug === org)?.role;
  if (role === 'owner') {
    return { actions: new Set(repositoryActions), because: [{ kind: 'role', org, role }], until: null };
  }
  const because: Fact[] = repository?.public === true ? [{ kind: 'public' }] : [];
  const allowed = new Set<RepositoryAction>(because.length > 0 ? ['read'] : []);
  const denied = new Set<RepositoryAction>();
  const lasting = who === null ? [] : grants.filter(({ ends }) => ends === null || ends > now);
  for (const grant of lasting) {
    because.push({ kind: 'grant', grant });
    if (grant.effect === 'deny') for (const action of grant.actions) denied.add(action);
    else for (const action of allowedBy(grant)) allowed.add(action);
  }
  return {
    actions: new Set(repositoryActions.filter((action) => allowed.has(action) && !denied.has(action))),
    because,
    until: lasting.flatMap(({ ends }) => ends ?? []).toSorted()[0] ?? null,
  };
}

/** What a grant allows: who administers a repository may do everything to it. */
function allowedBy({ actions }: GrantFacts): readonly RepositoryAction[] {
  return actions.includes('admin') ? repositoryActions : actions;
}

/**
 * What the audit log shows somebody: administrators of the server see everything; owners of organizations what
 * happened in these, and what their members did that belongs to no organization (sign-ins, their own keys). What
 * happened in somebody else's organization is never an owner's, whoever did it.
 *
 * @returns Null for everybody else, who sees nothing.
 */
export function decideAudit(who: PrincipalFacts): AuditScope | null {
  if (!who.active) return null;
  if (who.administrator) return { all: true };
  const owned = who.roles.filter(({ role }) => actionsOfRole(role).has('audit:read'));
  return owned.length === 0 ? null : { all: false, orgIds: owned.map(({ orgId }) => orgId) };
}

/** Whether a credential may revoke this key of its holder: a person may revoke each, a key only itself. */
export function mayRevokeKey({ method, id }: Credential, kid: string): boolean {
  switch (method) {
    case 'session':
    case 'jwt':
    case 'access-token':
      return true;
    case 'key':
      return id === kid;
    case 'password':
    case 'api-key':
    case 'api-token':
    case 'registry-token':
      return false;
  }
}

function nothing<Action>(because: readonly Fact[]): Decision<Action> {
  return { actions: new Set(), because, until: null };
}
