import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { GroupService } from '../core/groups/group-service.ts';

interface Deps {
  groups: GroupService;
}

export function groupsHandlers({ groups }: Deps): IpcHandlers['groups'] {
  return {
    list: ({ contextId, search }) => groups.list(contextId, search),
    members: (place) => groups.members(place),
    create: ({ contextId, ...group }) => groups.create(contextId, group),
    change: ({ name, description, ...place }) => groups.change(place, { name, description }),
    remove: (place) => groups.remove(place),
    addMembers: ({ userIds, ...place }) => groups.addMembers(place, userIds),
    removeMembers: ({ userIds, ...place }) => groups.removeMembers(place, userIds),
  };
}
