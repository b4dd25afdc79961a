import type { ServerContext } from '../context.ts';
import type { Reader } from '../db/write.ts';
import { ApiError } from '../http/api-error.ts';

/** Whether somebody administers the server. */
export async function isAdministrator(db: Reader, id: string): Promise<boolean> {
  const user = await db
    .selectFrom('users')
    .select('id')
    .where('id', '=', id)
    .where('role', '=', 'admin')
    .where('status', '=', 'active')
    .executeTakeFirst();
  return user !== undefined;
}

/** Whether nobody administers the server yet: it has no users, or only administrators who have to choose a password first. */
export async function isSetupRequired(db: Reader): Promise<boolean> {
  const administrators = await db
    .selectFrom('users')
    .select('must_change_password')
    .distinct()
    .where('role', '=', 'admin')
    .where('status', '=', 'active')
    .execute();
  if (administrators.length > 0) return administrators.every((each) => each.must_change_password === 1);
  return (await db.selectFrom('users').select('id').limit(1).executeTakeFirst()) === undefined;
}

/** For the beginning of a change, as `requireRoleStill`: the actor administers the server. @throws ApiError 403 */
export async function requireAdministratorStill(tx: Reader, actorId: string): Promise<void> {
  if (await isAdministrator(tx, actorId)) return;
  throw new ApiError(
    'role_insufficient',
    'Only administrators of this server may do this. Nothing was changed.',
  );
}

/** Whether somebody decides about accounts: administrators, and those whom the configuration names. */
export function isOperator(
  { kisenon }: ServerContext['config'],
  { role, email }: { role: string; email: string },
): boolean {
  return role === 'admin' || kisenon.operators.includes(email);
}
