import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { RequestService } from '../core/access/request-service.ts';

interface Deps {
  requests: RequestService;
}

export function accessRequestsHandlers({ requests }: Deps): IpcHandlers['accessRequests'] {
  return {
    mine: async ({ contextId }) => ({ requests: await requests.mine(contextId) }),
    waiting: (place) => requests.waiting(place),
    counts: ({ contextId }) => requests.counts(contextId),
    ask: async ({ contextId, ...asked }) => ({ requestId: await requests.ask(contextId, asked) }),
    approve: ({ contextId, requestId, ...given }) => requests.approve(contextId, requestId, given),
    decline: ({ contextId, requestId, reason }) => requests.decline(contextId, requestId, reason),
    withdraw: ({ contextId, requestId }) => requests.withdraw(contextId, requestId),
  };
}
