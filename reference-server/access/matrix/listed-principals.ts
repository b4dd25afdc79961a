import { principalPlace } from '../../../contracts/server-api/access/matrix.ts';
import type { ServerContext } from '../../context.ts';
import { belongsTo, hasNotEnded } from '../../db/grant-columns.ts';
import type { Asker } from '../repository-access.ts';
import { botQuery, groupQuery, referenceOf, toSubject, userQuery } from './access-principals.ts';
import type { NamedSubject } from './access-principals.ts';
import type { AdministeredOrganization } from './administered.ts';
import type { Subject } from './set-facts.ts';

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
    return rows.map(toSubject.group);
  },
  user: async ({ place, room, ...caller }) => {
    let query = shown.user(caller);
    if (place !== null) query = query.where('username', '>', place.name);
    const rows = await query.orderBy('username').limit(room).execute();
    return rows.map(toSubject.user);
  },
  bot: async ({ place, room, ...caller }) => {
    let query = shown.bot(caller);
    if (place !== null) query = query.where('bots.name', '>', place.name);
    const rows = await query.orderBy('bots.name').limit(room).execute();
    return rows.map(toSubject.bot);
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
