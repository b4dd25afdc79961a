import type { OrgRole } from '../../contracts/server-api/primitives.ts';
import type { User } from '../../contracts/server-api/sign-in.ts';
import type { UserTable } from '../db/schema.ts';
import type { Reader, Tx } from '../db/write.ts';

/** What every account begins with: no password, and nobody has signed in. */
export const newAccount = { password_hash: null, must_change_password: 0, last_sign_in_at: null } as const;

/** Inserts a user; nobody may have the name or e-mail address. */
export async function insertUser(tx: Tx, user: UserTable): Promise<void> {
  await tx.insertInto('principals').values({ id: user.id, kind: 'user' }).execute();
  await tx.insertInto('users').values(user).execute();
}

/**
 * The user with this user name or e-mail address (letter case does not count), or null. Where it is one user's name
 * and another's address, the name counts.
 */
export async function findUserByLogin(db: Reader, login: string): Promise<UserTable | null> {
  const name = login.trim().toLowerCase();
  const rows = await db
    .selectFrom('users')
    .selectAll()
    .where((where) => where.or([where('username', '=', name), where('email', '=', name)]))
    .execute();
  return rows.find(({ username }) => username === name) ?? rows[0] ?? null;
}

/** The user with this e-mail address, or null. */
export async function findUserByEmail(db: Reader, email: string): Promise<UserTable | null> {
  const row = await db
    .selectFrom('users')
    .selectAll()
    .where('email', '=', email.toLowerCase())
    .executeTakeFirst();
  return row ?? null;
}

/** The user of an id, or null. */
export async function findUser(db: Reader, id: string): Promise<UserTable | null> {
  const row = await db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst();
  return row ?? null;
}

/** The user of an id. @throws Error when the user is gone. */
export async function getUser(db: Reader, id: string): Promise<UserTable> {
  return db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
}

/** A user as the contract shows it. */
export function toUser(row: Pick<UserTable, keyof User>): User {
  return { id: row.id, username: row.username, email: row.email, display_name: row.display_name };
}

/** A user's place in one organization. */
export interface OrgMembership {
  orgId: string;
  slug: string;
  role: OrgRole;
}

/** The organizations of a user, by slug. */
export async function membershipsOf(db: Reader, userId: string): Promise<OrgMembership[]> {
  return db
    .selectFrom('memberships')
    .innerJoin('organizations', 'organizations.id', 'memberships.org_id')
    .select(['memberships.org_id as orgId', 'organizations.slug as slug', 'memberships.role as role'])
    .where('memberships.user_id', '=', userId)
    .orderBy('organizations.slug')
    .execute();
}
