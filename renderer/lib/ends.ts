/** After how many days something ends. `date`: the person says the day; `none`: it does not. */
export const ends = [
  { value: '7', label: 'After 7 days' },
  { value: '30', label: 'After 30 days' },
  { value: '90', label: 'After 90 days' },
  { value: '365', label: 'After 1 year' },
  { value: 'date', label: 'On a date…' },
  { value: 'none', label: 'Never' },
] as const;

export type End = (typeof ends)[number]['value'];

/**
 * When it ends, RFC 3339: so many days from now, or with the day that was chosen, in local time. Null for never, and
 * for a date that is none.
 *
 * @param date - As a date field gives it, `2027-03-01`.
 * @param now - Milliseconds since 1970.
 */
export function endOf(end: End, date: string, now: number): string | null {
  if (end === 'none') return null;
  if (end !== 'date') return new Date(now + Number(end) * 86_400_000).toISOString();
  const last = new Date(`${date}T23:59:59`);
  return Number.isNaN(last.getTime()) ? null : last.toISOString();
}

const soonMs = 14 * 86_400_000;

/** Whether something ends within two weeks, or has ended. @param now - Milliseconds since 1970. */
export function endsSoon({ expiresAt }: { expiresAt: string | null }, now: number): boolean {
  return expiresAt !== null && Date.parse(expiresAt) - now <= soonMs;
}

/** The day of a time as a date field takes it, in local time. `at` in ms. */
export function dateField(at: number): string {
  const day = new Date(at);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${String(day.getFullYear())}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}
