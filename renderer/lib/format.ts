const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const exact = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const utcDay = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
});
const dayOfYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long' });
const dayOfAnyYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric' });
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/** `14:05` of an RFC 3339 time, in local time; with the day when it is not the day of `now` (ms). */
export function clockTime(iso: string, now: number): string {
  const at = new Date(iso);
  const sameDay = at.toDateString() === new Date(now).toDateString();
  return sameDay ? clock.format(at) : `${clock.format(at)} on ${day.format(at)}`;
}

/** `24 November` of an RFC 3339 time, in local time; with the year when it is not that of `now` (ms). */
export function dateWords(iso: string, now: number): string {
  const at = new Date(iso);
  const sameYear = at.getFullYear() === new Date(now).getFullYear();
  return (sameYear ? dayOfYear : dayOfAnyYear).format(at);
}

/** `24 Nov 2026` of an RFC 3339 time, in local time. */
export function shortDate(iso: string): string {
  return day.format(new Date(iso));
}

/** `24 Nov 2026, 14:05:09` of an RFC 3339 time, in local time. */
export function exactTime(iso: string): string {
  return exact.format(new Date(iso));
}

/** `24 Nov 2026` of a UTC day, `2026-11-24`. */
export function dayText(date: string): string {
  return utcDay.format(new Date(date));
}

/** `5 minutes ago`, `in 2 hours`, `just now`; the day once it is more than a week away. `now` in ms. */
export function relativeTime(iso: string, now: number): string {
  const seconds = Math.round((Date.parse(iso) - now) / 1000);
  const size = Math.abs(seconds);
  if (size < 10) return 'just now';
  if (size < 60) return relative.format(seconds, 'second');
  // What lasts twelve hours does not end in eleven a second later; what is past is as old as it is at least.
  const whole = (unit: number): number => (seconds > 0 ? Math.round : Math.trunc)(seconds / unit);
  if (Math.abs(whole(60)) < 60) return relative.format(whole(60), 'minute');
  if (Math.abs(whole(3600)) < 24) return relative.format(whole(3600), 'hour');
  if (size < 7 * 86_400) return relative.format(whole(86_400), 'day');
  return day.format(new Date(iso));
}

/** Whole seconds from `now` (ms) until an RFC 3339 time, rounded up; 0 when it has passed. */
export function secondsUntil(iso: string, now: number): number {
  return Math.max(0, Math.ceil((Date.parse(iso) - now) / 1000));
}

/** `9:41`, `1:00:00`. */
export function countdown(seconds: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const rest = two(seconds % 60);
  return hours > 0 ? `${String(hours)}:${two(minutes)}:${rest}` : `${String(minutes)}:${rest}`;
}

/** Words in a row: `pull, push and delete`. */
export function andWords(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}

/** `1 key`, `3 keys`, `12,000 copies`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${value.toLocaleString('en')} ${value === 1 ? one : many}`;
}

/** A length of time in words, in its two largest units: `1 hour 30 minutes`, `45 seconds`. */
export function durationWords(seconds: number): string {
  // Up to two days are written in hours, as token lives are; more in days.
  const days = seconds < 2 * 86_400 ? 0 : Math.floor(seconds / 86_400);
  const parts = [
    [days, 'day'],
    [Math.floor((seconds - days * 86_400) / 3600), 'hour'],
    [Math.floor((seconds % 3600) / 60), 'minute'],
    [seconds % 60, 'second'],
  ] as const;
  const words = parts.filter(([value]) => value > 0).map(([value, unit]) => counted(value, unit));
  return words.length === 0 ? '0 seconds' : words.slice(0, 2).join(' ');
}

/** The shortest way to write a token life: 3600 is `1h`, 5400 is `1h30m`. */
export function ttlText(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor((seconds % 3600) / 60), 'm'],
    [seconds % 60, 's'],
  ] as const;
  return parts
    .filter(([value]) => value > 0)
    .map(([value, unit]) => `${String(value)}${unit}`)
    .join('');
}

/** `SHA256:3kX9…b7Qm` of a whole fingerprint. */
export function shortFingerprint(fingerprint: string): string {
  const [name = '', body = ''] = fingerprint.split(':');
  return body.length <= 12 ? fingerprint : `${name}:${body.slice(0, 6)}…${body.slice(-4)}`;
}

const byteUnits = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** `512 B`, `3.2 kB`, `118 MB`: three digits at most, in powers of 1000. */
export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // 999.5 would be written 1000.
  while (value >= 999.5 && unit < byteUnits.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  return `${value.toLocaleString('en', { maximumFractionDigits: digits })} ${byteUnits[unit] ?? ''}`;
}

/** `sha256:3f2a9c81d04b` of a whole digest. */
export function shortDigest(digest: string): string {
  const [algorithm = '', hex = ''] = digest.split(':');
  return `${algorithm}:${hex.slice(0, 12)}`;
}
