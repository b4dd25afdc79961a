import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { UnrevokedList } from '../core/credentials/unrevoked/unrevoked-list.ts';

export function unrevokedHandlers({ unrevoked }: { unrevoked: UnrevokedList }): IpcHandlers['unrevoked'] {
  return {
    list: () => unrevoked.list(),
    retry: async ({ id }) => ({ revocation: await unrevoked.retry(id) }),
    giveUp: ({ id }) => unrevoked.giveUp(id),
  };
}
