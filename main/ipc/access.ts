import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { AccessService } from '../core/access/access-service.ts';

interface Deps {
  access: AccessService;
}

export function accessHandlers({ access }: Deps): IpcHandlers['access'] {
  return {
    repositories: ({ contextId }) => access.repositories(contextId),
    list: (place) => access.list(place),
    grant: ({ contextId, repository, ...authorization }) =>
      access.grant({ contextId, repository }, authorization),
    revoke: async ({ id, ...place }) => {
      await access.revoke(place, id);
    },
  };
}
