import { ApiError } from '../http/api-error.ts';

/**
 * An end in the one form in which ends are stored, as they are compared as text.
 *
 * @param path - The member of the request that names it.
 * @returns RFC 3339; null for none.
 * @throws ApiError 400 when it does not lie in the future
 */
export function futureEnd(end: string | undefined, path: string, now: Date): string | null {
  if (end === undefined) return null;
  const date = new Date(end);
  if (date > now) return date.toISOString();
  const message = 'Must lie in the future';
  throw new ApiError('invalid_request', `${path}: ${message}.`, { details: { issues: [{ path, message }] } });
}
