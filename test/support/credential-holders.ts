import { randomUUID } from 'node:crypto';
import type { UserTable } from '../../reference-server/db/schema.ts';
import { newId } from '../../reference-server/identity/ids.ts';
import { cheapHash } from './local-server.ts';
import type { LocalServer } from './local-server.ts';
import { basicHeader } from './registry-client.ts';
import { call, signIn } from './server-client.ts';
import { newTestKey } from './test-key.ts';
import type { TestKey } from './test-key.ts';

/** Somebody who may do much in `acme`, with one credential of one kind. */
export interface Holder {
  /** The credential as the token endpoint takes it. */
  header: Record<string, string>;
  /** The credential as Keyhold's API takes it; a password is none. */
  bearer?: string;
  /** The cookie of the pages, for a session. */
  cookie?: string;
  owner: boolean;
  end: Readonly<Record<string, () => Promise<void>>>;
}

/** Makes a fresh holder of a kind of credential; each has ways to end it. */
export type NewHolder = (server: LocalServer) => Promise<Holder>;

export const bearerHeader = (token: string) => ({ authorization: `Bearer ${token}` });

interface NewUser {
  id: string;
  username: string;
  password: string;
}

/** A user of their own, so that no case touches another. */
async function newOwner({ context }: LocalServer): Promise<NewUser> {
  const id = newId('u');
  const password = randomUUID();
  const username = id.slice(2);
  const created_at = context.now().toISOString();
  const { id: org_id } = await context.db
    .selectFrom('organizations')
    .select('id')
    .where('slug', '=', 'acme')
    .executeTakeFirstOrThrow();
  const user: UserTable = {
    id,
    username,
    email: `${username}@acme.example`,
    display_name: 'Somebody',
    status: 'active',
    role: 'user',
    password_hash: await cheapHash(password),
    created_at,
  };
  await context.write({}, async (tx) => {
    await tx.insertInto('principals').values({ id, kind: 'user' }).execute();
    await tx.insertInto('users').values(user).execute();
    await tx.insertInto('memberships').values({ org_id, user_id: id, role: 'owner', created_at }).execute();
  });
  return { id, username, password };
}

async function sessionOf(server: LocalServer, { username, password }: NewUser): Promise<string> {
  const { body } = await call(server, '/v1/auth/login', { body: { username, password } });
  return (body as { token: string }).token;
}

/** What an administrator does to an account; there is no door for it yet. */
function accountEnds({ context: { write } }: LocalServer, { id }: NewUser) {
  return {
    'the user is disabled': async () => {
      await write({}, (tx) =>
        tx.updateTable('users').set({ status: 'disabled' }).where('id', '=', id).execute(),
      );
    },
    'the user waits for approval': async () => {
      await write({}, (tx) =>
        tx.updateTable('users').set({ status: 'pending' }).where('id', '=', id).execute(),
      );
    },
    'the user is deleted': async () => {
      await write({}, (tx) => tx.deleteFrom('principals').where('id', '=', id).execute());
    },
  };
}

function passwordEnds(server: LocalServer, user: NewUser) {
  const set = async (password_hash: string | null) => {
    await server.context.write({}, (tx) =>
      tx.updateTable('users').set({ password_hash }).where('id', '=', user.id).execute(),
    );
  };
  return {
    'the password is changed': async () => set(await cheapHash(randomUUID())),
    'the same password is set anew': async () => set(await cheapHash(user.password)),
    'the password is taken away': () => set(null),
  };
}

async function expectStatus(result: Promise<{ status: number }>, status: number): Promise<void> {
  const { status: got } = await result;
  if (got !== status) throw new Error(`Expected ${String(status)}, the server answered ${String(got)}`);
}

const register = async (server: LocalServer, path: string, session: string, key: TestKey, subject: string) =>
  expectStatus(
    call(server, path, {
      token: session,
      body: { registration_token: await key.registrationToken(subject, server.origin) },
    }),
    201,
  );

const ofUserKey: NewHolder = async (server) => {
  const user = await newOwner(server);
  const session = await sessionOf(server, user);
  const key = await newTestKey();
  await register(server, '/v1/keys', session, key, user.id);
  const token = await key.apiToken(user.id, server.origin);
  const revoke = (by: string) => () =>
    expectStatus(call(server, `/v1/keys/${key.kid}`, { method: 'DELETE', token: by }), 204);
  return {
    header: basicHeader(server, { username: 'any', password: token }),
    bearer: token,
    owner: true,
    end: {
      'the key is revoked by a session': revoke(session),
      'the key revokes itself': revoke(token),
      'the key is revoked on the dashboard': () => revokeOnDashboard(server, session, key.kid),
      'the key is removed': async () => {
        await server.context.write({}, (tx) =>
          tx.deleteFrom('public_keys').where('kid', '=', key.kid).execute(),
        );
      },
      'the key is somebody else’s': async () => {
        const { id: principal_id } = server.user('maya');
        await server.context.write({}, (tx) =>
          tx.updateTable('public_keys').set({ principal_id }).where('kid', '=', key.kid).execute(),
        );
      },
      ...accountEnds(server, user),
    },
  };
};

const ofBotKey: NewHolder = async (server) => {
  const maya = await signIn(server, 'maya');
  const name = newId('b').slice(2);
  const bots = '/v1/orgs/acme/bots';
  await expectStatus(call(server, bots, { token: maya, body: { name } }), 201);
  const key = await newTestKey();
  await register(server, `${bots}/${name}/keys`, maya, key, `bot:acme/${name}`);
  for (const repository of ['web', 'api']) {
    const path = `/v1/repos/acme/${repository}/authorizations`;
    await expectStatus(call(server, path, { token: maya, body: { bot: name, permission: 'writer' } }), 201);
  }
  const token = await key.apiToken(`bot:acme/${name}`, server.origin);
  const remove = (path: string, by: string) => () =>
    expectStatus(call(server, path, { method: 'DELETE', token: by }), 204);
  return {
    header: basicHeader(server, { username: 'any', password: token }),
    bearer: token,
    owner: false,
    end: {
      'the key is revoked by an admin': remove(`${bots}/${name}/keys/${key.kid}`, maya),
      'the key revokes itself': remove(`/v1/keys/${key.kid}`, token),
      'the bot is deleted': remove(`${bots}/${name}`, maya),
      'the bot is deleted and made anew': async () => {
        await remove(`${bots}/${name}`, maya)();
        await expectStatus(call(server, bots, { token: maya, body: { name } }), 201);
        for (const repository of ['web', 'api']) {
          const path = `/v1/repos/acme/${repository}/authorizations`;
          await expectStatus(
            call(server, path, { token: maya, body: { bot: name, permission: 'writer' } }),
            201,
          );
        }
      },
    },
  };
};

const ofSession: NewHolder = async (server) => {
  const user = await newOwner(server);
  const token = await sessionOf(server, user);
  return {
    header: bearerHeader(token),
    bearer: token,
    cookie: sessionCookie(server, token),
    owner: true,
    end: {
      'the session signs out': () =>
        expectStatus(call(server, '/v1/auth/logout', { method: 'POST', token }), 204),
      'the browser signs out': () => submit(server, token, '/logout', {}),
      'the session is cut short': async () => {
        const expires_at = server.context.now().toISOString();
        await server.context.write({}, (tx) =>
          tx.updateTable('sessions').set({ expires_at }).where('user_id', '=', user.id).execute(),
        );
      },
      'the browser signs in again': () =>
        submit(server, token, '/login', { username: user.username, password: user.password }),
      ...passwordEnds(server, user),
      ...accountEnds(server, user),
    },
  };
};

const ofPassword: NewHolder = async (server) => {
  const user = await newOwner(server);
  return {
    header: basicHeader(server, user),
    owner: true,
    end: { ...passwordEnds(server, user), ...accountEnds(server, user) },
  };
};

/** Every kind of credential that the server gives a registry token for, besides none. */
export const holders: Readonly<Record<string, NewHolder>> = {
  'a user’s key': ofUserKey,
  'a bot’s key': ofBotKey,
  'a session': ofSession,
  'a password': ofPassword,
};

function sessionCookie(server: LocalServer, session: string): string {
  return `keyhold_session_${new URL(server.origin).port}=${session}`;
}

/** Sends a form as the browser of a session does. */
async function submit(
  server: LocalServer,
  session: string,
  path: string,
  fields: Record<string, string>,
): Promise<void> {
  const page = await fetch(`${server.origin}/dashboard/keys`, {
    headers: { cookie: sessionCookie(server, session) },
  });
  const secret = page.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
  const csrf = /name="_csrf" value="([^"]+)"/.exec(await page.text())?.[1] ?? '';
  const response = await fetch(server.origin + path, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie: [sessionCookie(server, session), ...secret].join('; ') },
    body: new URLSearchParams({ _csrf: csrf, ...fields }),
  });
  if (response.status !== 303) throw new Error(`${path} answered ${String(response.status)}`);
}

const revokeOnDashboard = (server: LocalServer, session: string, kid: string) =>
  submit(server, session, `/dashboard/keys/${kid}/revoke`, {});
