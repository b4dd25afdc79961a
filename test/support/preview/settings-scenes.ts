import { defaultSettings } from '../../../contracts/domain/settings.ts';
import { timeFromNow } from '../samples.ts';
import type { World } from '../world.ts';

/** Settings of computers that differ, and settings that fail. */
export const settingsScenes = {
  noTray: () => ({
    settings: {
      settings: { ...defaultSettings, autoLockMinutes: null },
      startAtLogin: true,
      tray: false,
      setAside: false,
    },
  }),
  keptOpen: () => ({
    settings: {
      settings: { ...defaultSettings, programsKeepOpenMinutes: 240 },
      startAtLogin: true,
      tray: true,
      setAside: false,
    },
    lockForecast: { at: timeFromNow(15 * 60), latest: timeFromNow(4 * 3600) },
  }),
  settingsSetAside: () => ({
    settings: { settings: defaultSettings, startAtLogin: true, tray: true, setAside: true },
  }),
  settingsNotSaved: () => ({ failures: { 'settings.change': { code: 'storage_failed' } } }),
} satisfies Readonly<Record<string, () => Partial<World>>>;
