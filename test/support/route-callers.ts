import { findSession, startSession } from '../../reference-server/auth/sessions.ts';
import type { UserTable } from '../../reference-server/db/schema.ts';
import { bearerHeader, holders } from './credential-holders.ts';
import type { Holder } from './credential-holders.ts';
import type { LocalServer } from './local-server.ts';
import { basicHeader, registryToken } from './registry-client.ts';
import { call, registerTestKey } from './server-client.ts';
import { newTestKey, nowInSeconds } from './test-key.ts';

/** What stands between somebody and `acme`: nothing, all of it, `acme/web` to read, `acme/web` to write. */
type Standing = 'outsider' | 'owner' | 'reader' | 'writer';

/** What the API takes. */
export type ApiMethod = 'session' | 'jwt' | 'key' | 'api-key';

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
  /** Nobody has approved the user yet. */
  waits?: boolean;
  /** Anew for each request, as some routes end a session. */
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

async function newJwt(server: LocalServer, username: string): Promise<string> {
  const { password } = server.user(username);
  const { body } = await call(server, '/v1/auth/login', { body: { username, password, as: 'jwt' } });
  return (body as { token: string }).token;
}

async function newSession(server: LocalServer, user: UserTable): Promise<string> {
  return (await server.context.write({}, (tx) => startSession(tx, user, server.context.now()))).token;
}

async function newCookie(server: LocalServer, user: UserTable): Promise<{ cookie: string }> {
  return { cookie: `keyhold_session_${new URL(server.origin).port}=${await newSession(server, user)}` };
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
    const headers = async () => bearerHeader(await newSession(server, user));
    const operator = name === 'maya';
    made[`a session of ${name}`] = { by: 'session', lives: true, standing, operator, headers };
    made[`a server JWT of ${name}`] = {
      by: 'jwt',
      lives: true,
      standing,
      operator,
      headers: async () => bearerHeader(await newJwt(server, name)),
    };
    const token = await registryToken(server, name, scope);
    made[`a registry token of ${name}`] = registryTokenKind(standing, 'repository', token);
    if (standing !== 'owner') continue;
    made['a cookie'] = {
      by: 'cookie',
      lives: true,
      standing,
      operator,
      headers: () => newCookie(server, user),
    };
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
    ['a server JWT', 'jwt', 'owner', ['the session is cut short', 'the user is disabled']],
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
      if (holder.bearer !== undefined && by === 'api-key' && end === undefined) {
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
  const { user } = waiting;
  const who = { lives: true, standing: 'owner', waits: true } as const;
  const bearer = async () => bearerHeader(await newSession(server, user));
  made['a session, and the user waits'] = { by: 'session', ...who, headers: bearer };
  made['a cookie, and the user waits'] = { by: 'cookie', ...who, headers: () => newCookie(server, user) };
  return made;
}
