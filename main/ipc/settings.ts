import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { SettingsService } from '../core/settings/settings-service.ts';
import type { SettingsStore } from '../core/settings/settings-store.ts';
import { withoutGaps } from '../core/settings/without-gaps.ts';
import type { Vault } from '../core/vault/vault.ts';
import { requireUnlocked } from './guard.ts';

interface Deps {
  vault: Vault;
  settings: SettingsService;
  store: SettingsStore;
}

/** Only with the vault open: whoever finds the computer locked shall not turn the lock off. */
export function settingsHandlers({ vault, settings, store }: Deps): IpcHandlers['settings'] {
  return {
    get: () => {
      requireUnlocked(vault);
      return settings.view();
    },
    change: (change) => {
      requireUnlocked(vault);
      return settings.change(withoutGaps(change));
    },
    setStartAtLogin: ({ on }) => {
      requireUnlocked(vault);
      return settings.setStartAtLogin(on);
    },
    acknowledge: () => {
      requireUnlocked(vault);
      store.acknowledge();
    },
  };
}
