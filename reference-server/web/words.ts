import type { Moment } from './view-helpers.ts';

const dateFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' });
const timeFormat = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short', timeZone: 'UTC' });

/** A moment in the server's records: `today at 08:15 UTC` or `24 Nov 2026`, and whole. */
export function momentOf(instant: string, now: Date): Moment {
  const date = new Date(instant);
  const day = dateFormat.format(date);
  const time = `${timeFormat.format(date)} UTC`;
  return {
    instant,
    words: day === dateFormat.format(now) ? `today at ${time}` : day,
    whole: `${day}, ${time}`,
  };
}

const dayFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });

/** `1 March 2027`, in UTC. */
export function dayWords(instant: string): string {
  return dayFormat.format(new Date(instant));
}

/** `7 days`, `36 hours`, `5 minutes`: in the largest unit that there are two of. */
export function durationWords(seconds: number): string {
  const units = { day: 86_400, hour: 3600, minute: 60 } as const;
  const unit = (['day', 'hour'] as const).find((each) => seconds >= 2 * units[each]) ?? 'minute';
  const format = new Intl.NumberFormat('en-GB', { style: 'unit', unit, unitDisplay: 'long' });
  return format.format(Math.floor(seconds / units[unit]));
}

/** One or two letters that stand for a name. */
export function initialsOf(name: string): string {
  const words = name.split(/\s+/).filter((word) => word !== '');
  const letters = [words.at(0), words.length > 1 ? words.at(-1) : undefined].map((word) =>
    firstLetter(word ?? ''),
  );
  return letters.join('').toUpperCase();
}

const letters = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** A letter with all that is set on it: half of an emoji would be shown as damage. */
function firstLetter(word: string): string {
  const [first] = letters.segment(word);
  return first?.segment ?? '';
}

const hues = ['indigo', 'blue', 'teal', 'green', 'olive', 'orange', 'red', 'pink'] as const;

/** The colour of an organization's tile: always the same for the same slug. */
export function hueOf(slug: string): string {
  let sum = 0;
  for (const letter of slug) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 65_521;
  return hues[sum % hues.length] ?? 'indigo';
}
