import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { ApiKeyService } from '../core/api-keys/api-key-service.ts';

interface Deps {
  apiKeys: ApiKeyService;
}

export function apiKeysHandlers({ apiKeys }: Deps): IpcHandlers['apiKeys'] {
  return {
    list: ({ contextId }) => apiKeys.list(contextId),
    create: ({ contextId, ...key }) => apiKeys.create(contextId, key),
    rename: ({ contextId, id, name }) => apiKeys.rename(contextId, id, name),
    revoke: ({ contextId, id }) => apiKeys.revoke(contextId, id),
    copy: ({ heldId, form }) => apiKeys.copy(heldId, form),
    reveal: ({ heldId }) => ({ secret: apiKeys.reveal(heldId) }),
    saveAsContext: ({ heldId, name }) => apiKeys.saveAsContext(heldId, name),
    close: ({ heldId }) => apiKeys.close(heldId),
  };
}
