import type { SecuritySettings } from '../../../contracts/domain/settings.ts';

type Name = keyof SecuritySettings;

const labels: Readonly<Record<Name, string>> = {
  autoLockMinutes: 'lock when nobody uses the computer',
  programsKeepOpenMinutes: 'programs keep the vault open',
  lockOnSuspend: 'lock when the computer sleeps',
  lockOnScreenLock: 'lock when the screen is locked',
  clipboardSeconds: 'clear copied tokens',
  askBeforeUse: 'ask before a program uses a context',
};

function valueWords(name: Name, { [name]: value }: SecuritySettings): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (name === 'programsKeepOpenMinutes') return value === null ? 'off' : `for ${String(value)} min at most`;
  if (value === null) return 'never';
  return name === 'autoLockMinutes' ? `after ${String(value)} min` : `after ${String(value)} s`;
}

/** For the activity log: the setting with its new and its old value; null when they are the same. */
export function changeWords(name: Name, before: SecuritySettings, after: SecuritySettings): string | null {
  if (before[name] === after[name]) return null;
  return `${labels[name]}: ${valueWords(name, after)}, was ${valueWords(name, before)}`;
}

/** Whether a setting protects less than before. */
export function weakens(name: Name, before: SecuritySettings, after: SecuritySettings): boolean {
  const without = name === 'programsKeepOpenMinutes' ? 0 : Infinity;
  const strength = ({ [name]: value }: SecuritySettings): number =>
    typeof value === 'boolean' ? Number(value) : -(value ?? without);
  return strength(after) < strength(before);
}
