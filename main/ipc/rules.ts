import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { RoleService } from '../core/rules/role-service.ts';

interface Deps {
  roles: RoleService;
}

export function rulesHandlers({ roles }: Deps): IpcHandlers['rules'] {
  return {
    roles: () => roles.list(),
    saveRole: ({ roleId, ...content }) => roles.save(roleId, content),
    removeRole: ({ roleId }) => {
      roles.remove(roleId);
    },
    copyRole: ({ roleId }) => roles.copy(roleId),
    exportRole: ({ roleId, form }) => roles.export(roleId, form),
  };
}
