import { z } from 'zod';
import { limits } from './limits.ts';

export const themeSchema = z.enum(['system', 'light', 'dark']);
export type Theme = z.infer<typeof themeSchema>;

/** What the user chose for this computer. Not in the vault: the window needs some of it before it is open. */
export const settingsSchema = z.strictObject({
  /** Minutes without input until the vault locks; null for never. */
  autoLockMinutes: z.number().int().min(limits.autoLockMin).max(limits.autoLockMax).nullable(),
  lockOnSuspend: z.boolean(),
  lockOnScreenLock: z.boolean(),
  /** How long a copied secret stays on the clipboard, seconds. */
  clipboardSeconds: z.number().int().min(limits.clipboardMin).max(limits.clipboardMax),
  theme: themeSchema,
  /** Closing the window leaves Keyhold in the tray, where there is one. */
  closeToTray: z.boolean(),
  /** Programs that ask for a credential or a token need a person's yes first. */
  askBeforeUse: z.boolean(),
  /** Started at login, Keyhold waits in the tray, where there is one. */
  startHidden: z.boolean(),
});
export type Settings = z.infer<typeof settingsSchema>;

export const defaultSettings: Settings = {
  autoLockMinutes: 15,
  lockOnSuspend: true,
  lockOnScreenLock: true,
  clipboardSeconds: 30,
  theme: 'system',
  closeToTray: false,
  startHidden: true,
  askBeforeUse: false,
};
