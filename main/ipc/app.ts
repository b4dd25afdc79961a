import type { UnsavedWork } from '../core/window/unsaved-work.ts';
import type { IpcHandlers } from '../../contracts/ipc/index.ts';

/** First Electron major that is maintained; an older one is for development only (ADR 2). */
const oldestSupportedMajor = 43;

interface Versions {
  app: string;
  electron: string;
  platform: string;
}

export function appHandlers(versions: Versions, unsaved: Pick<UnsavedWork, 'note'>): IpcHandlers['app'] {
  return {
    info: () => ({
      version: versions.app,
      electron: versions.electron,
      platform: versions.platform,
      runtimeSupported: Number.parseInt(versions.electron, 10) >= oldestSupportedMajor,
    }),
    noteUnsaved: ({ places }) => unsaved.note(places),
  };
}
