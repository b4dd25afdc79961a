const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

/** An instant (RFC 3339) as hours and minutes of this computer's time zone. */
export function clockTime(instant: string): string {
  return clock.format(new Date(instant));
}
