import { ApiError } from '../../http/api-error.ts';

/**
 * For a change of what was changed before: its maker has seen what there is.
 *
 * @param replaces - When what they have seen was changed; null for nothing.
 * @throws ApiError 409
 */
export function requireSeen(what: string, replaces: string | null, changedAt: string | null): void {
  if (instantOf(replaces) === instantOf(changedAt)) return;
  const words = `Somebody changed ${what} meanwhile. Nothing was changed. Look at it again.`;
  throw new ApiError('conflict', words, { details: { because: 'changed_meanwhile' } });
}

function instantOf(text: string | null): number | null {
  return text === null ? null : Date.parse(text);
}
