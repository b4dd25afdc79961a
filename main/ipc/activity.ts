import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { ActivityLog } from '../core/activity/activity-log.ts';
import type { Vault } from '../core/vault/vault.ts';
import { requireUnlocked } from './guard.ts';

export function activityHandlers(vault: Vault, activity: ActivityLog): IpcHandlers['activity'] {
  return {
    list: (page) => {
      requireUnlocked(vault);
      return activity.list(page);
    },
    verify: () => {
      requireUnlocked(vault);
      return activity.verify();
    },
  };
}
