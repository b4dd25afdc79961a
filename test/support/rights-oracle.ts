import type { OrgRole } from '../../contracts/server-api/primitives.ts';
import type { RepositoryAction } from '../../contracts/server-api/repositories.ts';

/** One grant on the repository. */
export interface OracleGrant {
  /** Whether it is given to the one who asks, to a group that they are in, or to one that they are not in. */
  to?: 'them' | 'their group' | 'another group';
  effect: 'allow' | 'deny';
  actions: readonly RepositoryAction[];
  /** Whether its end has come. */
  ended: boolean;
}

/** Somebody, a repository, and what stands between them. */
export interface OracleCase {
  /** Null: nobody is signed in. */
  who: { active: boolean; role: OrgRole | null; onServer: 'admin' | 'user' | 'viewer' } | null;
  repository: 'public' | 'private' | 'missing';
  grants: readonly OracleGrant[];
}

/** Whether somebody may do this, by the plain rules one after the other and with nothing of the server's in them. */
export function mayDo({ who, repository, grants }: OracleCase, action: RepositoryAction): boolean {
  if (who !== null && !who.active) return false;
  if (who?.onServer === 'viewer' && action !== 'read') return false;
  if (who?.role === 'owner' || who?.onServer === 'admin') return true;
  if (repository === 'missing') return false;
  let allowed = repository === 'public' && action === 'read';
  let denied = false;
  if (who !== null) {
    for (const grant of grants) {
      if (grant.ended || grant.to === 'another group') continue;
      if (grant.effect === 'deny') denied ||= grant.actions.includes(action);
      else allowed ||= grant.actions.includes(action) || grant.actions.includes('admin');
    }
  }
  return allowed && !denied;
}
