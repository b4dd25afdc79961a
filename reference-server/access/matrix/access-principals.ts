import { principalGroupsMax } from '../../../contracts/server-api/access/primitives.ts';
import type { AccessPrincipal } from '../../../contracts/server-api/access/primitives.ts';
import type { Caller } from '../../auth/caller.ts';
import type { ServerContext } from '../../context.ts';
import type { Reader } from '../../db/write.ts';
import { notFound } from '../../http/api-error.ts';
import { mainSlug } from '../../identity/main-organization.ts';
import { everybody } from './administered.ts';
import type { PrincipalFacts } from '../decide.ts';
import { countUnknownAddresses } from '../unknown-addresses.ts';
import type { SetFacts, Subject } from './set-facts.ts';

/** Somebody who is shown beside access. */
export interface NamedSubject extends Subject {
  name: string;
  /** Of people alone. */
  email: string | null;
  /** The caller knows them besides: has named them by this address, or asks about what they hold. */
  isKnown?: boolean;
}

/** Groups of other organizations are not known in one; groups of `main` are, everywhere. */
export function groupQuery(db: Reader, slug: string) {
  return db
    .selectFrom('groups')
    .innerJoin('organizations', 'organizations.id', 'groups.org_id')
    .select(['groups.id', 'groups.name'])
    .where('organizations.slug', 'in', [slug, mainSlug]);
}

/** Everybody who has an account. */
export function userQuery(db: Reader) {
  return db.selectFrom('users').select(['users.id', 'username as name', 'email']);
}

/** An organization's own that are not deleted. */
export function botQuery(db: Reader, slug: string) {
  return db
    .selectFrom('bots')
    .innerJoin('organizations', 'organizations.id', 'bots.org_id')
    .select(['bots.id', 'bots.name'])
    .where('organizations.slug', '=', slug)
    .where('bots.deleted_at', 'is', null);
}

/** Somebody of each kind, of a row of its query. */
export const toSubject = {
  group: (row: { id: string; name: string }): NamedSubject => ({ kind: 'group', ...row, email: null }),
  user: (row: { id: string; name: string; email: string }): NamedSubject => ({ kind: 'user', ...row }),
  bot: (row: { id: string; name: string }): NamedSubject => ({ kind: 'bot', ...row, email: null }),
};

/**
 * The one whom a caller names by a reference.
 *
 * @throws ApiError 404 where there is none that is known in the organization of this slug, 429 as `countUnknownAddresses`
 */
export async function requirePrincipal(
  context: ServerContext,
  { principal: { id } }: Caller,
  slug: string,
  reference: string,
): Promise<NamedSubject> {
  const subject = (await findPrincipals(context.db, slug, [reference])).get(reference);
  countUnknownAddresses(context, id, [reference].filter(isAddress), () => subject !== undefined);
  if (subject === undefined) throw notFound(`Whom ${reference} names`, 'principal_gone');
  return subject;
}

/** Whether a reference names a person by an e-mail address. */
export function isAddress(reference: string): boolean {
  return reference.startsWith('user:') && reference.includes('@');
}

/**
 * Those whom references name, as `principalReferenceSchema` has them, by three queries. Who is gone, or is not known in the
 * organization of this slug, is left out.
 *
 * @returns By the reference.
 */
export async function findPrincipals(
  db: Reader,
  slug: string,
  references: readonly string[],
): Promise<Map<string, NamedSubject>> {
  const named = (kind: Subject['kind']) =>
    references.flatMap((text) => (text.startsWith(`${kind}:`) ? [text.slice(kind.length + 1)] : []));
  const users = named('user').map((text) => (text.includes('@') ? text.toLowerCase() : text));
  const groups = named('group');
  const bots = named('bot').flatMap((text) => {
    const [org, name = ''] = text.split('/');
    return org === slug ? [name] : [];
  });
  const found = new Map<string, NamedSubject>();
  if (users.length > 0) {
    const query = userQuery(db).where((where) =>
      where.or([where('id', 'in', users), where('email', 'in', users)]),
    );
    for (const row of await query.execute()) {
      for (const key of [row.id, row.email]) found.set(`user:${key}`, toSubject.user(row));
    }
  }
  if (groups.length > 0) {
    for (const row of await groupQuery(db, slug).where('groups.id', 'in', groups).execute())
      found.set(`group:${row.id}`, toSubject.group(row));
  }
  if (bots.length > 0) {
    for (const row of await botQuery(db, slug).where('bots.name', 'in', bots).execute())
      found.set(`bot:${slug}/${row.name}`, toSubject.bot(row));
  }
  return new Map(
    references.flatMap((text) => {
      const subject = found.get(isAddress(text) ? text.toLowerCase() : text);
      return subject === undefined ? [] : [[text, { ...subject, isKnown: isAddress(text) }]];
    }),
  );
}

/** Those of these ids that are there and known in an organization, by three queries. */
export async function findSubjects(
  db: Reader,
  slug: string,
  ids: readonly string[],
): Promise<Map<string, NamedSubject>> {
  if (ids.length === 0) return new Map();
  const users = await userQuery(db).where('users.id', 'in', ids).execute();
  const groups = await groupQuery(db, slug).where('groups.id', 'in', ids).execute();
  const bots = await botQuery(db, slug).where('bots.id', 'in', ids).execute();
  const subjects = [...users.map(toSubject.user), ...groups.map(toSubject.group), ...bots.map(toSubject.bot)];
  return new Map(subjects.map((subject) => [subject.id, subject]));
}

/** Somebody in one word. */
export function referenceOf({ kind, id, name }: NamedSubject, slug: string): string {
  return kind === 'bot' ? `bot:${slug}/${name}` : `${kind}:${id}`;
}

/** Somebody as the contract shows them. */
export function toAccessPrincipal(subject: NamedSubject, facts: SetFacts): AccessPrincipal {
  const { org, known, who, groups, grants } = facts;
  return {
    reference: referenceOf(subject, org),
    kind: subject.kind,
    name: subject.name,
    email: subject.isKnown === true || isShown(subject, facts) ? subject.email : null,
    role: roleIn(who.get(subject.id), org),
    active: who.get(subject.id)?.active ?? false,
    groups: (groups.get(subject.id) ?? [])
      .filter((group) => group.org === org || group.org === mainSlug)
      .filter((group) => known.has(group.org) || grants.has(group.id))
      .slice(0, principalGroupsMax)
      .map(({ id }) => id),
  };
}

/** Whether a caller is shown somebody in lists, too: all others they only know how to name. */
function isShown({ id }: NamedSubject, { org, known, who, groups, grants }: SetFacts): boolean {
  if (known.has(everybody) || grants.has(id)) return true;
  const theirs = (groups.get(id) ?? []).map((group) => group.org);
  return (roleIn(who.get(id), org) === null ? theirs : [...theirs, org]).some((slug) => known.has(slug));
}

function roleIn(facts: PrincipalFacts | undefined, slug: string): AccessPrincipal['role'] {
  return facts?.roles.find((role) => role.slug === slug)?.role ?? null;
}
