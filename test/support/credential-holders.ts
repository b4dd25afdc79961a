import { randomUUID } from 'node:crypto';
import { createdTokenSchema, ownTokensPath } from '../../contracts/server-api/artifact-keeper/tokens.ts';
import { tokenPairSchema } from '../../contracts/server-api/artifact-keeper/session.ts';
import { newId } from '../../reference-server/identity/ids.ts';
import { cheapHash } from './demo-seed.ts';
import type { LocalServer } from './local-server.ts';
import { newApiKey, newMember } from './organization-samples.ts';
import type { NewMember } from './organization-samples.ts';
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
  /** Good for repositories and nothing else of an organization. */
  forRepositories?: boolean;
  /** Doors that are not open to it, by name. */
  without?: readonly string[];
  end: Readonly<Record<string, () => Promise<void>>>;
}

/** Makes a fresh holder of a kind of credential; each has ways to end it. */
export type NewHolder = (server: LocalServer) => Promise<Holder>;

export const bearerHeader = (token: string) => ({ authorization: `Bearer ${token}` });

/** A user of their own, so that no case touches another. */
async function newOwner(server: LocalServer): Promise<NewMember> {
  const { id } = await server.context.db
    .selectFrom('organizations')
    .select('id')
    .where('slug', '=', 'acme')
    .executeTakeFirstOrThrow();
  return newMember(server, { [id]: 'owner' });
}

async function sessionOf(server: LocalServer, { username, password }: NewMember): Promise<string> {
  const { body } = await call(server, '/v1/auth/login', { body: { username, password } });
  return (body as { token: string }).token;
}

/** What an administrator does to an account; there is no door for it yet. */
function accountEnds({ context: { write } }: LocalServer, { id }: NewMember) {
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

function passwordEnds(server: LocalServer, user: NewMember) {
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
      'the browser signs in again': () =>
        submit(server, token, '/login', { username: user.username, password: user.password }),
      ...sessionEnds(server, user),
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

/** Ends what belongs to sessions. */
function sessionEnds(server: LocalServer, user: NewMember) {
  return {
    'the session is cut short': async () => {
      const expires_at = server.context.now().toISOString();
      await server.context.write({}, (tx) =>
        tx.updateTable('sessions').set({ expires_at }).where('user_id', '=', user.id).execute(),
      );
    },
    ...passwordEnds(server, user),
    ...accountEnds(server, user),
  };
}

const ofJwt: NewHolder = async (server) => {
  const user = await newOwner(server);
  const { username, password } = user;
  const { body } = await call(server, '/v1/auth/login', { body: { username, password, as: 'jwt' } });
  const { token } = body as { token: string };
  return {
    header: basicHeader(server, { username: 'any', password: token }),
    bearer: token,
    owner: true,
    end: {
      'the session signs out': () =>
        expectStatus(call(server, '/v1/auth/logout', { method: 'POST', token }), 204),
      ...sessionEnds(server, user),
    },
  };
};

const ofAccessToken: NewHolder = async (server) => {
  const user = await newOwner(server);
  const { username, password } = user;
  const { body } = await call(server, '/api/v1/auth/login', { body: { username, password } });
  const pair = tokenPairSchema.parse(body);
  const { access_token: token } = pair;
  return {
    header: basicHeader(server, { username: 'any', password: token }),
    bearer: token,
    owner: true,
    end: {
      'the session signs out': () =>
        expectStatus(call(server, '/api/v1/auth/logout', { method: 'POST', token }), 204),
      'a refresh token comes a second time': async () => {
        const renew = (refresh_token: string) =>
          call(server, '/api/v1/auth/refresh', { body: { refresh_token } });
        const renewed = await renew(pair.refresh_token);
        await renew(tokenPairSchema.parse(renewed.body).refresh_token);
        await expectStatus(renew(pair.refresh_token), 401);
      },
      ...sessionEnds(server, user),
    },
  };
};

const ofApiKey: NewHolder = async (server) => {
  const user = await newOwner(server);
  const session = await sessionOf(server, user);
  const maker = await newApiKey(server, session);
  const { secret, id } = await newApiKey(server, maker.secret);
  const maya = await signIn(server, 'maya');
  const revoke = (which: string, by: string) => () =>
    expectStatus(call(server, `/v1/api-keys/${which}`, { method: 'DELETE', token: by }), 204);
  const member = `/v1/orgs/acme/members/${user.id}`;
  return {
    header: basicHeader(server, { username: 'any', password: secret }),
    bearer: secret,
    owner: true,
    without: ['GET the keys', 'GET the packages'],
    end: {
      'the key is revoked by a session': revoke(id, session),
      'the key revokes itself': revoke(id, secret),
      'the key is revoked by an admin': revoke(id, maya),
      'the key that made it is revoked': revoke(maker.id, session),
      'the key comes to its end': async () => {
        const expires_at = server.context.now().toISOString();
        await server.context.write({}, (tx) =>
          tx.updateTable('api_keys').set({ expires_at }).where('id', '=', id).execute(),
        );
      },
      'the key is removed': async () => {
        await server.context.write({}, (tx) => tx.deleteFrom('api_keys').where('id', '=', id).execute());
      },
      'the member is removed': () =>
        expectStatus(call(server, member, { method: 'DELETE', token: maya }), 204),
      'the member leaves': () =>
        expectStatus(call(server, member, { method: 'DELETE', token: session }), 204),
      'the member leaves by the key itself': () =>
        expectStatus(call(server, member, { method: 'DELETE', token: secret }), 204),
      ...accountEnds(server, user),
    },
  };
};

const ofApiToken: NewHolder = async (server) => {
  const user = await newOwner(server);
  const session = await sessionOf(server, user);
  const body = { name: 'CI', scopes: ['repository:admin'] };
  const made = await call(server, ownTokensPath, { token: session, body });
  const { id, token } = createdTokenSchema.parse(made.body);
  const change = (work: Parameters<LocalServer['context']['write']>[1]) => async () => {
    await server.context.write({}, work);
  };
  return {
    header: basicHeader(server, { username: 'any', password: token }),
    bearer: token,
    owner: true,
    forRepositories: true,
    end: {
      'the token is revoked': () =>
        expectStatus(call(server, `${ownTokensPath}/${id}`, { method: 'DELETE', token: session }), 204),
      'the token comes to its end': change((tx) =>
        tx
          .updateTable('api_tokens')
          .set({ expires_at: server.context.now().toISOString() })
          .where('id', '=', id)
          .execute(),
      ),
      'the token is removed': change((tx) => tx.deleteFrom('api_tokens').where('id', '=', id).execute()),
      ...accountEnds(server, user),
    },
  };
};

/** Every kind of credential that the server gives a registry token for, besides none. */
export const holders: Readonly<Record<string, NewHolder>> = {
  'a user’s key': ofUserKey,
  'a bot’s key': ofBotKey,
  'a session': ofSession,
  'a password': ofPassword,
  'a server JWT': ofJwt,
  'an access token': ofAccessToken,
  'an API key': ofApiKey,
  'a user’s API token': ofApiToken,
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
