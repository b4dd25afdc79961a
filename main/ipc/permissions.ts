import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { PermissionService } from '../core/grants/permission-service.ts';

interface Deps {
  permissions: PermissionService;
}

export function permissionsHandlers({ permissions }: Deps): IpcHandlers['permissions'] {
  return {
    repositories: ({ contextId }) => permissions.repositories(contextId),
    list: (place) => permissions.list(place),
    grant: ({ to, actions, expiresAt, ...place }) => permissions.grant(place, to, { actions, expiresAt }),
    change: ({ permissionId, principal, actions, expiresAt, ...place }) =>
      permissions.change(place, { permissionId, principal }, { actions, expiresAt }),
    revoke: ({ contextId, permissionId }) => permissions.revoke(contextId, permissionId),
  };
}
