import { afterAll, beforeAll, expect, it } from 'vitest';
import { meSchema, tokenPairSchema } from '../../contracts/server-api/artifact-keeper/session.ts';
import { serverUserListSchema } from '../../contracts/server-api/artifact-keeper/users.ts';
import { firstSignIn, makeFirstAdministrator } from '../../reference-server/auth/first-administrator.ts';
import { startEmptyServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { basicHeader } from '../support/registry-client.ts';
import { call } from '../support/server-client.ts';

let server: LocalServer;
beforeAll(async () => {
  server = await startEmptyServer();
});
afterAll(() => server.stop());

const login = (password: string) =>
  call(server, '/api/v1/auth/login', { body: { ...firstSignIn, password } });

it('an empty server has one administrator after several starts at once, in main and with a password to change', async () => {
  const made = await Promise.all(Array.from({ length: 4 }, () => makeFirstAdministrator(server.context)));
  expect(made.toSorted()).toEqual([false, false, false, true]);
  const users = await server.context.db.selectFrom('users').selectAll().execute();
  expect(users).toMatchObject([{ username: 'admin', role: 'admin', must_change_password: 1 }]);
  const orgs = await server.context.db.selectFrom('organizations').select('slug').execute();
  expect(orgs.map(({ slug }) => slug)).toContain('main');
});

it('until its password is another one it looks at itself and signs out, and nothing else, by every door', async () => {
  const answer = await login('admin');
  const pair = tokenPairSchema.parse(answer.body);
  expect([pair.must_change_password, pair.expires_in]).toEqual([true, 900]);
  const token = pair.access_token;
  const me = meSchema.parse((await call(server, '/api/v1/auth/me', { token })).body);
  expect(me).toMatchObject({ username: 'admin', role: 'admin', must_change_password: true });
  for (const path of ['/api/v1/users', '/api/v1/repositories', '/v1/whoami', '/v1/orgs', '/v1/audit']) {
    expect([path, (await call(server, path, { token })).status]).toEqual([path, 428]);
  }
  const makes = { token, body: { name: 'CI', scopes: ['admin'] } };
  expect((await call(server, '/api/v1/users/me/tokens', makes)).status).toBe(428);
  for (const headers of [
    basicHeader(server, firstSignIn),
    basicHeader(server, { username: 'admin', password: token }),
  ]) {
    const bought = await fetch(`${server.origin}/v2/token?scope=registry:catalog:*`, { headers });
    expect(bought.status).toBe(428);
  }
  for (const path of ['/v1/auth/logout', '/api/v1/auth/logout']) {
    const { access_token: own } = tokenPairSchema.parse((await login('admin')).body);
    expect([path, (await call(server, path, { method: 'POST', token: own })).status]).toEqual([path, 204]);
  }
});

it('then it administers the server, and the first password is no way in any more', async () => {
  const { access_token: token } = tokenPairSchema.parse((await login('admin')).body);
  const change = (new_password: string) =>
    call(server, '/api/v1/users/me/password', { token, body: { current_password: 'admin', new_password } });
  expect((await change('admin')).status).toBe(400);
  expect((await change('plum anchor velvet')).status).toBe(204);
  expect((await login('admin')).status).toBe(401);
  const after = tokenPairSchema.parse((await login('plum anchor velvet')).body);
  expect(after.must_change_password).toBe(false);
  const list = await call(server, '/api/v1/users', { token: after.access_token });
  expect(serverUserListSchema.parse(list.body).items.map(({ username }) => username)).toEqual(['admin']);
  expect(await makeFirstAdministrator(server.context)).toBe(false);
});
