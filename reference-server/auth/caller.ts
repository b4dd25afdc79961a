import type { TokenScope } from '../../contracts/server-api/artifact-keeper/scopes.ts';
import type { ApiKeyCapability } from '../../contracts/server-api/kisenon/api-keys.ts';
import type { RepositoryAction } from '../../contracts/server-api/repositories.ts';
import type { OrgRole } from '../../contracts/server-api/primitives.ts';
import type { Principal } from '../identity/principals.ts';

/**
 * How somebody proved who they are. A new method gets nothing until the declarations of routes and the decisions in
 * `access/` name it. Each `switch` over methods names them all, so that the compiler finds it.
 */
export type Method = OwnMethod | 'registry-token';

/** What people and programs sign in with themselves, and can buy a registry token with. */
export const ownMethods = [
  'session',
  'key',
  'password',
  'jwt',
  'access-token',
  'api-key',
  'api-token',
] as const;
export type OwnMethod = (typeof ownMethods)[number];

/** What a credential is good for of all that its holder may do. */
export type Limits = RegistryLimits | ApiKeyLimits | ApiTokenLimits | JwtLimits;

/** What a registry token lets its holder do. */
export interface RegistryLimits {
  kind: 'registry-token';
  /** By full name of the repository. */
  repositories: ReadonlyMap<string, ReadonlySet<RepositoryAction>>;
  /** Whether the names of the repositories that the holder may read can be listed. */
  list: boolean;
}

/** Where a server JWT lets its user act: in one organization, with no higher role than it was made with. */
export interface JwtLimits {
  kind: 'jwt';
  /** Slug; null for none. */
  org: string | null;
  role: OrgRole | null;
}

/** What an API key lets its user do in the one organization that it is for. */
export interface ApiKeyLimits {
  kind: 'api-key';
  org: string;
  scope: ApiKeyReach;
  capability: ApiKeyCapability;
}

/** What an API token is good for, of all that its user may. */
export interface ApiTokenLimits {
  kind: 'api-token';
  scopes: ReadonlySet<TokenScope>;
  /** Ids of the repositories that it reaches; null for all. */
  repositories: ReadonlySet<string> | null;
}

/**
 * What an API key reaches, by ids: of what there is. With nothing left of what it was for it reaches nothing. A key for
 * branches sees the projects that these belong to, and nothing else in them.
 */
export type ApiKeyReach =
  | { kind: 'org' }
  | { kind: 'project'; projects: ReadonlySet<string> }
  | { kind: 'branch'; branches: ReadonlySet<string>; projects: ReadonlySet<string> };

/**
 * What proved who somebody is. `id` is the name under which the database can be asked whether it still counts: the
 * hash of a session's token (of a server JWT, its session's), the kid of a key, the id of an API key or API token, `passwordEpoch` of
 * a password, and of a registry token the id of what bought it. It is no secret.
 */
export interface Credential {
  method: Method;
  id: string;
  /** Null: it is good for everything that the principal may do. */
  limits: Limits | null;
  /** When it ends by itself; null for a password, and for an API key or token without an end. */
  ends: Date | null;
}

/** Where a credential comes from. */
export interface Source {
  /** The caller's address, for the failure limit and the audit log. */
  ip: string;
  /** What the caller's program calls itself, in one line; null where it does not. */
  program: string | null;
}

/** Who a request comes from. Only `authenticate.ts` makes one. */
export interface Caller {
  principal: Principal;
  credential: Credential;
  /** False for a user whom no operator has approved yet. `standing.ts` says what that means. */
  approved: boolean;
  /** Whether the user has to choose a password before anything else. */
  mustChangePassword: boolean;
  /**
   * The organization that the caller acts in; null for a user who belongs to none. A bot has no role in its own. The role
   * in a server JWT counts only as far as its user has it still.
   */
  organization: { slug: string; role: OrgRole | null } | null;
}

/** Whether a credential is for one organization, the one that its caller acts in, and no other. */
export function isForOneOrganization({ method }: Credential): boolean {
  switch (method) {
    case 'jwt':
    case 'api-key':
      return true;
    case 'session':
    case 'access-token':
    case 'key':
    case 'password':
    case 'api-token':
    case 'registry-token':
      return false;
  }
}
