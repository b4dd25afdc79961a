// How long keys sign. Without schemas, so that the window can use it.

const dayMs = 24 * 60 * 60 * 1000;

/** Age limits that a key can be given, in days from its creation; null for none. */
export const keyAges = [30, 90, 180, 365, null] as const;
export type KeyAge = (typeof keyAges)[number];

/** Age limit of a new key, in days. */
export const defaultKeyAge = 365 satisfies KeyAge;

/** When a key made at `createdAt` (RFC 3339) reaches its age limit, RFC 3339; null for never. */
export function expiryOf(createdAt: string, age: KeyAge): string | null {
  return age === null ? null : new Date(Date.parse(createdAt) + age * dayMs).toISOString();
}

/** How near a key's expiry is: within seven days, within one, over. */
export type ExpiryStage = 'week' | 'day' | 'expired';

/**
 * Which reminder a key asks for.
 *
 * @param expiresAt - RFC 3339, null for never.
 * @param now - Milliseconds since 1970.
 * @returns Null when there is nothing to be reminded of yet.
 */
export function expiryStage(expiresAt: string | null, now: number): ExpiryStage | null {
  if (expiresAt === null) return null;
  const left = Date.parse(expiresAt) - now;
  if (left <= 0) return 'expired';
  if (left <= dayMs) return 'day';
  return left <= 7 * dayMs ? 'week' : null;
}

/**
 * Until when a key must expire to ask for a reminder, RFC 3339.
 *
 * @param now - Milliseconds since 1970.
 */
export function reminderHorizon(now: number): string {
  return new Date(now + 7 * dayMs).toISOString();
}
