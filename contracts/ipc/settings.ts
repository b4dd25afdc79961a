import { z } from 'zod';
import { settingsSchema } from '../domain/settings.ts';
import { call } from './define.ts';

/** The settings, and what this computer lets them do. */
const settingsViewSchema = z.strictObject({
  settings: settingsSchema,
  /** Kept by the system, not by us: the user can change it there too. */
  startAtLogin: z.boolean(),
  /** Whether a tray is there now. */
  tray: z.boolean(),
  /** The file could not be read, was set aside, and the defaults are used; until the window has said so. */
  setAside: z.boolean(),
});
export type SettingsView = z.infer<typeof settingsViewSchema>;

export const settingsCalls = {
  get: call({ request: z.undefined(), response: settingsViewSchema }),
  /** Changes what is given and leaves the rest. Main asks the person before it turns `askBeforeUse` off. */
  change: call({
    request: settingsSchema.partial(),
    response: settingsViewSchema,
    errors: ['not_confirmed'],
  }),
  setStartAtLogin: call({
    request: z.strictObject({ on: z.boolean() }),
    response: settingsViewSchema,
  }),
  /** The user has read that the file was set aside. */
  acknowledge: call({ request: z.undefined(), response: z.undefined() }),
};
