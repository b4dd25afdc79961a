import { afterAll, beforeAll, expect, it } from 'vitest';
import { apiKeyListSchema, apiKeysPath } from '../../contracts/server-api/kisenon/api-keys.ts';
import { memberListSchema } from '../../contracts/server-api/kisenon/organizations.ts';
import { largeCounts } from '../../reference-server/seed/large.ts';
import { seedCheaply } from '../support/demo-seed.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { call } from '../support/server-client.ts';
import { sessionJwtSchema } from '../../contracts/server-api/kisenon/session.ts';

let server: LocalServer;
let token: string;
beforeAll(async () => {
  server = await startLocalServer();
  const [maya] = await seedCheaply(server.context, 'large');
  expect(maya?.orgs).toContainEqual({ slug: 'initech', role: 'owner' });
  const { username = '', password = '' } = maya ?? {};
  const { body } = await call(server, '/v1/auth/login', { body: { username, password, as: 'jwt' } });
  const { token: first } = sessionJwtSchema.parse(body);
  const switched = await call(server, '/v1/auth/switch-org', { token: first, body: { org: 'initech' } });
  token = sessionJwtSchema.parse(switched.body).token;
});
afterAll(() => server.stop());

it('the large seed has hundreds of everything, as the API tells it', async () => {
  const { body } = await call(server, '/v1/orgs/initech/contents', { token });
  const { members, invitations, projects, apiKeys, bots, repositories } = largeCounts;
  expect(body).toEqual({
    members: members + 1,
    invitations,
    projects,
    api_keys: apiKeys,
    bots,
    repositories,
  });
  const found = await call(server, '/v1/orgs/initech/members?search=müller', { token });
  expect(memberListSchema.parse(found.body).total).toBeGreaterThan(10);
  const keys = await call(server, `${apiKeysPath}?filter=never-used`, { token });
  expect(apiKeyListSchema.parse(keys.body).api_keys.length).toBeGreaterThan(50);
});

it('the large seed is loaded once', async () => {
  const count = () => server.context.db.selectFrom('memberships').selectAll().execute();
  const before = await count();
  await seedCheaply(server.context, 'large');
  expect(await count()).toEqual(before);
});
