import type { Settings } from '../../contracts/domain/settings.ts';
import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { World } from './world.ts';

/** The settings of a world. */
export function settingsHandlers(world: World): IpcHandlers['settings'] {
  return {
    get: () => world.settings,
    change: (change) => {
      const settings = { ...world.settings.settings, ...change } as Settings;
      world.settings = { ...world.settings, settings };
      return world.settings;
    },
    setStartAtLogin: ({ on }) => {
      world.settings = { ...world.settings, startAtLogin: on };
      return world.settings;
    },
    acknowledge: () => {
      world.settings = { ...world.settings, setAside: false };
    },
  };
}
