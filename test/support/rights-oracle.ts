import type { OrgRole } from '../../contracts/server-api/primitives.ts';
import type { RepositoryAction } from '../../contracts/server-api/repositories.ts';

/** One grant of the one who asks. */
export interface OracleGrant {
  effect: 'allow' | 'deny';
  actions: readonly RepositoryAction[];
  /** Whether its end has come. */
  ended: boolean;
}

/** Somebody, a repository, and what stands between them. */
export interface OracleCase {
  /** Null: nobody is signed in. */
  who: { active: boolean; role: OrgRole | null } | null;
  repository: 'public' | 'private' | 'missing';
  grants: readonly OracleGrant[];
}

/** Whether somebody may do this, by the plain rules one after the other and with nothing of the server's in them. */
export function mayDo({ who, repository, grants }: OracleCase, action: RepositoryAction): boolean {
  if (who !== null && !who.active) return false;
  if (who?.role === 'owner') return true;
  if (repository === 'missing') return false;
  let allowed = repository === 'public' && action === 'read';
  let denied = false;
  if (who !== null) {
    for (const grant of grants) {
      if (grant.ended || !grant.actions.includes(action)) continue;
      if (grant.effect === 'deny') denied = true;
      else allowed = true;
    }
  }
  return allowed && !denied;
}
