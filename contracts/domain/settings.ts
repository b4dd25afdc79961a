import { z } from 'zod';
import { limits } from './limits.ts';

const themeSchema = z.enum(['system', 'light', 'dark']);
export type Theme = z.infer<typeof themeSchema>;

/** What protects. In the vault, where only Keyhold can change it. */
export const securitySettingsSchema = z.strictObject({
  /** Minutes without input until the vault locks; null for never. */
  autoLockMinutes: z.number().int().min(limits.autoLockMin).max(limits.autoLockMax).nullable(),
  /**
   * Uses by programs that are allowed to count as activity, until nobody has used the computer for this many minutes;
   * null where they do not count.
   */
  programsKeepOpenMinutes: z
    .number()
    .int()
    .min(limits.programsKeepOpenMin)
    .max(limits.programsKeepOpenMax)
    .nullable(),
  lockOnSuspend: z.boolean(),
  lockOnScreenLock: z.boolean(),
  /** How long a copied secret stays on the clipboard, seconds. */
  clipboardSeconds: z.number().int().min(limits.clipboardMin).max(limits.clipboardMax),
  /** Programs that ask for a credential or a token need a person's yes first. */
  askBeforeUse: z.boolean(),
});
export type SecuritySettings = z.infer<typeof securitySettingsSchema>;

/** What protects nothing. In a file: the window needs it before the vault is open. */
export const windowSettingsSchema = z.strictObject({
  theme: themeSchema,
  /** Closing the window leaves Keyhold in the tray, where there is one. */
  closeToTray: z.boolean(),
  /** Started at login, Keyhold waits in the tray, where there is one. */
  startHidden: z.boolean(),
});
export type WindowSettings = z.infer<typeof windowSettingsSchema>;

/** What the user chose for this computer. */
export const settingsSchema = z.strictObject({
  ...securitySettingsSchema.shape,
  ...windowSettingsSchema.shape,
});
export type Settings = z.infer<typeof settingsSchema>;

export const defaultSecuritySettings: SecuritySettings = {
  autoLockMinutes: 15,
  programsKeepOpenMinutes: null,
  lockOnSuspend: true,
  lockOnScreenLock: true,
  clipboardSeconds: 30,
  askBeforeUse: false,
};

export const defaultWindowSettings: WindowSettings = {
  theme: 'system',
  closeToTray: false,
  startHidden: true,
};

export const defaultSettings: Settings = { ...defaultSecuritySettings, ...defaultWindowSettings };
