import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { GrantFileService } from '../core/access/grant-files/grant-file-service.ts';

interface Deps {
  grantFiles: GrantFileService;
}

export function accessFilesHandlers({ grantFiles }: Deps): IpcHandlers['accessFiles'] {
  return {
    export: ({ format, ...place }) => grantFiles.export(place, format),
    compare: (place) => grantFiles.compare(place),
  };
}
