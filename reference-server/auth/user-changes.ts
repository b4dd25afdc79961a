import type { ServerRole } from '../../contracts/server-api/artifact-keeper/session.ts';
import type {
  CreateUserRequest,
  CreatedUser,
  ServerUser,
  UpdateUserRequest,
} from '../../contracts/server-api/artifact-keeper/users.ts';
import type { ServerContext } from '../context.ts';
import type { UserTable } from '../db/schema.ts';
import type { Actor, Audit, Reader, Tx } from '../db/write.ts';
import { ApiError, notFound } from '../http/api-error.ts';
import { isOperator, requireAdministratorStill } from '../identity/administrators.ts';
import { newId } from '../identity/ids.ts';
import { createPersonalOrganization } from '../identity/organizations.ts';
import { revokeCredentialsOf } from '../identity/revoked-credentials.ts';
import { toServerUser } from '../identity/user-list.ts';
import { findUser, insertUser, newAccount } from '../identity/users.ts';
import { generatePassword, hashPassword } from './passwords.ts';
import { endSessionsOf } from './sessions.ts';

/**
 * Makes a user, with a personal organization. Without a password one is made, which the user has to change.
 *
 * @throws ApiError 403 for an administrator or operator by an API token, 409 where the user name or e-mail address is
 *   taken, naming which.
 */
export async function createUser(
  context: ServerContext,
  { username, email, password, display_name, ...wish }: CreateUserRequest,
  actor: Actor,
): Promise<CreatedUser> {
  const generated = password == null ? generatePassword() : undefined;
  const user: UserTable = {
    ...newAccount,
    id: newId('u'),
    ...{ username, email, display_name: display_name ?? username },
    status: 'active',
    role: wantedRole(wish, 'user'),
    password_hash: await hashPassword(password ?? generated ?? ''),
    must_change_password: generated === undefined ? 0 : 1,
    created_at: context.now().toISOString(),
  };
  return context.write(actor, async (tx, audit) => {
    await requireMayChange(context, tx, actor, user);
    await requireFree(tx, 'username', username);
    await requireFree(tx, 'email', email);
    await insertUser(tx, user);
    await createPersonalOrganization(tx, user, context.now());
    const details = { email, role: user.role, generated_password: generated !== undefined };
    audit({ action: 'user.created', outcome: 'success', target: username, details });
    const shown = toServerUser(user);
    return generated === undefined ? { user: shown } : { user: shown, generated_password: generated };
  });
}

/**
 * Changes a user. Another role or status ends all sessions of that user; disabling the account also revokes its keys and
 * tokens, for good. Whoever changes users is an administrator and cannot stop being one by it: so a server keeps at least
 * one.
 *
 * @throws ApiError 400 for the own role and status, 403 for an administrator or operator by an API token, 404, 409 where
 *   the e-mail address is taken or the account waits for an operator.
 */
export async function updateUser(
  context: ServerContext,
  id: string,
  wish: UpdateUserRequest,
  actor: Actor,
): Promise<ServerUser> {
  return context.write(actor, async (tx, audit) => {
    const before = await requireUser(tx, id);
    const after: UserTable = {
      ...before,
      email: wish.email ?? before.email,
      display_name: wish.display_name ?? before.display_name,
      role: wantedRole(wish, before.role),
      status: wantedStatus(before, wish.is_active),
    };
    await requireMayChange(context, tx, actor, before, after);
    const { email, display_name, role, status } = after;
    const loses = before.role !== role || before.status !== status;
    if (loses && id === actor.id) throw ownStanding();
    if (email !== before.email) await requireFree(tx, 'email', email);
    await tx.updateTable('users').set({ email, display_name, role, status }).where('id', '=', id).execute();
    if (loses) await endSessionsOf(tx, id);
    const isClosed = before.status !== status && status === 'disabled';
    const revoked = isClosed ? await revokeCredentialsOf(context, tx, id) : {};
    if (wish.is_active != null) await decideForDirectory(tx, id);
    noteChanges(audit, before, after, revoked);
    return toServerUser(after);
  });
}

/** Gives a user a password to sign in with once and change. All sessions of the user end. @returns the password */
export async function resetPassword(context: ServerContext, id: string, actor: Actor): Promise<string> {
  const password = generatePassword();
  const password_hash = await hashPassword(password);
  await changePasswordOf(context, id, actor, { password_hash }, 'user.password_reset');
  return password;
}

/** Has a user change the password at the next sign-in. All sessions of the user end. */
export async function forcePasswordChange(context: ServerContext, id: string, actor: Actor): Promise<void> {
  await changePasswordOf(context, id, actor, {}, 'user.password_change_forced');
}

async function changePasswordOf(
  context: ServerContext,
  id: string,
  actor: Actor,
  change: { password_hash?: string },
  action: string,
): Promise<void> {
  await context.write(actor, async (tx, audit) => {
    const user = await requireUser(tx, id);
    await requireMayChange(context, tx, actor, user);
    const { username, password_hash } = user;
    if (id === actor.id) {
      // By a sign-in that was left open, a stranger would get what the own password is asked for.
      throw new ApiError('invalid_request', 'Change your own password with POST /api/v1/users/me/password.');
    }
    if (password_hash === null) {
      const message = `${username} has no password here and signs in elsewhere. Nothing was changed.`;
      throw new ApiError('conflict', message);
    }
    await tx
      .updateTable('users')
      .set({ ...change, must_change_password: 1 })
      .where('id', '=', id)
      .execute();
    await endSessionsOf(tx, id);
    audit({ action, outcome: 'success', target: username });
  });
}

/** What an administrator decides about an account, its directory does not undo when the person comes back there. */
async function decideForDirectory(tx: Tx, id: string): Promise<void> {
  await tx.updateTable('external_identities').set({ left_at: null }).where('user_id', '=', id).execute();
}

function wantedRole(
  { role, is_admin }: Pick<UpdateUserRequest, 'role' | 'is_admin'>,
  now: ServerRole,
): ServerRole {
  if (role != null) return role;
  if (is_admin == null || is_admin === (now === 'admin')) return now;
  return is_admin ? 'admin' : 'user';
}

function wantedStatus(
  { status, username }: UserTable,
  isActive: boolean | null | undefined,
): UserTable['status'] {
  if (isActive == null) return status;
  if (!isActive) return 'disabled';
  if (status !== 'pending') return 'active';
  const message = `${username} waits for an operator, who approves the account with POST /v1/pending/{id}/approve.`;
  throw new ApiError('conflict', message);
}

function noteChanges(
  audit: Audit,
  before: UserTable,
  after: UserTable,
  revoked: Record<string, number>,
): void {
  const target = before.username;
  for (const field of ['email', 'display_name'] as const) {
    if (before[field] === after[field]) continue;
    const details = { field, from: before[field], to: after[field] };
    audit({ action: 'user.updated', outcome: 'success', target, details });
  }
  if (before.role !== after.role) {
    const details = { from: before.role, to: after.role };
    audit({ action: 'user.role_changed', outcome: 'success', target, details });
  }
  if (before.status === after.status) return;
  const action = after.status === 'disabled' ? 'user.disabled' : 'user.enabled';
  audit({ action, outcome: 'success', target, details: revoked });
}

/**
 * For the beginning of a change. An API token lies in files of programs: whoever finds one must not become an
 * administrator by it, also not by the address that a provider signs somebody in by, nor decide about accounts.
 *
 * @param users - The account as it was and as it shall be.
 * @throws ApiError 403
 */
async function requireMayChange(
  { config }: ServerContext,
  tx: Reader,
  { id, apiToken }: Actor,
  ...users: readonly Pick<UserTable, 'role' | 'email'>[]
): Promise<void> {
  await requireAdministratorStill(tx, id);
  if (apiToken === undefined || !users.some((user) => isOperator(config, user))) return;
  throw new ApiError(
    'session_required',
    'Administrators and operators are made and changed by a signed-in person alone, not by an API token. Nothing was ' +
      'changed.',
  );
}

async function requireUser(tx: Reader, id: string): Promise<UserTable> {
  const user = await findUser(tx, id);
  if (user === null) throw notFound(`The user ${id}`);
  return user;
}

function ownStanding(): ApiError {
  return new ApiError(
    'invalid_request',
    'Nobody changes the own role or disables the own account: another administrator has to do that.',
  );
}

async function requireFree(tx: Tx, field: 'username' | 'email', value: string): Promise<void> {
  const other = await tx.selectFrom('users').select('id').where(field, '=', value).executeTakeFirst();
  if (other === undefined) return;
  const words = { username: 'user name', email: 'e-mail address' }[field];
  throw new ApiError('conflict', `${field}: There is a user with this ${words} already.`);
}
