import { basename } from 'node:path';
import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { ActivityLog } from '../core/activity/activity-log.ts';
import { exportText } from '../core/activity/export.ts';
import type { Clock, FileDialogs, TextFiles } from '../core/ports.ts';
import type { Vault } from '../core/vault/vault.ts';

interface Deps {
  vault: Vault;
  activity: ActivityLog;
  dialogs: FileDialogs;
  files: TextFiles;
  clock: Clock;
}

export function activityHandlers({ vault, activity, dialogs, files, clock }: Deps): IpcHandlers['activity'] {
  return {
    list: ({ before, limit, ...filter }) => activity.list({ before, limit }, filter),
    verify: () => activity.verify(),
    export: async ({ format, ...filter }) => {
      const day = clock.now().toISOString().slice(0, 10);
      const path = await dialogs.save({
        title: 'Export activity',
        fileName: `keyhold-activity-${day}.${format}`,
        extension: format,
      });
      if (path === null) return null;
      // The dialog may have been open for long.
      vault.requireUnlocked();
      const rows = activity.rows(filter);
      await files.writeAtomic(path, exportText(rows, format), 0o600);
      return { entries: rows.length, fileName: basename(path) };
    },
  };
}
