import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { UserService } from '../core/users/user-service.ts';

interface Deps {
  users: UserService;
}

export function usersHandlers({ users }: Deps): IpcHandlers['users'] {
  return {
    me: ({ contextId }) => users.me(contextId),
    list: ({ contextId, search }) => users.list(contextId, search),
    create: ({ contextId, ...user }) => users.create(contextId, user),
    change: ({ contextId, userId, ...change }) => users.change({ contextId, userId }, change),
    resetPassword: (place) => users.resetPassword(place),
    forcePasswordChange: (place) => users.forcePasswordChange(place),
  };
}
