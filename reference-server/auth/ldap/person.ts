import type { Entry } from 'ldapts';
import { lineSchema } from '../../../contracts/server-api/primitives.ts';
import type { DirectoryPerson } from '../../context.ts';

/** What is asked of every entry: what names it for good. */
export const idAttributes = ['entryUUID', 'objectGUID'] as const;

/** What is asked of the entry of somebody who signs in. */
export const personAttributes = [...idAttributes, 'displayName', 'cn'] as const;

/** User names without @: those would pass for the addresses of others. */
const usernamePattern = /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/;

const nameSchema = lineSchema(1, 64).nullable().catch(null);

/** The person of an entry; null where it has no user name that can be one here. */
export function personOf(entry: Entry, usernameAttribute: string): DirectoryPerson | null {
  const { dn } = entry;
  const login = valueOf(entry, usernameAttribute) ?? '';
  const username = login.toLowerCase();
  // Without a name in it, a sign-in would be one of nobody in particular, which succeeds by any password.
  if (!dn.includes('=') || !usernamePattern.test(username)) return null;
  return {
    ...{ dn, subject: subjectOf(entry), username, login },
    name: nameSchema.parse(valueOf(entry, 'displayName') ?? valueOf(entry, 'cn')),
  };
}

/** What names an entry for good: its id, which goes along when it is renamed, else its name. */
export function subjectOf(entry: Entry): string {
  const id = valueOf(entry, 'entryUUID') ?? valueOf(entry, 'objectGUID');
  return id === null ? `dn:${entry.dn.toLowerCase()}` : `id:${id}`;
}

/** The first value of an attribute, whose letter case is the directory's; null for none. Bytes become hex digits. */
export function valueOf(entry: Entry, attribute: string): string | null {
  const wanted = attribute.toLowerCase();
  const [, values] = Object.entries(entry).find(([name]) => name.toLowerCase() === wanted) ?? [];
  const first = Array.isArray(values) ? values[0] : values;
  if (first === undefined || first.length === 0) return null;
  return typeof first === 'string' ? first : first.toString('hex');
}
