import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { ApiTokenService } from '../core/api-tokens/api-token-service.ts';

interface Deps {
  apiTokens: ApiTokenService;
}

export function apiTokensHandlers({ apiTokens }: Deps): IpcHandlers['apiTokens'] {
  return {
    list: ({ contextId }) => apiTokens.list(contextId),
    repositories: ({ contextId }) => apiTokens.repositories(contextId),
    create: ({ contextId, ...token }) => apiTokens.create(contextId, token),
    revoke: ({ contextId, id }) => apiTokens.revoke(contextId, id),
  };
}
