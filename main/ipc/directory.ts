import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { DirectoryService } from '../core/directory/directory-service.ts';

interface Deps {
  directory: DirectoryService;
}

export function directoryHandlers({ directory }: Deps): IpcHandlers['directory'] {
  return {
    status: ({ contextId }) => directory.status(contextId),
    sync: ({ contextId }) => directory.sync(contextId),
    test: ({ contextId }) => directory.test(contextId),
  };
}
