import { randomUUID } from 'node:crypto';
import { createdApiKeySchema } from '../../contracts/server-api/kisenon/api-keys.ts';
import type { CreateApiKeyRequest, CreatedApiKey } from '../../contracts/server-api/kisenon/api-keys.ts';
import {
  branchListSchema,
  branchSchema,
  projectSchema,
} from '../../contracts/server-api/kisenon/projects.ts';
import type { Branch, Project } from '../../contracts/server-api/kisenon/projects.ts';
import type { OrgRole } from '../../contracts/server-api/primitives.ts';
import { newId } from '../../reference-server/identity/ids.ts';
import { cheapHash } from './demo-seed.ts';
import type { LocalServer } from './local-server.ts';
import { call } from './server-client.ts';
import type { TestServer } from './server.ts';
import { newAccount } from '../../reference-server/identity/users.ts';

/** Sets a demo user's place in `acme`; null for none. */
export async function setRole(server: LocalServer, username: string, role: OrgRole | null): Promise<void> {
  const { id: user_id } = server.user(username);
  await server.context.write({}, async (tx) => {
    const { id: org_id } = await tx
      .selectFrom('organizations')
      .select('id')
      .where('slug', '=', 'acme')
      .executeTakeFirstOrThrow();
    await tx.deleteFrom('memberships').where('user_id', '=', user_id).where('org_id', '=', org_id).execute();
    if (role === null) return;
    const created_at = server.context.now().toISOString();
    await tx.insertInto('memberships').values({ org_id, user_id, role, created_at }).execute();
  });
}

/** Makes an organization of a demo user, who owns it. */
export async function newOrganization(server: LocalServer, slug: string, username: string): Promise<string> {
  const id = newId('o');
  const created_at = server.context.now().toISOString();
  await server.context.write({}, async (tx) => {
    await tx
      .insertInto('organizations')
      .values({ id, slug, display_name: slug, kind: 'team', created_at })
      .execute();
    const user_id = server.user(username).id;
    await tx.insertInto('memberships').values({ org_id: id, user_id, role: 'owner', created_at }).execute();
  });
  return id;
}

/** Makes a project by the API, in the organization that the credential acts in. */
export async function newProject(server: TestServer, token: string, name: string): Promise<Project> {
  return projectSchema.parse((await call(server, '/v1/projects', { token, body: { name } })).body);
}

/** Makes a branch by the API. */
export async function newBranch(
  server: TestServer,
  token: string,
  project: string,
  name: string,
): Promise<Branch> {
  const path = `/v1/projects/${project}/branches`;
  return branchSchema.parse((await call(server, path, { token, body: { name } })).body);
}

/** The default branch of a project. */
export async function defaultBranch(server: TestServer, token: string, project: string): Promise<Branch> {
  const { body } = await call(server, `/v1/projects/${project}/branches`, { token });
  const found = branchListSchema.parse(body).branches.find((branch) => branch.default);
  if (found === undefined) throw new Error('The project has no default branch.');
  return found;
}

/** Makes an API key by the API; with the secret that is shown once. */
export async function newApiKey(
  server: TestServer,
  token: string,
  request: Partial<CreateApiKeyRequest> = {},
): Promise<CreatedApiKey> {
  const { body } = await call(server, '/v1/api-keys/', { token, body: { name: 'CI', ...request } });
  return createdApiKeySchema.parse(body);
}

/** A server JWT of a demo user, for an organization; without one, for the first. */
export async function newJwt(server: TestServer, username: string, org?: string): Promise<string> {
  const { password } = server.user(username);
  const { body } = await call(server, '/v1/auth/login', { body: { username, password, as: 'jwt' } });
  const { token } = body as { token: string };
  if (org === undefined) return token;
  const switched = await call(server, '/v1/auth/switch-org', { token, body: { org } });
  return (switched.body as { token: string }).token;
}

/** A user who was made for a test. */
export interface NewMember {
  id: string;
  username: string;
  password: string;
}

/** Makes a user with a place in organizations, by their ids. */
export async function newMember(
  { context }: LocalServer,
  places: Readonly<Record<string, OrgRole>>,
): Promise<NewMember> {
  const id = newId('u');
  const username = id.slice(2);
  const password = randomUUID();
  const password_hash = await cheapHash(password);
  const created_at = context.now().toISOString();
  await context.write({}, async (tx) => {
    await tx.insertInto('principals').values({ id, kind: 'user' }).execute();
    const names = { username, email: `${username}@acme.example`, display_name: 'Somebody' };
    await tx
      .insertInto('users')
      .values({ id, ...names, status: 'active', role: 'user', ...newAccount, password_hash, created_at })
      .execute();
    for (const [org_id, role] of Object.entries(places)) {
      await tx.insertInto('memberships').values({ org_id, user_id: id, role, created_at }).execute();
    }
  });
  return { id, username, password };
}
