import type { UserTable } from '../../reference-server/db/schema.ts';
import { newId } from '../../reference-server/identity/ids.ts';
import { createPersonalOrganization } from '../../reference-server/identity/organizations.ts';
import { insertUser, newAccount } from '../../reference-server/identity/users.ts';
import { cheapHash } from './demo-seed.ts';
import type { LocalServer } from './local-server.ts';

/** The password of those whom `newUser` makes. */
export const passwordOfNewUsers = 'plum anchor velvet';

/** A further user, with a personal organization; an active one with the role `user`, where nothing else is said. */
export async function newUser(
  { context }: LocalServer,
  user: Partial<UserTable> & { username: string },
): Promise<UserTable> {
  const row: UserTable = {
    ...newAccount,
    id: newId('u'),
    email: `${user.username}@acme.example`,
    display_name: user.username,
    status: 'active',
    role: 'user',
    created_at: context.now().toISOString(),
    password_hash: await cheapHash(passwordOfNewUsers),
    ...user,
  };
  await context.write({}, async (tx) => {
    await insertUser(tx, row);
    await createPersonalOrganization(tx, row, context.now());
  });
  return row;
}
