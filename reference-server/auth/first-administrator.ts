import { isLoopbackHost } from '../../contracts/domain/origin.ts';
import { ConfigError } from '../config/config-error.ts';
import { authorityOf } from '../config/own-origin.ts';
import type { ServerContext } from '../context.ts';
import type { UserTable } from '../db/schema.ts';
import type { Reader } from '../db/write.ts';
import { newId } from '../identity/ids.ts';
import { requireMainOrganization } from '../identity/main-organization.ts';
import { createPersonalOrganization } from '../identity/organizations.ts';
import { insertUser, newAccount } from '../identity/users.ts';
import { hashPassword, verifyPassword } from './passwords.ts';

/** How somebody signs in to an empty server. All else is closed until the password is another one. */
export const firstSignIn = { username: 'admin', password: 'admin' } as const;

/**
 * Makes the first administrator, and the organization `main`, where nobody is and nobody ever was: everybody knows the
 * password, so only on a server that this computer alone reaches, and that the password can be changed on.
 *
 * @returns Whether it was made.
 * @throws ConfigError where others reach the server, and one that was made before has this password still.
 */
export async function makeFirstAdministrator(context: ServerContext): Promise<boolean> {
  const { dialects, host, trustedProxies } = context.config;
  const isHere =
    trustedProxies.rules.length === 0 &&
    [authorityOf(host), new URL(context.origin()).hostname].every(isLoopbackHost);
  if (!isHere) await requireOtherPassword(context.db);
  if (!isHere || !dialects.includes('artifact-keeper')) return false;
  // Asked again below, where nobody else changes anything: a hash takes its time, and mostly is not needed.
  if (!(await isUntouched(context.db))) return false;
  const { username, password } = firstSignIn;
  const user: UserTable = {
    ...newAccount,
    ...{ id: newId('u'), username, email: `${username}@keyhold.invalid`, display_name: 'Administrator' },
    ...{ status: 'active', role: 'admin', must_change_password: 1 },
    password_hash: await hashPassword(password),
    created_at: context.now().toISOString(),
  };
  return context.write({}, async (tx, audit) => {
    if (!(await isUntouched(tx))) return false;
    await insertUser(tx, user);
    await createPersonalOrganization(tx, user, context.now());
    await requireMainOrganization(tx, context.now());
    const details = { role: user.role, first_run: true };
    audit({ action: 'user.created', outcome: 'success', target: username, details });
    return true;
  });
}

/** Whoever signs in first by the password that everybody knows would choose the next one, and administer the server. */
async function requireOtherPassword(db: Reader): Promise<void> {
  const { username, password } = firstSignIn;
  const user = await db
    .selectFrom('users')
    .select('password_hash')
    .where('username', '=', username)
    .where('must_change_password', '=', 1)
    .executeTakeFirst();
  if (user === undefined || !(await verifyPassword(user.password_hash, password))) return;
  throw new ConfigError(
    `The user "${username}" has the password that everybody knows. Start the server for this computer alone ` +
      '(--host 127.0.0.1, no other --origin, no trusted_proxies), change the password, then start it like this.',
  );
}

/** The audit log outlives users. */
async function isUntouched(db: Reader): Promise<boolean> {
  const user = await db.selectFrom('users').select('id').limit(1).executeTakeFirst();
  if (user !== undefined) return false;
  const deed = await db
    .selectFrom('audit_events')
    .select('seq')
    .where((where) =>
      where.or([
        where('actor_id', 'is not', null),
        where('action', 'in', ['user.created', 'server.demo_seeded']),
      ]),
    )
    .limit(1)
    .executeTakeFirst();
  return deed === undefined;
}
