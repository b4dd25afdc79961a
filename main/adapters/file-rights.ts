import { chmod, lstat, readdir } from 'node:fs/promises';
import { KeyholdError } from '../../contracts/errors.ts';
import type { FileRights, Logger } from '../core/ports.ts';

export function diskFileRights(logger: Logger): FileRights {
  return {
    async stat(path) {
      try {
        const stats = await lstat(path);
        const kind = stats.isSocket() ? 'socket' : stats.isDirectory() ? 'folder' : 'other';
        return { kind, mode: stats.mode & 0o7777 };
      } catch {
        return null;
      }
    },
    async setMode(path, mode) {
      try {
        await chmod(path, mode);
      } catch (error) {
        logger.error('file_rights.set_failed', error);
        throw new KeyholdError('storage_failed');
      }
    },
    async names(folder) {
      try {
        return await readdir(folder);
      } catch {
        return [];
      }
    },
  };
}
