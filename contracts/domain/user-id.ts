// Without schemas, so that the window can use it.

/** Name of an organization or a bot: lower-case letters, digits and inner hyphens. */
export const slug = '[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?';

/** `u_` and 16 to 32 base32 characters (RFC 4648 alphabet, lower case). */
export const userIdPattern = /^u_[a-z2-7]{16,32}$/;

/** How a bot names itself: `bot:<org>/<name>`. */
export const botSubjectPattern = new RegExp(`^bot:${slug}/${slug}$`);

/** What a user id or a bot's name begins with while it is typed. */
const beginnings = /^(?:u|u_[a-z2-7]{0,32}|b|bo|bot|bot:[a-z0-9-]*|bot:[a-z0-9-]+\/[a-z0-9-]*)$/;

/** `unfinished`: what may become one. `email`: an e-mail address. `other`: a name or anything else. */
export type UserIdFault = 'empty' | 'unfinished' | 'email' | 'other';

/**
 * What is wrong with the shape of a user id as the service's dashboard shows it; null when nothing is.
 *
 * @param text - As it was typed; white space around it means nothing.
 */
export function userIdFault(text: string): UserIdFault | null {
  const typed = text.trim();
  if (typed === '') return 'empty';
  if (userIdPattern.test(typed) || botSubjectPattern.test(typed)) return null;
  if (beginnings.test(typed)) return 'unfinished';
  return /^[^\s@]+@/.test(typed) ? 'email' : 'other';
}
