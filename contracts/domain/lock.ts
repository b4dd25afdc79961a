import { z } from 'zod';

/** Why the vault was locked, as the activity log keeps it. */
export type LockReason =
  'click' | 'shortcut' | 'tray' | 'idle' | 'suspend' | 'screen_lock' | 'command' | 'quit';

/** When an open vault locks by itself, RFC 3339. */
export const lockForecastSchema = z.strictObject({
  /** If from now on neither the person nor a program does anything. */
  at: z.string(),
  /** However much programs use it, unless the person comes back; null where their uses do not count. */
  latest: z.string().nullable(),
});
export type LockForecast = z.infer<typeof lockForecastSchema>;
