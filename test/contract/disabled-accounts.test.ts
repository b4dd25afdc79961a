import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokenPairSchema } from '../../contracts/server-api/artifact-keeper/session.ts';
import { createdTokenSchema, ownTokensPath } from '../../contracts/server-api/artifact-keeper/tokens.ts';
import { usersPath } from '../../contracts/server-api/artifact-keeper/users.ts';
import type { UserTable } from '../../reference-server/db/schema.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { newUser, passwordOfNewUsers } from '../support/new-user.ts';
import { newApiKey } from '../support/organization-samples.ts';
import { newPerson } from '../support/organization.ts';
import type { Person } from '../support/organization.ts';
import { call } from '../support/server-client.ts';
import type { CallOptions, CallResult } from '../support/server-client.ts';
import { newTestKey } from '../support/test-key.ts';

let server: LocalServer;
let root: Person;
beforeAll(async () => {
  server = await startLocalServer();
  root = await newPerson(server, { role: 'admin' });
});
afterAll(() => server.stop());

let made = 0;
const somebody = () => newUser(server, { username: `somebody-${String((made += 1))}` });
const asRoot = (path: string, options: CallOptions): Promise<CallResult> =>
  call(server, path, { ...options, token: root.token });

async function login(username: string): Promise<string> {
  const body = { username, password: passwordOfNewUsers };
  return tokenPairSchema.parse((await call(server, '/api/v1/auth/login', { body })).body).access_token;
}

/** What the audit log says of the end of an account. */
async function noted(target: string): Promise<unknown> {
  const { details } = await server.context.db
    .selectFrom('audit_events')
    .select('details')
    .where('target', '=', target)
    .where('action', '=', 'user.disabled')
    .executeTakeFirstOrThrow();
  return JSON.parse(details);
}

/** A key, an API key and an API token of somebody, and what each of them opens. */
async function keysAndTokensOf({ id, username }: UserTable): Promise<() => Promise<number[]>> {
  const token = await login(username);
  const key = await newTestKey();
  const registration_token = await key.registrationToken(id, server.origin);
  await call(server, '/v1/keys', { token, body: { registration_token } });
  const minted = { token, body: { name: 'CI', scopes: ['repository:read'] } };
  const made = createdTokenSchema.parse((await call(server, ownTokensPath, minted)).body);
  const apiKey = await newApiKey(server, token);
  const credentials = [await key.apiToken(id, server.origin), made.token, apiKey.secret];
  return async () => {
    const answers = credentials.map((each) => call(server, '/v1/whoami', { token: each }));
    return (await Promise.all(answers)).map(({ status }) => status);
  };
}

describe('keys and tokens', () => {
  it.each<[string, CallOptions]>([
    ['PATCH', { method: 'PATCH', body: { is_active: false } }],
    ['DELETE', { method: 'DELETE' }],
  ])('of an account that %s disables stay revoked when it is enabled', async (_method, end) => {
    const user = await somebody();
    const [opened, others] = [await keysAndTokensOf(user), await keysAndTokensOf(await somebody())];
    expect(await opened()).toEqual([200, 200, 200]);
    await asRoot(`${usersPath}/${user.id}`, end);
    expect(await noted(user.username)).toEqual({
      keys_revoked: 1,
      api_keys_revoked: 1,
      api_tokens_revoked: 1,
    });
    expect(
      (await asRoot(`${usersPath}/${user.id}`, { method: 'PATCH', body: { is_active: true } })).status,
    ).toBe(200);
    expect(await opened()).toEqual([401, 401, 401]);
    expect(await others()).toEqual([200, 200, 200]);
    expect(await (await keysAndTokensOf(user))()).toEqual([200, 200, 200]);
  });

  it('stay with another role, and with another password', async () => {
    const user = await somebody();
    const opened = await keysAndTokensOf(user);
    await asRoot(`${usersPath}/${user.id}`, { method: 'PATCH', body: { role: 'viewer' } });
    await asRoot(`${usersPath}/${user.id}/force-password-change`, { method: 'POST' });
    expect(await opened()).toEqual([428, 428, 428]);
  });
});
