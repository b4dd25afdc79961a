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

/** The word of this dialect for what a grant gives. It has none for `delete` and `admin`, which are left out;
 * who administers a repository may write. */
export function permissionOf(granted: readonly RepositoryAction[]): GrantPermission {
  return granted.includes('write') || granted.includes('admin') ? 'writer' : 'reader';
}
