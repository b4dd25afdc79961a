import { signAccessToken } from '../../reference-server/auth/renewed-sessions/tokens.ts';
import { firstSessionJwt } from '../../reference-server/auth/session-jwt.ts';
import { findSession, readSession, startSession } from '../../reference-server/auth/sessions.ts';
import type { UserTable } from '../../reference-server/db/schema.ts';
import { bearerHeader, holders } from './credential-holders.ts';
import type { Holder } from './credential-holders.ts';
import type { LocalServer } from './local-server.ts';
import { basicHeader, registryToken } from './registry-client.ts';
import { registerTestKey } from './server-client.ts';
import { newUser } from './new-user.ts';
import { newTestKey, nowInSeconds } from './test-key.ts';

/** What stands between somebody and `acme`: nothing, all of it, `acme/web` to read, `acme/web` to write. */
type Standing = 'outsider' | 'owner' | 'reader' | 'writer';

/** What the API takes. */
export type ApiMethod = 'session' | 'jwt' | 'access-token' | 'key' | 'api-key' | 'api-token';

/** A kind of caller: by what they are known, whether that still counts, and who they are. */
export interface RouteCaller {
  by: 'nothing' | 'nonsense' | ApiMethod | 'password' | 'cookie' | 'registry token';
  lives: boolean;
  standing: Standing;
  /** What a registry token names: everything in `acme/web` that its holder has, the list of repositories, nothing. */
  scope?: 'repository' | 'catalog' | 'none';
  anonymous?: boolean;
  /** Decides about accounts. */
  operator?: boolean;
  /** Has that role on the whole server. */
  administrator?: boolean;
  /** Nobody has approved the user yet. */
  waits?: boolean;
  /** The user's password was given to them, and is to be changed. */
  givenPassword?: boolean;
  /** To be asked for before each request, as some routes end a session. */
  headers: () => Promise<Record<string, string>>;
}

const scope = 'repository:acme/web:*';
const always = (headers: Record<string, string>) => () => Promise.resolve(headers);

async function newHolder(
  server: LocalServer,
  kind: string,
  end?: string,
): Promise<{ holder: Holder; token: string }> {
  const holder = await holders[kind]?.(server);
  if (holder === undefined) throw new Error(`There are no holders of ${kind}.`);
  const token = await boughtWith(server, holder.header);
  if (end === undefined) return { holder, token };
  const finish = holder.end[end];
  if (finish === undefined) throw new Error(`${kind} does not end by: ${end}.`);
  await finish();
  return { holder, token };
}

type Begun = Awaited<ReturnType<typeof startSession>>;

/** Gives a user's session, the same as long as it lives: some routes end it. */
function lastingSession({ context }: LocalServer, user: UserTable): () => Promise<Begun> {
  let begun: Begun | null = null;
  return async () => {
    if (begun === null || (await readSession(context, begun.session.id)) === null)
      begun = await context.write({}, (tx) => startSession(tx, user, context.now()));
    return begun;
  };
}

/** The headers of a user's session, in each form that it has. */
function sessionHeaders(server: LocalServer, user: UserTable) {
  const session = lastingSession(server, user);
  const ofJwt = lastingSession(server, user);
  const ofAccessToken = lastingSession(server, user);
  const ofCookie = lastingSession(server, user);
  const name = `keyhold_session_${new URL(server.origin).port}`;
  return {
    bearer: async () => bearerHeader((await session()).token),
    jwt: async () => bearerHeader((await firstSessionJwt(server.context, (await ofJwt()).session)).token),
    accessToken: async () =>
      bearerHeader((await signAccessToken(server.context, (await ofAccessToken()).session)).token),
    cookie: async () => ({ cookie: `${name}=${(await ofCookie()).token}` }),
  };
}

async function boughtWith(server: LocalServer, headers: Record<string, string>): Promise<string> {
  const response = await fetch(`${server.origin}/v2/token?scope=${scope}`, { headers });
  return ((await response.json()) as { token: string }).token;
}

function registryTokenKind(
  standing: Standing,
  named: RouteCaller['scope'] & string,
  token: string,
): RouteCaller {
  return { by: 'registry token', lives: true, standing, scope: named, headers: always(bearerHeader(token)) };
}

/** Somebody who has no place in `acme`, and an organization of their own. */
async function addAdministrator(server: LocalServer, made: Record<string, RouteCaller>): Promise<void> {
  const user = await newUser(server, { username: 'ada', role: 'admin' });
  const { bearer, jwt, accessToken } = sessionHeaders(server, user);
  const who = { lives: true, standing: 'outsider', operator: true, administrator: true } as const;
  made['a session of an administrator'] = { by: 'session', ...who, headers: bearer };
  made['a server JWT of an administrator'] = { by: 'jwt', ...who, headers: jwt };
  made['an access token of an administrator'] = { by: 'access-token', ...who, headers: accessToken };
}

/** Owners who have to choose a password before anything else. */
async function addGivenPasswords(server: LocalServer, made: Record<string, RouteCaller>): Promise<void> {
  const who = { lives: true, standing: 'owner', givenPassword: true } as const;
  const end = ', and the password was given';
  const before = await server.context.db.selectFrom('users').select('id').execute();
  const user = await newUser(server, { username: 'gina' });
  const { bearer, accessToken, cookie } = sessionHeaders(server, user);
  made[`a session${end}`] = { by: 'session', ...who, headers: bearer };
  made[`a cookie${end}`] = { by: 'cookie', ...who, headers: cookie };
  made[`an access token${end}`] = { by: 'access-token', ...who, headers: accessToken };
  for (const [kind, by] of [
    ['a user’s key', 'key'],
    ['an API key', 'api-key'],
    ['a user’s API token', 'api-token'],
    ['a password', 'password'],
  ] as const) {
    const { holder, token } = await newHolder(server, kind);
    const headers = always(by === 'password' ? holder.header : bearerHeader(holder.bearer ?? ''));
    made[kind + end] = { by, ...who, headers };
    made[`a registry token for ${kind}${end}`] = {
      ...registryTokenKind('owner', 'repository', token),
      givenPassword: true,
    };
  }
  await server.context.write({}, (tx) =>
    tx
      .updateTable('users')
      .set({ must_change_password: 1 })
      .where(
        'id',
        'not in',
        before.map(({ id }) => id),
      )
      .execute(),
  );
}

/** Every kind of caller, by its name. Of the people, maya must be an operator of the server. */
export async function routeCallers(server: LocalServer): Promise<Record<string, RouteCaller>> {
  const made: Record<string, RouteCaller> = {
    nobody: { by: 'nothing', lives: false, standing: 'outsider', headers: always({}) },
    nonsense: { by: 'nonsense', lives: false, standing: 'outsider', headers: always(bearerHeader('x.y.z')) },
  };
  const people = { maya: 'owner', jonas: 'reader', priya: 'outsider' } as const;
  for (const [name, standing] of Object.entries(people)) {
    const user = await server.context.db
      .selectFrom('users')
      .selectAll()
      .where('username', '=', name)
      .executeTakeFirstOrThrow();
    const { bearer, jwt, accessToken, cookie } = sessionHeaders(server, user);
    const operator = name === 'maya';
    made[`a session of ${name}`] = { by: 'session', lives: true, standing, operator, headers: bearer };
    made[`a server JWT of ${name}`] = { by: 'jwt', lives: true, standing, operator, headers: jwt };
    made[`an access token of ${name}`] = {
      ...{ by: 'access-token', lives: true, standing, operator, headers: accessToken },
    };
    const token = await registryToken(server, name, scope);
    made[`a registry token of ${name}`] = registryTokenKind(standing, 'repository', token);
    if (standing !== 'owner') continue;
    made['a cookie'] = { by: 'cookie', lives: true, standing, operator, headers: cookie };
    made['a password'] = {
      by: 'password',
      lives: true,
      standing,
      headers: always(basicHeader(server, name)),
    };
    const forCatalog = await registryToken(server, name, 'registry:catalog:*');
    made['a registry token for the catalog'] = registryTokenKind(standing, 'catalog', forCatalog);
    made['a registry token for nothing'] = registryTokenKind(
      standing,
      'none',
      await registryToken(server, name),
    );
  }
  await addAdministrator(server, made);
  const anonymous = await registryToken(server, null, scope, 'registry:catalog:*');
  made['an anonymous registry token'] = {
    ...registryTokenKind('outsider', 'catalog', anonymous),
    anonymous: true,
  };
  const key = await newTestKey();
  await registerTestKey(server, 'maya', key);
  const claims = { iat: nowInSeconds() - 600, nbf: nowInSeconds() - 600, exp: nowInSeconds() - 1 };
  const expired = await key.apiToken(server.user('maya').id, server.origin, { claims });
  made['an expired API token'] = {
    by: 'key',
    lives: false,
    standing: 'owner',
    headers: always(bearerHeader(expired)),
  };
  for (const [kind, by, standing, ends] of [
    [
      'a user’s key',
      'key',
      'owner',
      [undefined, 'the key is revoked by a session', 'the user is disabled', 'the user waits for approval'],
    ],
    [
      'an API key',
      'api-key',
      'owner',
      [undefined, 'the key is revoked by a session', 'the member is removed', 'the user waits for approval'],
    ],
    [
      'a user’s API token',
      'api-token',
      'owner',
      [undefined, 'the token is revoked', 'the user is disabled', 'the user waits for approval'],
    ],
    ['a server JWT', 'jwt', 'owner', ['the session is cut short', 'the user is disabled']],
    ['an access token', 'access-token', 'owner', ['the session is cut short', 'the user is disabled']],
    ['a bot’s key', 'key', 'writer', [undefined, 'the key is revoked by an admin', 'the bot is deleted']],
    ['a session', 'session', 'owner', ['the session is cut short', 'the user is disabled']],
    [
      'a password',
      'password',
      'owner',
      ['the password is changed', 'the user is disabled', 'the user waits for approval'],
    ],
  ] as const) {
    for (const end of ends) {
      const { holder, token } = await newHolder(server, kind, end);
      const name = `${kind}${end === undefined ? '' : `, and ${end}`}`;
      const waits = end === 'the user waits for approval';
      const lives = end === undefined || waits;
      const headers = always(by === 'password' ? holder.header : bearerHeader(holder.bearer ?? ''));
      made[name] = { by, lives, standing, waits, headers };
      if (holder.bearer !== undefined && (by === 'api-key' || by === 'api-token') && end === undefined) {
        const password = basicHeader(server, { username: 'any', password: holder.bearer });
        made[`${name}, as a password`] = { by, lives, standing, waits, headers: always(password) };
      }
      if (holder.cookie !== undefined) {
        const { cookie } = holder;
        made[`${name}, in a cookie`] = { by: 'cookie', lives, standing, headers: always({ cookie }) };
      }
      made[`a registry token for ${name}`] = {
        ...registryTokenKind(standing, 'repository', token),
        lives,
        waits,
      };
    }
  }
  // Who waits may sign out.
  const { holder } = await newHolder(server, 'a session');
  const waiting = await findSession(server.context, holder.bearer ?? '');
  await holder.end['the user waits for approval']?.();
  if (waiting === null) throw new Error('There is no session.');
  const { bearer, cookie } = sessionHeaders(server, waiting.user);
  const who = { lives: true, standing: 'owner', waits: true } as const;
  made['a session, and the user waits'] = { by: 'session', ...who, headers: bearer };
  made['a cookie, and the user waits'] = { by: 'cookie', ...who, headers: cookie };
  await addGivenPasswords(server, made);
  return made;
}
