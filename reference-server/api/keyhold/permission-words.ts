import type { GrantPermission } from '../../../contracts/server-api/authorizations.ts';
import type { RepositoryAction } from '../../../contracts/server-api/repositories.ts';

const actions: Record<GrantPermission, readonly RepositoryAction[]> = {
  reader: ['read'],
  writer: ['read', 'write'],
};

/** What a permission of this dialect lets somebody do. */
export function actionsOf(permission: GrantPermission): readonly RepositoryAction[] {
  return actions[permission];
}

/** The permission that says in this dialect what a grant gives; what else it gives has no word here. */
export function permissionOf(granted: readonly RepositoryAction[]): GrantPermission {
  return granted.includes('write') ? 'writer' : 'reader';
}
