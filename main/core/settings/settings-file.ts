import { z } from 'zod';
import {
  defaultWindowSettings,
  securitySettingsSchema,
  windowSettingsSchema,
  type SecuritySettings,
  type WindowSettings,
} from '../../../contracts/domain/settings.ts';
import { withoutGaps } from './without-gaps.ts';

/** Format of settings.json. A newer one is not understood and treated as unreadable. */
const version = 1;

interface SettingsFile {
  settings: WindowSettings;
  /** Settings that the vault has now, as an earlier version kept them here. */
  security: Partial<SecuritySettings>;
}

const securitySchema = securitySettingsSchema.partial();
const fileSchema = windowSettingsSchema.extend({ version: z.literal(version), ...securitySchema.shape });

/**
 * Reads the file's text; null when it is not what this or an earlier version writes, or what a person may have made of
 * it.
 */
export function parseSettings(text: string): SettingsFile | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return null;
  }
  // What an earlier version did not know has its default.
  const whole =
    typeof parsed === 'object' && parsed !== null ? { ...defaultWindowSettings, ...parsed } : parsed;
  const checked = fileSchema.safeParse(whole);
  if (!checked.success) return null;
  return {
    settings: windowSettingsSchema.strip().parse(checked.data),
    security: withoutGaps(securitySchema.strip().parse(checked.data)),
  };
}

/** The file's text. */
export function formatSettings(settings: WindowSettings): string {
  return `${JSON.stringify({ version, ...settings }, null, 2)}\n`;
}
