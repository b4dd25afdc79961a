import { memberPlace, usernamePlace } from '../../config/ldap.ts';
import type { GroupSettings, LdapSettings } from '../../config/ldap.ts';

/** A text as a value in a filter (RFC 4515, section 3). */
function escapeValue(text: string): string {
  return text.replaceAll(
    /[\\*()\0]/g,
    (character) => `\\${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

/** Finds the person of a user name, whatever signs are in it. */
export function personFilter({ userFilter }: LdapSettings, username: string): string {
  return userFilter.replace(usernamePlace, () => escapeValue(username));
}

/** Finds everybody whom `personFilter` finds by some user name. */
export function everybodyFilter({ userFilter }: LdapSettings): string {
  return userFilter.replace(usernamePlace, '*').replaceAll(/\*{2,}/g, '*');
}

/**
 * Finds the one of everybody who has a subject as `personOf` makes it; for those that are names of entries, everybody:
 * they are looked for there.
 */
export function subjectFilter(settings: LdapSettings, subject: string): string {
  const everybody = everybodyFilter(settings);
  if (!subject.startsWith('id:')) return everybody;
  const id = subject.slice('id:'.length);
  const test = id.includes('-')
    ? `(entryUUID=${escapeValue(id)})`
    : `(objectGUID=${id.replaceAll(/[0-9a-f]{2}/g, '\\$&')})`;
  return `(&${everybody}${test})`;
}

/** Finds the groups of somebody. `login` is the user name as the directory writes it. */
export function groupFilter({ filter }: GroupSettings, { dn, login }: { dn: string; login: string }): string {
  const [entry, name] = [escapeValue(dn), escapeValue(login)];
  const filled = filter.replace(memberPlace, (_, place: string) =>
    place === 'dn' || place === '0' ? entry : name,
  );
  if (filled !== filter) return filled;
  return `(&${filter}(|(member=${entry})(uniqueMember=${entry})(memberUid=${name})))`;
}
