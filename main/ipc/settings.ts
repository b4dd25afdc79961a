import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { SettingsService } from '../core/settings/settings-service.ts';
import type { SettingsStore } from '../core/settings/settings-store.ts';
import { withoutGaps } from '../core/settings/without-gaps.ts';

interface Deps {
  settings: SettingsService;
  store: SettingsStore;
}

/** Only with the vault open: whoever finds the computer locked shall not turn the lock off. */
export function settingsHandlers({ settings, store }: Deps): IpcHandlers['settings'] {
  return {
    get: () => settings.view(),
    change: (change) => settings.change(withoutGaps(change)),
    setStartAtLogin: ({ on }) => settings.setStartAtLogin(on),
    acknowledge: () => store.acknowledge(),
  };
}
