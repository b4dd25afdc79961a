import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { groupDetailsSchema, groupSchema } from '../../contracts/server-api/artifact-keeper/groups.ts';
import { permissionSchema } from '../../contracts/server-api/artifact-keeper/permissions.ts';
import {
  packageListSchema,
  serverRepositoryListSchema,
} from '../../contracts/server-api/artifact-keeper/repositories.ts';
import { tokenPairSchema } from '../../contracts/server-api/artifact-keeper/session.ts';
import type { TokenPair } from '../../contracts/server-api/artifact-keeper/session.ts';
import { createdTokenSchema } from '../../contracts/server-api/artifact-keeper/tokens.ts';
import { createdUserSchema } from '../../contracts/server-api/artifact-keeper/users.ts';
import { makeFirstAdministrator } from '../../reference-server/auth/first-administrator.ts';
import { startEmptyServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { RepositoryClient } from '../support/registry-client.ts';
import { hasTool } from '../support/registry-tools.ts';
import { call } from '../support/server-client.ts';

/** Every command of Artifact Keeper's page "Authentication & RBAC", in its order and as it is printed there. */
const printed = {
  login: `curl -X POST https://registry.example.com/api/v1/auth/login \\
  -H "Content-Type: application/json" \\
  -d '{"username": "admin", "password": "admin"}'`,
  repositories: `curl -H "Authorization: Bearer eyJhbGc..." \\
  https://registry.example.com/api/v1/repositories`,
  refresh: `curl -X POST https://registry.example.com/api/v1/auth/refresh \\
  -H "Content-Type: application/json" \\
  -d '{"refresh_token": "eyJhbGc..."}'`,
  createToken: `curl -X POST https://registry.example.com/api/v1/users/me/tokens \\
  -H "Authorization: Bearer $ACCESS_TOKEN" \\
  -H "Content-Type: application/json" \\
  -d '{
    "name": "CI Pipeline Token",
    "scopes": ["repository:read", "repository:write"],
    "expires_at": "2027-12-31T23:59:59Z"
  }'`,
  packages: `curl -H "Authorization: Bearer $API_TOKEN" \\
  https://registry.example.com/api/v1/packages`,
  userPermission: `curl -X POST https://registry.example.com/api/v1/permissions \\
  -H "Authorization: Bearer $ACCESS_TOKEN" \\
  -H "Content-Type: application/json" \\
  -d '{
    "repository_id": "repo-123",
    "user_id": "user-456",
    "permissions": ["read", "write"]
  }'`,
  groupPermission: `curl -X POST https://registry.example.com/api/v1/permissions \\
  -H "Authorization: Bearer $ACCESS_TOKEN" \\
  -H "Content-Type: application/json" \\
  -d '{
    "repository_id": "repo-123",
    "group_id": "group-789",
    "permissions": ["read"]
  }'`,
  createGroup: `curl -X POST https://registry.example.com/api/v1/groups \\
  -H "Authorization: Bearer $ACCESS_TOKEN" \\
  -H "Content-Type: application/json" \\
  -d '{
    "name": "developers",
    "description": "Development team"
  }'`,
  addMembers: `curl -X POST https://registry.example.com/api/v1/groups/group-789/members \\
  -H "Authorization: Bearer $ACCESS_TOKEN" \\
  -H "Content-Type: application/json" \\
  -d '{
    "user_ids": ["user-456", "user-890"]
  }'`,
};

let server: LocalServer;
/** What stands for a text of the printed commands. */
const instead = new Map<string, string>();
const variables: Record<string, string> = {};
beforeAll(async () => {
  server = await startEmptyServer();
  await makeFirstAdministrator(server.context);
  instead.set('https://registry.example.com', server.origin);
  // The day that is printed comes.
  instead.set('"2027-', '"2999-');
});
afterAll(() => server.stop());

/** Runs a command in a shell; gives its output. */
async function run(command: keyof typeof printed): Promise<string> {
  let text = printed[command];
  for (const [there, here] of instead) text = text.replaceAll(there, here);
  const env = { PATH: process.env['PATH'], ...variables };
  return (await promisify(execFile)('sh', ['-c', text], { env, timeout: 120_000 })).stdout;
}
const json = async (command: keyof typeof printed): Promise<unknown> => JSON.parse(await run(command));

async function login(): Promise<TokenPair> {
  const pair = tokenPairSchema.parse(await json('login'));
  expect(pair.expires_in).toBe(900);
  return pair;
}

async function newUser(username: string): Promise<string> {
  const body = { username, email: `${username}@acme.example` };
  const answer = await call(server, '/api/v1/users', { token: variables['ACCESS_TOKEN'] ?? '', body });
  return createdUserSchema.parse(answer.body).user.id;
}

describe.skipIf(!hasTool('curl'))('the printed commands, by curl', () => {
  it('sign in to a new server, whose password has to be changed first', async () => {
    const { access_token: token, must_change_password: must } = await login();
    expect(must).toBe(true);
    const chosen = 'plum anchor velvet';
    const body = { current_password: 'admin', new_password: chosen };
    expect((await call(server, '/api/v1/users/me/password', { token, body })).status).toBe(204);
    instead.set('"password": "admin"', `"password": "${chosen}"`);
    const pair = await login();
    variables['ACCESS_TOKEN'] = pair.access_token;
    instead.set('Bearer eyJhbGc...', `Bearer ${pair.access_token}`);
    instead.set('"refresh_token": "eyJhbGc..."', `"refresh_token": "${pair.refresh_token}"`);
    const web = await RepositoryClient.open(server, { username: 'admin', password: chosen }, 'main/web');
    await web.putManifest('v1', await web.newImage('first'));
  });

  it('list the repositories, and renew the session', async () => {
    const { items } = serverRepositoryListSchema.parse(await json('repositories'));
    expect(items).toMatchObject([{ key: 'web', name: 'main/web' }]);
    instead.set('repo-123', items[0]?.id ?? '');
    const pair = tokenPairSchema.parse(await json('refresh'));
    variables['ACCESS_TOKEN'] = pair.access_token;
  });

  it('make an API token, and list the packages by it', async () => {
    const made = createdTokenSchema.parse(await json('createToken'));
    expect(made).toMatchObject({
      ...{ name: 'CI Pipeline Token', scopes: ['repository:read', 'repository:write'] },
      expires_at: '2999-12-31T23:59:59.000Z',
    });
    variables['API_TOKEN'] = made.token;
    const { items } = packageListSchema.parse(await json('packages'));
    expect(items).toMatchObject([{ repository_key: 'web', version: 'v1' }]);
  });

  it('make a group, add users to it, and give permissions to a user and to the group', async () => {
    const group = groupSchema.parse(await json('createGroup'));
    expect(group).toMatchObject({ name: 'developers', description: 'Development team' });
    instead.set('group-789', group.id);
    for (const name of ['user-456', 'user-890']) instead.set(name, await newUser(name));
    expect(await run('addMembers')).toBe('');
    const token = variables['ACCESS_TOKEN'] ?? '';
    const { members } = groupDetailsSchema.parse(
      (await call(server, `/api/v1/groups/${group.id}`, { token })).body,
    );
    expect(members.items.map(({ username }) => username)).toEqual(['user-456', 'user-890']);
    expect(permissionSchema.parse(await json('userPermission'))).toMatchObject({
      ...{ user_id: instead.get('user-456'), permissions: ['read', 'write'], target_name: 'web' },
    });
    expect(permissionSchema.parse(await json('groupPermission'))).toMatchObject({
      ...{ group_id: group.id, permissions: ['read'], target_name: 'web' },
    });
  });
});
