import type { Settings } from '../../contracts/domain/settings.ts';
import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { SettingsService } from '../core/settings/settings-service.ts';
import type { SettingsStore } from '../core/settings/settings-store.ts';
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
      return settings.change(given(change));
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

/** Without fields that are there but undefined: those change nothing. */
function given(change: { [Name in keyof Settings]?: Settings[Name] | undefined }): Partial<Settings> {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}
