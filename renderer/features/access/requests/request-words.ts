import type { GivenAccess, WaitingAccessRequest } from '../../../../contracts/ipc/access-requests.ts';
import { nameWords, termsWords } from '../model/change-words.ts';
import { accessWords, actionsOf, bitsOf, levelLabels, levelOf, levels } from '../model/levels.ts';
import type { Terms } from '../model/pending.ts';

export function termsOf({ actions, until }: GivenAccess): Terms {
  return { bits: bitsOf(actions), end: until };
}

/** The levels that are no more than what was asked for, by their bits; what was asked for is the first. */
export function offeredLevels(asked: number): { bits: number; label: string }[] {
  const own = levelOf(asked) === null ? [{ bits: asked, label: accessWords(asked) }] : [];
  const less = levels.flatMap(({ bits }, level) =>
    bits !== 0 && (bits & asked) === bits ? [{ bits, label: levelLabels[level] ?? '' }] : [],
  );
  return [...own, ...less.toReversed()];
}

/** The grant that somebody has after an approval: what they were given before stays in it, its end does not. */
export function grantAfter(replaces: GivenAccess | null, given: Terms): Terms {
  return { bits: given.bits | bitsOf(replaces?.actions ?? []), end: given.end };
}

/** The change that an approval is, for a preview. */
export function changeOf({ by, repository, replaces }: WaitingAccessRequest, given: Terms) {
  const { bits, end } = grantAfter(replaces, given);
  return { principal: by.reference, repository, actions: actionsOf(bits), expiresAt: end };
}

/** Whether what somebody has already would end earlier than it does now. */
export function endsEarlier(replaces: GivenAccess, given: Terms): boolean {
  if (given.end === null) return false;
  return replaces.until === null || Date.parse(given.end) < Date.parse(replaces.until);
}

/** What the approval takes the place of, in words. `now` in ms. */
export function replacesWords(
  { by, replaces }: WaitingAccessRequest,
  given: Terms,
  now: number,
): string | null {
  if (replaces === null) return null;
  const before = termsWords(termsOf(replaces), now);
  const noEnd = replaces.until === null ? ' without an end' : '';
  return `${nameWords(by.name)} has ${before}${noEnd} already. Their grant becomes ${termsWords(grantAfter(replaces, given), now)}.`;
}
