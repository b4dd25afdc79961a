import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { AccessService } from '../core/access/access-service.ts';
import type { Vault } from '../core/vault/vault.ts';
import { requireUnlocked } from './guard.ts';

interface Deps {
  vault: Vault;
  access: AccessService;
}

export function accessHandlers({ vault, access }: Deps): IpcHandlers['access'] {
  return {
    repositories: ({ contextId }) => {
      requireUnlocked(vault);
      return access.repositories(contextId);
    },
    list: (place) => {
      requireUnlocked(vault);
      return access.list(place);
    },
    grant: ({ contextId, repository, ...authorization }) => {
      requireUnlocked(vault);
      return access.grant({ contextId, repository }, authorization);
    },
    revoke: async ({ id, ...place }) => {
      requireUnlocked(vault);
      await access.revoke(place, id);
    },
  };
}
