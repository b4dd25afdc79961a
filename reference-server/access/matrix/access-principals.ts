import { principalPlace } from '../../../contracts/server-api/access/matrix.ts';
import { principalGroupsMax } from '../../../contracts/server-api/access/primitives.ts';
import type { AccessPrincipal } from '../../../contracts/server-api/access/primitives.ts';
import type { Caller } from '../../auth/caller.ts';
import type { ServerContext } from '../../context.ts';
import { belongsTo, hasNotEnded } from '../../db/grant-columns.ts';
import type { Reader } from '../../db/write.ts';
import { notFound } from '../../http/api-error.ts';
import { mainSlug } from '../../identity/main-organization.ts';
import { everybody } from './administered.ts';
import type { AdministeredOrganization } from './administered.ts';
import type { PrincipalFacts } from '../decide.ts';
import type { Asker } from '../repository-access.ts';
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

const kinds = ['group', 'user', 'bot'] as const;

/**
 * A page of those who may be given access in an organization: groups that grants there may go to, people who belong to it
 * or have a grant on what the caller administers, bots; each by name. Whom the caller may not be shown, they see where these
 * have such a grant.
 *
 * @param after - `principalPlace` of the one before; it may be gone.
 */
export async function listPrincipals(
  context: ServerContext,
  org: AdministeredOrganization,
  asker: Asker,
  { limit, after }: { limit: number; after: string },
): Promise<{ subjects: NamedSubject[]; next: string | undefined }> {
  const [afterKind = '', reference = '', ...words] = after.split(' ');
  const first = Math.max(
    0,
    kinds.findIndex((kind) => kind === afterKind),
  );
  const found: NamedSubject[] = [];
  for (const kind of kinds.slice(first)) {
    const place =
      kind === afterKind ? { name: words.join(' '), id: reference.slice(reference.indexOf(':') + 1) } : null;
    const room = limit + 1 - found.length;
    if (room > 0) found.push(...(await listKind[kind]({ context, org, asker, place, room })));
  }
  const subjects = found.slice(0, limit);
  const end = found.length > limit ? subjects.at(-1) : undefined;
  return { subjects, next: end && principalPlace({ ...end, reference: referenceOf(end, org.slug) }) };
}

interface ShownQuery {
  context: ServerContext;
  org: AdministeredOrganization;
  asker: Asker;
}

interface KindQuery extends ShownQuery {
  /** Of the one before; null for the beginning. */
  place: { name: string; id: string } | null;
  /** How many at most. */
  room: number;
}

const listKind: Record<Subject['kind'], (query: KindQuery) => Promise<NamedSubject[]>> = {
  group: async ({ place, room, ...caller }) => {
    let query = shown.group(caller);
    if (place !== null) {
      query = query.where((where) =>
        where.or([
          where('groups.name', '>', place.name),
          where.and([where('groups.name', '=', place.name), where('groups.id', '>', place.id)]),
        ]),
      );
    }
    const rows = await query.orderBy('groups.name').orderBy('groups.id').limit(room).execute();
    return rows.map((row) => ({ kind: 'group', ...row, email: null }));
  },
  user: async ({ place, room, ...caller }) => {
    let query = shown.user(caller);
    if (place !== null) query = query.where('username', '>', place.name);
    const rows = await query.orderBy('username').limit(room).execute();
    return rows.map((row) => ({ kind: 'user', ...row }));
  },
  bot: async ({ place, room, ...caller }) => {
    let query = shown.bot(caller);
    if (place !== null) query = query.where('bots.name', '>', place.name);
    const rows = await query.orderBy('bots.name').limit(room).execute();
    return rows.map((row) => ({ kind: 'bot', ...row, email: null }));
  },
};

/** Those of each kind whom a caller is shown. */
const shown = {
  group: ({ context, org, asker }: ShownQuery) =>
    groupQuery(context.db, org.slug).where((where) =>
      where.or([
        where('groups.id', 'in', grantedOn(context, org, asker)),
        ...[...org.known].map((slug) => where('organizations.slug', '=', slug)),
      ]),
    ),
  user: ({ context, org, asker }: ShownQuery) =>
    userQuery(context.db).where((where) =>
      where.or([
        where('users.id', 'in', grantedOn(context, org, asker)),
        ...(org.known.has(org.slug)
          ? [
              where(
                'users.id',
                'in',
                where.selectFrom('memberships').select('user_id').where('org_id', '=', org.id),
              ),
            ]
          : []),
      ]),
    ),
  bot: ({ context, org, asker }: ShownQuery) => {
    const query = botQuery(context.db, org.slug);
    return org.known.has(org.slug) ? query : query.where('bots.id', 'in', grantedOn(context, org, asker));
  },
};

/** Of these ids, those whom a caller is shown, by three queries. */
export async function shownOf(
  context: ServerContext,
  org: AdministeredOrganization,
  asker: Asker,
  ids: readonly string[],
): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const caller = { context, org, asker };
  const rows = [
    await shown.group(caller).where('groups.id', 'in', ids).execute(),
    await shown.user(caller).where('users.id', 'in', ids).execute(),
    await shown.bot(caller).where('bots.id', 'in', ids).execute(),
  ];
  return new Set(rows.flat().map(({ id }) => id));
}

/** Orders as the matrix does: by kind, then by name. */
export function compareSubjects(one: NamedSubject, other: NamedSubject): number {
  const placeOf = ({ kind, name, id }: NamedSubject) => [kinds.indexOf(kind), name, id].join(' ');
  return placeOf(one) < placeOf(other) ? -1 : 1;
}

/** Who has a grant on a repository of an organization that the caller administers. */
function grantedOn(context: ServerContext, org: AdministeredOrganization, { principal, limits }: Asker) {
  const { db } = context;
  let granted = db
    .selectFrom('grants')
    .innerJoin('repositories', 'repositories.id', 'grants.repository_id')
    .select('grants.principal_id')
    .where('repositories.org_id', '=', org.id)
    .where(hasNotEnded(context.now()));
  if (limits?.kind === 'api-token' && limits.repositories !== null) {
    granted = granted.where('repositories.id', 'in', [...limits.repositories]);
  }
  if (org.all) return granted;
  const own = (effect: 'allow' | 'deny') =>
    db
      .selectFrom('grants')
      .select('grants.repository_id')
      .where(belongsTo(principal?.id ?? ''))
      .where(hasNotEnded(context.now()))
      .where('effect', '=', effect)
      .where('actions', 'like', '%admin%');
  return granted.where('repositories.id', 'in', own('allow')).where('repositories.id', 'not in', own('deny'));
}

/** Groups of other organizations are not known in one; groups of `main` are, everywhere. */
function groupQuery(db: Reader, slug: string) {
  return db
    .selectFrom('groups')
    .innerJoin('organizations', 'organizations.id', 'groups.org_id')
    .select(['groups.id', 'groups.name'])
    .where('organizations.slug', 'in', [slug, mainSlug]);
}

function userQuery(db: Reader) {
  return db.selectFrom('users').select(['users.id', 'username as name', 'email']);
}

function botQuery(db: Reader, slug: string) {
  return db
    .selectFrom('bots')
    .innerJoin('organizations', 'organizations.id', 'bots.org_id')
    .select(['bots.id', 'bots.name'])
    .where('organizations.slug', '=', slug)
    .where('bots.deleted_at', 'is', null);
}

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
      for (const key of [row.id, row.email]) found.set(`user:${key}`, { kind: 'user', ...row });
    }
  }
  if (groups.length > 0) {
    for (const row of await groupQuery(db, slug).where('groups.id', 'in', groups).execute())
      found.set(`group:${row.id}`, { kind: 'group', ...row, email: null });
  }
  if (bots.length > 0) {
    for (const row of await botQuery(db, slug).where('bots.name', 'in', bots).execute())
      found.set(`bot:${slug}/${row.name}`, { kind: 'bot', ...row, email: null });
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
  return new Map([
    ...users.map((row): [string, NamedSubject] => [row.id, { kind: 'user', ...row }]),
    ...groups.map((row): [string, NamedSubject] => [row.id, { kind: 'group', ...row, email: null }]),
    ...bots.map((row): [string, NamedSubject] => [row.id, { kind: 'bot', ...row, email: null }]),
  ]);
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
