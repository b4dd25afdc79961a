import { newId } from '../../reference-server/identity/ids.ts';
import { cheapHash } from './local-server.ts';
import type { LocalServer } from './local-server.ts';

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
  const user = { id: newId('u'), username, email: `${username}@acme.example` };
  const password = 'correct horse';
  const created_at = new Date(Date.UTC(2026, 0, 1) + made * 1000).toISOString();
  const row = { ...user, display_name: 'Wanda Weiß', password_hash: await cheapHash(password), created_at };
  await context.write({}, async (tx) => {
    await tx.insertInto('principals').values({ id: user.id, kind: 'user' }).execute();
    await tx
      .insertInto('users')
      .values({ ...row, status: 'pending', role: 'user' })
      .execute();
    const identity = {
      issuer: 'https://id.example',
      user_id: user.id,
      provider: 'example',
      email: user.email,
    };
    const times = { created_at, last_used_at: created_at };
    await tx
      .insertInto('external_identities')
      .values({ ...identity, subject: username, ...times })
      .execute();
  });
  return { ...user, password };
}
