/** When something is changed: later than it was before, whatever the clock says. @param before - RFC 3339; null for never */
export function changeTime(now: Date, before: string | null): string {
  const least = before === null ? 0 : Date.parse(before) + 1;
  return new Date(Math.max(now.getTime(), least)).toISOString();
}
