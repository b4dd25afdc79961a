import { randomBytes } from 'node:crypto';
import type { OrgRole } from '../../contracts/server-api/primitives.ts';
import { issueSessionJwt } from '../../reference-server/auth/session-jwt.ts';
import { findSession, startSession } from '../../reference-server/auth/sessions.ts';
import type { UserTable } from '../../reference-server/db/schema.ts';
import { hashSecret } from '../../reference-server/identity/secret-hash.ts';
import { newId } from '../../reference-server/identity/ids.ts';
import { insertOrganization } from '../../reference-server/identity/organizations.ts';
import { membershipsOf, newAccount } from '../../reference-server/identity/users.ts';
import type { LocalServer } from './local-server.ts';
import type { OracleDeed } from './member-oracle.ts';
import { call } from './server-client.ts';
import type { CallResult } from './server-client.ts';

/** Somebody of a test's own, signed in. */
export interface Person {
  id: string;
  username: string;
  email: string;
  /** Session token. */
  token: string;
}

/** Makes a user with a session; what is not said is of no matter. */
export async function newPerson({ context }: LocalServer, as: Partial<UserTable> = {}): Promise<Person> {
  const id = as.id ?? newId('u');
  const username = as.username ?? id.slice(2, 12);
  const user: UserTable = {
    username,
    email: `${username}@people.example`,
    display_name: `Person ${username}`,
    status: 'active',
    role: 'user',
    ...newAccount,
    created_at: context.now().toISOString(),
    ...as,
    id,
  };
  const { token } = await context.write({}, async (tx) => {
    await tx.insertInto('principals').values({ id, kind: 'user' }).execute();
    await tx.insertInto('users').values(user).execute();
    return startSession(tx, user, context.now());
  });
  return { id, username, email: user.email, token };
}

/** A team organization of a test's own, with one member of each role that is asked for. */
export interface Team {
  id: string;
  slug: string;
  /** By the name that was asked for. */
  people: Readonly<Record<string, Person>>;
  person: (name: string) => Person;
}

let made = 0;

/** Makes an organization. @param roles - Of each member, by a name; the first is its owner. */
export async function newTeam(server: LocalServer, roles: Record<string, OrgRole>): Promise<Team> {
  const { context } = server;
  made += 1;
  const slug = `team-${String(made)}`;
  const people: Record<string, Person> = {};
  for (const name of Object.keys(roles)) people[name] = await newPerson(server);
  const [owner, ...others] = Object.entries(roles);
  const ownerId = people[owner?.[0] ?? '']?.id ?? '';
  const row = await context.write({}, async (tx) => {
    const org = await insertOrganization(tx, { slug, name: slug, kind: 'team', ownerId }, context.now());
    for (const [name, role] of others) {
      const user_id = people[name]?.id ?? '';
      const created_at = context.now().toISOString();
      await tx
        .insertInto('memberships')
        .values({ org_id: org?.id ?? '', user_id, role, created_at })
        .execute();
    }
    return org;
  });
  const person = (name: string) => {
    const found = people[name];
    if (found === undefined) throw new Error(`Nobody here is called ${name}.`);
    return found;
  };
  return { id: row?.id ?? '', slug, people, person };
}

/** The roles in an organization, by user name. */
export async function rolesIn({ context }: LocalServer, orgId: string): Promise<Record<string, OrgRole>> {
  const rows = await context.db
    .selectFrom('memberships')
    .innerJoin('users', 'users.id', 'memberships.user_id')
    .select(['users.username', 'memberships.role'])
    .where('org_id', '=', orgId)
    .execute();
  return Object.fromEntries(rows.map(({ username, role }) => [username, role]));
}

/** Puts an API key of a person into the database; gives the secret and the id. */
export async function storeApiKey(
  { context }: LocalServer,
  orgId: string,
  userId: string,
): Promise<{ id: string; secret: string }> {
  const id = newId('key');
  const secret = `nsk_${randomBytes(32).toString('base64url')}`;
  await context.write({}, (tx) =>
    tx
      .insertInto('api_keys')
      .values({
        id,
        org_id: orgId,
        user_id: userId,
        name: 'Test',
        secret_hash: hashSecret(secret),
        prefix: secret.slice(0, 8),
        scope_kind: 'org',
        capability: 'read_write',
        created_via: null,
        created_at: context.now().toISOString(),
        expires_at: null,
        revoked_at: null,
        last_used_at: null,
        last_used_address: null,
        last_used_program: null,
      })
      .execute(),
  );
  return { id, secret };
}

/** A server JWT of a person, in an organization of theirs. */
export async function jwtOf(server: LocalServer, person: Person, org: string): Promise<string> {
  const { context } = server;
  const session = await findSession(context, person.token);
  if (session === null) throw new Error('The session has ended.');
  const membership = (await membershipsOf(context.db, person.id)).find(({ slug }) => slug === org);
  return (await issueSessionJwt(context, session, membership ?? null)).token;
}

/** Does a deed over the API, by the session of its doer or another credential of theirs. */
export function sendDeed(
  server: LocalServer,
  team: Team,
  deed: OracleDeed,
  token = team.person(deed.by).token,
): Promise<CallResult> {
  const org = `/v1/orgs/${team.slug}`;
  switch (deed.kind) {
    case 'give': {
      const path = `${org}/members/${team.person(deed.to).id}`;
      return call(server, path, { method: 'PATCH', token, body: { role: deed.role } });
    }
    case 'remove':
      return call(server, `${org}/members/${team.person(deed.who).id}`, { method: 'DELETE', token });
    case 'hand over':
      return call(server, `${org}/transfer`, { token, body: { user_id: team.person(deed.to).id } });
  }
}

/** What the audit log has of an action in an organization, in order. */
export async function auditOf({ context }: LocalServer, org: string, action: string) {
  const rows = await context.db
    .selectFrom('audit_events')
    .selectAll()
    .where('org', '=', org)
    .where('action', '=', action)
    .orderBy('seq')
    .execute();
  return rows.map(({ target, actor_name: by, details }) => ({
    target,
    by,
    details: JSON.parse(details) as Record<string, unknown>,
  }));
}
