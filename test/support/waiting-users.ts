import type { UserTable } from '../../reference-server/db/schema.ts';
import { newId } from '../../reference-server/identity/ids.ts';
import { createPersonalOrganization } from '../../reference-server/identity/organizations.ts';
import { cheapHash } from './demo-seed.ts';
import type { LocalServer } from './local-server.ts';
import { newAccount } from '../../reference-server/identity/users.ts';

/** Somebody who has signed up by a provider, and whom nobody has approved. */
export interface WaitingUser {
  id: string;
  username: string;
  email: string;
  password: string;
}

let made = 0;

/** Makes one; who is made later has waited less long. */
export async function newWaitingUser({ context }: LocalServer): Promise<WaitingUser> {
  made += 1;
  const username = `waiting-${String(made)}`;
  const password = 'correct horse';
  const created_at = new Date(Date.UTC(2026, 0, 1) + made * 1000).toISOString();
  const user: UserTable = {
    id: newId('u'),
    username,
    email: `${username}@acme.example`,
    display_name: 'Wanda Weiß',
    status: 'pending',
    role: 'user',
    ...newAccount,
    password_hash: await cheapHash(password),
    created_at,
  };
  const { id, email } = user;
  await context.write({}, async (tx) => {
    await tx.insertInto('principals').values({ id, kind: 'user' }).execute();
    await tx.insertInto('users').values(user).execute();
    await createPersonalOrganization(tx, user, context.now());
    const identity = {
      issuer: 'https://id.example',
      subject: username,
      user_id: id,
      provider: 'example',
      email,
    };
    await tx
      .insertInto('external_identities')
      .values({ ...identity, created_at, last_used_at: created_at, left_at: null })
      .execute();
  });
  return { id, username, email, password };
}
