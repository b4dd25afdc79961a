import type { RepositoryAction } from '../../contracts/server-api/repositories.ts';
import type { OrgRole } from '../../contracts/server-api/primitives.ts';
import type { Principal } from '../identity/principals.ts';

/**
 * How somebody proved who they are. A new method gets nothing until the declarations of routes and the decisions in
 * `access/` name it. Each `switch` over methods names them all, so that the compiler finds it.
 */
export type Method = OwnMethod | 'registry-token';

/** What people and programs sign in with themselves, and can buy a registry token with. */
export type OwnMethod = 'session' | 'key' | 'password';

/** What a registry token lets its holder do of all that the holder may. */
export interface Limits {
  /** By full name of the repository. */
  repositories: ReadonlyMap<string, ReadonlySet<RepositoryAction>>;
  /** Whether the names of the repositories that the holder may read can be listed. */
  list: boolean;
}

/**
 * What proved who somebody is. `id` is the name under which the database can be asked whether it still counts: the
 * hash of a session's token, the kid of a key, `passwordEpoch` of a password, and of a registry token the id of what
 * bought it. It is no secret.
 */
export interface Credential {
  method: Method;
  id: string;
  /** Null: it is good for everything that the principal may do. */
  limits: Limits | null;
  /** When it ends by itself; null for a password. */
  ends: Date | null;
}

/** Who a request comes from. Only `authenticate.ts` makes one. */
export interface Caller {
  principal: Principal;
  credential: Credential;
  /** The organization that the caller acts in; null for a user who belongs to none. A bot has no role in its own. */
  organization: { slug: string; role: OrgRole | null } | null;
}
