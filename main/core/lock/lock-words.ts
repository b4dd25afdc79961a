import type { LockForecast } from '../../../contracts/domain/lock.ts';
import type { SecuritySettings } from '../../../contracts/domain/settings.ts';
import { clockTime } from '../lib/clock-time.ts';

/** When the vault locks by itself, for the terminal. */
export function forecastWords(forecast: LockForecast | null): string {
  if (forecast === null) return 'not by itself';
  const at = `at ${clockTime(forecast.at)} if nobody uses the computer`;
  if (forecast.latest === null) return at;
  return `${at}; programs can put it off until ${clockTime(forecast.latest)}`;
}

/** The same for the tray as a rule, not a time: its menu is made once and read later. */
export function lockRuleWords(settings: SecuritySettings): string {
  const { autoLockMinutes, programsKeepOpenMinutes } = settings;
  if (autoLockMinutes === null) return 'Does not lock by itself';
  const after = `Locks after ${lengthWords(autoLockMinutes)} without use`;
  if (programsKeepOpenMinutes === null || programsKeepOpenMinutes <= autoLockMinutes) return after;
  return `${after}, or ${lengthWords(programsKeepOpenMinutes)} of use by programs alone`;
}

/** `15 min`, `1 h 30 min` */
function lengthWords(minutes: number): string {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return [...(hours > 0 ? [`${String(hours)} h`] : []), ...(rest > 0 ? [`${String(rest)} min`] : [])].join(
    ' ',
  );
}
