import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { GrantService } from '../core/grants/grant-service.ts';

interface Deps {
  grants: GrantService;
}

export function grantsHandlers({ grants }: Deps): IpcHandlers['grants'] {
  return {
    repositories: ({ contextId }) => grants.repositories(contextId),
    list: (place) => grants.list(place),
    grant: ({ contextId, repository, ...grant }) => grants.grant({ contextId, repository }, grant),
    revoke: ({ id, ...place }) => grants.revoke(place, id),
  };
}
