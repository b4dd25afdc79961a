/**
 * How far a service's clock is ahead of ours, by the `Date` field of its answer (RFC 9110, section 6.6.1).
 *
 * @param headers - Field names in lower case.
 * @returns Whole seconds, negative when the service is behind; null without a readable `Date`.
 */
export function clockSkewSeconds(headers: Record<string, string>, now: Date): number | null {
  const theirs = Date.parse(headers['date'] ?? '');
  return Number.isNaN(theirs) ? null : Math.round((theirs - now.getTime()) / 1000);
}
