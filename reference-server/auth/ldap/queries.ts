import { NoSuchObjectError } from 'ldapts';
import type { Client, Entry } from 'ldapts';
import type { LdapSettings } from '../../config/ldap.ts';
import type { DirectoryPerson, ExternalGroup } from '../../context.ts';
import { everybodyFilter, groupFilter, personFilter, subjectFilter } from './filters.ts';
import { idAttributes, personAttributes, personOf, subjectOf, valueOf } from './person.ts';
import { DirectoryProblem } from './problems.ts';

/** Entries that are asked for at once; directories commonly give no more than a thousand. */
const pageSize = 500;

const mostPeople = 100_000;
/** Groups of one person. */
const mostGroups = 1000;

/** An entry of somebody who may sign in, as far as groups and accounts need it. */
export interface PersonEntry {
  dn: string;
  subject: string;
  login: string;
}

/** Signs in as who reads the directory, where there is such a one. */
export async function bindReader(client: Client, { reader }: LdapSettings): Promise<void> {
  if (reader !== null) await client.bind(reader.dn, reader.password);
}

/** The person of a user name; null for nobody, and for what cannot be a user name here. */
export async function findPerson(
  client: Client,
  settings: LdapSettings,
  username: string,
): Promise<DirectoryPerson | null> {
  const entry = await firstOf(client, settings, settings.baseDn, personFilter(settings, username));
  return entry === null ? null : personOf(entry, settings.usernameAttribute);
}

/** Everybody who may sign in, by subject. @throws DirectoryProblem when it is nobody, or too many. */
export async function readPeople(client: Client, settings: LdapSettings): Promise<Map<string, PersonEntry>> {
  const attributes = [...idAttributes, settings.usernameAttribute];
  const filter = everybodyFilter(settings);
  const found = new Map<string, PersonEntry>();
  for await (const entry of entriesOf(client, settings.baseDn, filter, attributes)) {
    const person = toPersonEntry(entry, settings);
    found.set(person.subject, person);
    if (found.size > mostPeople) {
      throw new DirectoryProblem(`has more than ${String(mostPeople)} people: narrow user_filter or base_dn`);
    }
  }
  if (found.size === 0) throw showsNobody();
  return found;
}

/**
 * The entry of somebody who was not among everybody; null where there is none. A list may lack people without a word of
 * it, such as when a page of it comes empty, so this is asked for each by itself.
 */
export async function findAgain(
  client: Client,
  settings: LdapSettings,
  subject: string,
): Promise<PersonEntry | null> {
  const isName = subject.startsWith('dn:');
  const place = isName ? subject.slice('dn:'.length) : settings.baseDn;
  try {
    const filter = subjectFilter(settings, subject);
    const entry = await firstOf(client, settings, place, filter, isName ? 'base' : 'sub');
    return entry === null ? null : { ...toPersonEntry(entry, settings), subject };
  } catch (error) {
    if (isName && error instanceof NoSuchObjectError) return null;
    throw error;
  }
}

/** The groups that somebody is in; none where no groups are read. */
export async function readGroups(
  client: Client,
  { groups }: LdapSettings,
  person: Pick<PersonEntry, 'dn' | 'login'>,
): Promise<ExternalGroup[]> {
  if (groups === null) return [];
  const found: ExternalGroup[] = [];
  const attributes = [...idAttributes, groups.attribute];
  for await (const entry of entriesOf(client, groups.baseDn, groupFilter(groups, person), attributes)) {
    const name = valueOf(entry, groups.attribute);
    if (name !== null) found.push({ externalId: subjectOf(entry), name });
    if (found.length > mostGroups) {
      throw new DirectoryProblem(
        `has somebody in more than ${String(mostGroups)} groups: narrow group_filter or group_base_dn`,
      );
    }
  }
  return found;
}

/** Looks whether people, and the place of groups, are there at all. @throws what is in the way */
export async function tryQueries(client: Client, settings: LdapSettings): Promise<void> {
  const { baseDn, groups } = settings;
  if ((await firstOf(client, settings, baseDn, everybodyFilter(settings))) === null) throw showsNobody();
  if (groups !== null) await firstOf(client, settings, groups.baseDn, '(objectClass=*)', 'base');
}

function showsNobody(): DirectoryProblem {
  return new DirectoryProblem('shows nobody who could sign in: check base_dn, user_filter and the bind DN');
}

function toPersonEntry(entry: Entry, { usernameAttribute }: LdapSettings): PersonEntry {
  return { dn: entry.dn, subject: subjectOf(entry), login: valueOf(entry, usernameAttribute) ?? '' };
}

async function firstOf(
  client: Client,
  { usernameAttribute }: LdapSettings,
  place: string,
  filter: string,
  scope: 'sub' | 'base' = 'sub',
): Promise<Entry | null> {
  const attributes = [...personAttributes, usernameAttribute];
  const { searchEntries } = await client.search(place, {
    ...common,
    scope,
    filter,
    sizeLimit: 1,
    attributes,
  });
  return searchEntries[0] ?? null;
}

/** All entries below a place. No limit is asked for: one that the directory has is an error then, never a part. */
async function* entriesOf(client: Client, place: string, filter: string, attributes: string[]) {
  const paged = { pageSize };
  const pages = client.searchPaginated(place, { ...common, scope: 'sub', filter, attributes, paged });
  for await (const { searchEntries } of pages) yield* searchEntries;
}

const common = { derefAliases: 'never' as const, explicitBufferAttributes: ['objectGUID'] };
