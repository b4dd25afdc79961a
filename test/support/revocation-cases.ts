import { randomUUID } from 'node:crypto';
import { hashPassword } from '../../reference-server/auth/passwords.ts';
import { newId } from '../../reference-server/identity/ids.ts';
import type { LocalServer } from './local-server.ts';
import { sha256 } from './oci-image.ts';
import { basicHeader, registryToken, RepositoryClient } from './registry-client.ts';
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

const bearerHeader = (token: string) => ({ authorization: `Bearer ${token}` });

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
  await context.db
    .insertInto('users')
    .values({
      id,
      username,
      email: `${username}@acme.example`,
      display_name: 'Somebody',
      status: 'active',
      role: 'user',
      password_hash: await hashPassword(password),
      created_at,
    })
    .execute();
  await context.db
    .insertInto('memberships')
    .values({ org_id, user_id: id, role: 'owner', created_at })
    .execute();
  return { id, username, password };
}

async function sessionOf(server: LocalServer, { username, password }: NewUser): Promise<string> {
  const { body } = await call(server, '/v1/auth/login', { body: { username, password } });
  return (body as { token: string }).token;
}

/** What an administrator does to an account; there is no door for it yet. */
function accountEnds({ context: { db } }: LocalServer, { id }: NewUser) {
  return {
    'the user is disabled': async () => {
      await db.updateTable('users').set({ status: 'disabled' }).where('id', '=', id).execute();
    },
    'the user is deleted': async () => {
      await db.deleteFrom('users').where('id', '=', id).execute();
    },
  };
}

function passwordEnds(server: LocalServer, user: NewUser) {
  const set = async (password_hash: string | null) => {
    await server.context.db.updateTable('users').set({ password_hash }).where('id', '=', user.id).execute();
  };
  return {
    'the password is changed': async () => set(await hashPassword(randomUUID())),
    'the same password is set anew': async () => set(await hashPassword(user.password)),
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

/** What a door is tried with: the holder's registry token, bought before the end, and an owner who goes on. */
export interface Bench {
  server: LocalServer;
  holder: Holder;
  client: RepositoryClient;
  maya: RepositoryClient;
  image: Awaited<ReturnType<RepositoryClient['newImage']>>;
}

/** Makes one request ready, as far as it can be before the end, and gives what sends it. */
export type Door = (bench: Bench) => Promise<() => Promise<Response>>;

export async function newBench(server: LocalServer, holder: Holder): Promise<Bench> {
  const response = await fetch(
    `${server.origin}/v2/token?scope=repository:acme/web:*&scope=repository:acme/api:pull`,
    { headers: holder.header },
  );
  const { token } = (await response.json()) as { token: string };
  const maya = new RepositoryClient(
    server,
    'acme/web',
    await registryToken(server, 'maya', 'repository:acme/web:*', 'repository:acme/api:*'),
  );
  const image = await maya.newImage(randomUUID());
  await maya.putManifest('v1', image);
  return { server, holder, client: new RepositoryClient(server, 'acme/web', token), maya, image };
}

const bytes = () => Buffer.from(randomUUID());
const pull =
  (path: (bench: Bench) => string, method = 'GET'): Door =>
  (bench) =>
    Promise.resolve(() => bench.client.send(path(bench), { method }));

/** An upload's last request, whose body ends only after its credential has. */
const underWay: Door = async ({ client }) => {
  const address = await client.beginUpload();
  const content = bytes();
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const answer = client.send(`${address}?digest=${sha256(content)}`, { method: 'PUT', body: readable });
  await writer.write(content.subarray(0, 10));
  // The guard has let it in once some of it is in its file.
  while ((await arrived(client, address)) === 0) continue;
  return async () => {
    await writer.write(content.subarray(10));
    await writer.close();
    return answer;
  };
};

async function arrived(client: RepositoryClient, address: string): Promise<number> {
  const state = await client.send(address);
  return Number(/-(\d+)$/.exec(state.headers.get('range') ?? '')?.[1] ?? 0);
}

/** Everything under `/v2` that a writer may do; each answers with less than 400 while the credential counts. */
export const registryDoors: Readonly<Record<string, Door>> = {
  'GET /v2/': pull(() => '/v2/'),
  'GET a manifest by tag': pull(() => 'manifests/v1'),
  'HEAD a manifest': pull(() => 'manifests/v1', 'HEAD'),
  'GET a blob': pull(({ image }) => `blobs/${image.config.digest}`),
  'HEAD a blob': pull(({ image }) => `blobs/${image.config.digest}`, 'HEAD'),
  'GET the tags': pull(() => 'tags/list'),
  'GET referrers': pull(({ image }) => `referrers/${image.config.digest}`),
  'POST a new upload': pull(() => 'blobs/uploads/', 'POST'),
  'POST a blob at once': ({ client }) => {
    const body = bytes();
    return Promise.resolve(() =>
      client.send(`blobs/uploads/?digest=${sha256(body)}`, { method: 'POST', body }),
    );
  },
  'POST a mount': async ({ client, server, maya }) => {
    const digest = await new RepositoryClient(server, 'acme/api', maya.token).pushBlob(bytes());
    return () => client.send(`blobs/uploads/?mount=${digest}&from=acme/api`, { method: 'POST' });
  },
  'GET an upload': async ({ client }) => {
    const address = await client.beginUpload();
    return () => client.send(address);
  },
  'PATCH an upload': async ({ client }) => {
    const address = await client.beginUpload();
    return () => client.send(address, { method: 'PATCH', body: bytes() });
  },
  'PUT the end of an upload': async ({ client }) => {
    const address = await client.beginUpload();
    const body = bytes();
    await client.send(address, { method: 'PATCH', body });
    return () => client.send(`${address}?digest=${sha256(body)}`, { method: 'PUT' });
  },
  'PUT all of an upload, under way': underWay,
  'DELETE an upload': async ({ client }) => {
    const address = await client.beginUpload();
    return () => client.send(address, { method: 'DELETE' });
  },
  'PUT a manifest': ({ client, image }) => Promise.resolve(() => client.putManifest('v1', image)),
};

/** What only owners may do under `/v2`. */
const ownerDoors: Readonly<Record<string, Door>> = {
  'DELETE a tag': async ({ client, maya, image }) => {
    const tag = `t-${randomUUID()}`;
    await maya.putManifest(tag, image);
    return () => client.send(`manifests/${tag}`, { method: 'DELETE' });
  },
  'DELETE a blob': async ({ client, maya }) => {
    const digest = await maya.pushBlob(bytes());
    return () => client.send(`blobs/${digest}`, { method: 'DELETE' });
  },
};

/** The token endpoint with the credential itself. */
const tokenDoors: Readonly<Record<string, Door>> = {
  'GET a registry token': ({ server, holder }) =>
    Promise.resolve(() => fetch(`${server.origin}/v2/token`, { headers: holder.header })),
  'POST for a registry token': ({ server, holder }) =>
    Promise.resolve(() =>
      fetch(`${server.origin}/v2/token`, {
        method: 'POST',
        headers: holder.header,
        body: new URLSearchParams({ grant_type: 'password' }),
      }),
    ),
};

const api =
  (path: string, method = 'GET'): Door =>
  ({ server, holder: { bearer = '' } }) =>
    Promise.resolve(() => fetch(server.origin + path, { method, headers: bearerHeader(bearer) }));

/** Keyhold's API, for credentials that are Bearer tokens. */
const apiDoors: Readonly<Record<string, Door>> = {
  'GET whoami': api('/v1/whoami'),
  'GET the repositories': api('/v1/repos'),
  'GET the keys': api('/v1/keys'),
};
const ownerApiDoors: Readonly<Record<string, Door>> = {
  'GET the bots': api('/v1/orgs/acme/bots'),
  'GET the authorizations': api('/v1/repos/acme/web/authorizations'),
  'GET the audit log': api('/v1/audit'),
  'POST to verify the audit log': api('/v1/audit/verify', 'POST'),
};

/** The pages, for a session in a cookie. A page that nobody is signed in for leads to the sign-in. */
const pageDoors: Readonly<Record<string, Door>> = {
  'GET the dashboard': ({ server, holder: { cookie = '' } }) =>
    Promise.resolve(async () => {
      const page = await fetch(`${server.origin}/dashboard/keys`, {
        headers: { cookie },
        redirect: 'manual',
      });
      return page.status === 302 ? new Response(null, { status: 401 }) : page;
    }),
};

/** The doors that are open to a holder. */
export function doorsOf(holder: Holder): Record<string, Door> {
  return {
    ...registryDoors,
    ...tokenDoors,
    ...(holder.owner ? ownerDoors : {}),
    ...(holder.bearer === undefined ? {} : apiDoors),
    ...(holder.bearer === undefined || !holder.owner ? {} : ownerApiDoors),
    ...(holder.cookie === undefined ? {} : pageDoors),
  };
}
