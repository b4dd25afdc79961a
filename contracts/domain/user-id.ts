/** A user, or a bot with its organization: the same as `subjectSchema` of the server API. */
const userIdPattern = /^u_[a-z2-7]{16,32}$/;
const word = '[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?';
const botPattern = new RegExp(`^bot:${word}/${word}$`);

/** The beginnings of those. */
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
  if (userIdPattern.test(typed) || botPattern.test(typed)) return null;
  if (beginnings.test(typed)) return 'unfinished';
  return /^[^\s@]+@/.test(typed) ? 'email' : 'other';
}
