import { numberedPage } from '../../contracts/server-api/artifact-keeper/pages.ts';
import type { ExpressionBuilder, ExpressionWrapper, SqlBool } from 'kysely';
import type {
  ServerUser,
  ServerUserList,
  UserListQuery,
} from '../../contracts/server-api/artifact-keeper/users.ts';
import { contains } from '../db/contains.ts';
import type { Database, UserTable } from '../db/schema.ts';
import type { Reader } from '../db/write.ts';

/** A page of a server's users, by user name. */
export async function listUsers(db: Reader, query: UserListQuery): Promise<ServerUserList> {
  const { page, per_page } = query;
  const matching = db.selectFrom('users').where((where) => matches(where, query));
  const { total } = await matching
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  const rows = await matching
    .selectAll()
    .orderBy('username')
    .limit(per_page)
    .offset((page - 1) * per_page)
    .execute();
  return numberedPage(rows.map(toServerUser), total, query);
}

function matches(
  where: ExpressionBuilder<Database, 'users'>,
  { search, is_active, is_admin, role }: UserListQuery,
): ExpressionWrapper<Database, 'users', SqlBool> {
  return where.and([
    ...(search === ''
      ? []
      : [where.or(['username', 'email', 'display_name'].map((column) => contains(column, search)))]),
    ...(is_active === undefined ? [] : [where('status', is_active ? '=' : '!=', 'active')]),
    ...(is_admin === undefined ? [] : [where('role', is_admin ? '=' : '!=', 'admin')]),
    ...(role === undefined ? [] : [where('role', '=', role)]),
  ]);
}

/** A user as administrators see them. */
export function toServerUser(row: UserTable): ServerUser {
  const { id, username, email, display_name, role, status, created_at } = row;
  return {
    ...{ id, username, email, display_name, role, status, created_at },
    is_admin: role === 'admin',
    is_active: status === 'active',
    must_change_password: row.must_change_password === 1,
    totp_enabled: false,
    last_login_at: row.last_sign_in_at,
  };
}
