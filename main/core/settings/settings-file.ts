import { z } from 'zod';
import { defaultSettings, settingsSchema, type Settings } from '../../../contracts/domain/settings.ts';

/** Format of settings.json. A newer one is not understood and treated as unreadable. */
const version = 1;

const fileSchema = settingsSchema.extend({ version: z.literal(version) });
const withoutVersion = settingsSchema.strip();

/** Reads the file's text; null when it is not what `formatSettings` writes, or what a person may have made of it. */
export function parseSettings(text: string): Settings | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return null;
  }
  // What an earlier version did not know has its default.
  const whole = typeof parsed === 'object' && parsed !== null ? { ...defaultSettings, ...parsed } : parsed;
  const checked = fileSchema.safeParse(whole);
  return checked.success ? withoutVersion.parse(checked.data) : null;
}

/** The file's text. */
export function formatSettings(settings: Settings): string {
  return `${JSON.stringify({ version, ...settings }, null, 2)}\n`;
}
