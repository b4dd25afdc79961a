import Fastify from 'fastify';
import { once } from 'node:events';
import http from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ApiKeyCapability, ApiKeyScope } from '../../contracts/server-api/kisenon/api-keys.ts';
import type { OrgRole } from '../../contracts/server-api/primitives.ts';
import { requireDeclarations } from '../../reference-server/access/route-access.ts';
import type { DeclaredRoute } from '../../reference-server/access/route-access.ts';
import { ApiError } from '../../reference-server/http/api-error.ts';
import { insertApiKey } from '../../reference-server/identity/api-key-changes.ts';
import { bearerHeader } from '../support/credential-holders.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { newBranch, newMember, newOrganization, newProject } from '../support/organization-samples.ts';
import type { NewMember } from '../support/organization-samples.ts';
import { keyOfAnother, organizationRoutes } from '../support/organization-routes.ts';
import type { Reach, RouteLine } from '../support/organization-routes.ts';
import { call, signIn } from '../support/server-client.ts';

const roles: readonly OrgRole[] = ['viewer', 'member', 'admin', 'owner'];
const capabilities: readonly ApiKeyCapability[] = ['read', 'agent', 'read_write'];

/** What a key is for, beside what the addresses name: the project `shop` and its branch `feature`. */
type For =
  | 'the organization'
  | 'the project'
  | 'another project'
  | 'the branch'
  | 'another branch of the project'
  | 'a branch of another project'
  | 'a deleted project'
  | 'a deleted branch'
  /** Another organization, which the user belongs to as well. */
  | 'elsewhere'
  /** Another organization, by somebody who does not belong to `acme`. */
  | 'foreign';

/** What keys reach, in plain words. */
const reached: Readonly<Record<Exclude<For, 'elsewhere' | 'foreign'>, readonly Reach[]>> = {
  'the organization': [
    'any key',
    'any scope',
    'the organization',
    'its project',
    'in its project',
    'its branch',
  ],
  'the project': ['any key', 'any scope', 'its project', 'in its project', 'its branch'],
  'another project': ['any key', 'any scope'],
  'the branch': ['any key', 'any scope', 'in its project', 'its branch'],
  'another branch of the project': ['any key', 'any scope', 'in its project'],
  'a branch of another project': ['any key', 'any scope'],
  'a deleted project': ['any key'],
  'a deleted branch': ['any key'],
};

/** Somebody with a credential. */
interface Caller {
  role: OrgRole;
  /** Null for a server JWT. */
  key: { for: For; capability: ApiKeyCapability } | null;
  token: string;
}

let server: LocalServer;
let callers: Record<string, Caller>;
let parts: Record<string, string>;
beforeAll(async () => {
  server = await startLocalServer();
  // A key's use is written down anew a minute later, which a busy machine may come to.
  vi.spyOn(server.context, 'now').mockReturnValue(server.context.now());
  ({ callers, parts } = await newCallers());
  letNothingChange();
});
afterAll(() => server.stop());

async function newCallers(): Promise<{ callers: typeof callers; parts: typeof parts }> {
  const maya = await signIn(server, 'maya');
  const acme = await orgId('acme');
  const elsewhere = await newOrganization(server, 'elsewhere', 'maya');
  const foreign = await newOrganization(server, 'foreign', 'priya');
  const [shop, other, gone] = [
    await newProject(server, maya, 'shop'),
    await newProject(server, maya, 'other'),
    await newProject(server, maya, 'gone'),
  ];
  const [feature, second, past, far] = [
    await newBranch(server, maya, shop.id, 'feature'),
    await newBranch(server, maya, shop.id, 'second'),
    await newBranch(server, maya, shop.id, 'past'),
    await newBranch(server, maya, other.id, 'far'),
  ];
  const scopes: Record<Exclude<For, 'foreign' | 'elsewhere'>, ApiKeyScope> = {
    'the organization': { kind: 'org' },
    'the project': { kind: 'project', ids: [shop.id] },
    'another project': { kind: 'project', ids: [other.id] },
    'the branch': { kind: 'branch', ids: [feature.id] },
    'another branch of the project': { kind: 'branch', ids: [second.id] },
    'a branch of another project': { kind: 'branch', ids: [far.id] },
    'a deleted project': { kind: 'project', ids: [gone.id] },
    'a deleted branch': { kind: 'branch', ids: [past.id] },
  };
  const made: Record<string, Caller> = {};
  const orgs = { elsewhere: { id: elsewhere, slug: 'elsewhere' }, foreign: { id: foreign, slug: 'foreign' } };
  const add = async (role: OrgRole, capability: ApiKeyCapability, what: For, userId: string) => {
    const isAway = what === 'elsewhere' || what === 'foreign';
    const org = isAway ? orgs[what] : { id: acme, slug: 'acme' };
    const token = await newKey(org, userId, isAway ? { kind: 'org' } : scopes[what], capability);
    made[`a key of a ${role}, ${capability}, for ${what}`] = { role, key: { for: what, capability }, token };
  };
  for (const role of roles) {
    const member = await newMember(server, { [acme]: role, [elsewhere]: role });
    made[`a server JWT of a ${role}`] = { role, key: null, token: await jwtOf(member) };
    for (const capability of capabilities) {
      for (const what of Object.keys(scopes) as For[]) await add(role, capability, what, member.id);
      await add(role, capability, 'elsewhere', member.id);
    }
  }
  for (const capability of capabilities) await add('owner', capability, 'foreign', server.user('priya').id);
  await call(server, `/v1/projects/${shop.id}/branches/${past.id}`, { method: 'DELETE', token: maya });
  await call(server, `/v1/projects/${gone.id}`, { method: 'DELETE', token: maya });
  await call(server, '/v1/orgs/acme/bots', { token: maya, body: { name: 'ci' } });
  const { request, batch, template } = await newAccess(maya);
  await newKey({ id: acme, slug: 'acme' }, server.user('jonas').id, { kind: 'org' }, 'read', keyOfAnother);
  return {
    callers: made,
    parts: {
      ...{ name: 'acme/web', org: 'acme', bot: 'ci', project: shop.id, branch: feature.id },
      ...{ request, batch, template },
      ...{ user: server.user('maya').id, kid: 'k'.repeat(43), token: 't'.repeat(43) },
    },
  };
}

/** What somebody asks for on `acme/web`, and changes there; a template. */
async function newAccess(maya: string): Promise<{ request: string; batch: string; template: string }> {
  const asked = { repository: 'acme/web', actions: ['write'], reason: 'to push' };
  const asking = await call(server, '/v1/access/requests', {
    token: await signIn(server, 'jonas'),
    body: asked,
  });
  const { body: page } = await call(server, '/v1/access/matrix?org=acme', { token: maya });
  const change = { principal: 'bot:acme/ci', repository: 'acme/web', actions: ['read'] };
  const batch = await fetch(`${server.origin}/v1/access/batches`, {
    method: 'POST',
    headers: {
      ...bearerHeader(maya),
      ...{ 'content-type': 'application/json', 'if-match': `"${(page as { version: string }).version}"` },
    },
    body: JSON.stringify({ org: 'acme', changes: [change] }),
  });
  const lines = [{ repositories: 'acme/*', actions: ['read'], days: null }];
  const template = await call(server, '/v1/access/templates', {
    token: maya,
    body: { org: 'acme', name: 'guest', lines },
  });
  return {
    request: (asking.body as { id: string }).id,
    batch: ((await batch.json()) as { id: string }).id,
    template: (template.body as { id: string }).id,
  };
}

async function orgId(slug: string): Promise<string> {
  const { id } = await server.context.db
    .selectFrom('organizations')
    .select('id')
    .where('slug', '=', slug)
    .executeTakeFirstOrThrow();
  return id;
}

async function newKey(
  org: { id: string; slug: string },
  userId: string,
  scope: ApiKeyScope,
  capability: ApiKeyCapability,
  id?: string,
): Promise<string> {
  const key = {
    ...(id === undefined ? {} : { id }),
    name: 'key',
    scope,
    capability,
    expiresAt: null,
    userId,
    via: null,
  };
  const { secret } = await server.context.write({}, (tx, audit) =>
    insertApiKey(server.context, tx, audit, org, key),
  );
  // What is noted at a key's first use, comes before nothing changes any more.
  await call(server, '/v1/whoami', { token: secret });
  return secret;
}

async function jwtOf({ username, password }: NewMember): Promise<string> {
  const { body } = await call(server, '/v1/auth/login', { body: { username, password, as: 'jwt' } });
  return (body as { token: string }).token;
}

/** Whether a change is tried, for those that ask for the right within it. */
let isTried = false;

/** Everything that somebody wants to change comes to nothing, so that each request finds the same. */
function letNothingChange(): void {
  const { write } = server.context;
  const letIn = () =>
    Promise.reject(new ApiError('conflict', 'Whoever comes to this point has been let in.'));
  vi.spyOn(server.context, 'write').mockImplementation((actor, work) => {
    if (!isTried) return letIn();
    return write(actor, async (tx, audit) => {
      await work(tx, audit);
      return letIn();
    });
  });
}

/** The routes of the API, as the server itself lists them. Those of HEAD come with those of GET. */
function routesOfApi(routes: readonly DeclaredRoute[]): string[] {
  return routes
    .filter(({ access, method }) => typeof access === 'object' && 'caller' in access && method !== 'HEAD')
    .filter(({ url }) => url.startsWith('/v1/'))
    .map(({ method, url }) => `${method} ${url}`);
}

/** Ids of what is there, and of nothing where who may look is known without it. */
function idIn(url: string): string | undefined {
  const nothing = 'a'.repeat(26);
  if (url.includes('/invitations/')) return `inv_${nothing}`;
  if (url.includes('/api-keys/')) return `key_${nothing}`;
  if (url.includes('/requests/')) return parts['request'];
  if (url.includes('/batches/')) return parts['batch'];
  if (url.includes('/templates/')) return parts['template'];
  return `g_${nothing}`;
}

async function send(
  route: string,
  token: string,
  { body, query = '', headers = {}, inside }: RouteLine,
): Promise<string> {
  isTried = inside === true;
  const [method = '', url = ''] = route.split(' ');
  const address = url.replaceAll(/:(\w+)/g, (_, part: string) => {
    const sample = part === 'id' ? idIn(url) : parts[part];
    if (sample === undefined) throw new Error(`There is no sample for :${part} of ${url}.`);
    return encodeURIComponent(sample);
  });
  const json = body === undefined ? {} : { 'content-type': 'application/json' };
  const request = http.request(new URL(address + query, server.origin), {
    method,
    headers: { ...bearerHeader(token), ...json, ...headers },
  });
  request.end(body === undefined ? undefined : JSON.stringify(body));
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  if (response.headers['content-type']?.startsWith('text/event-stream')) {
    response.destroy();
    return 'in';
  }
  const answer = await text(response);
  const status = response.statusCode ?? 0;
  if (status < 400) return 'in';
  const { error } = JSON.parse(answer) as { error: { code: string } };
  // Refused for what is there, so let in.
  return status === 409 || status === 412 ? 'in' : error.code;
}

/** What is to come of a request, in plain words. */
function expected(url: string, line: RouteLine, { role, key }: Caller): string {
  if (line.reach === 'no key') return key === null ? 'not asked' : 'session_required';
  const hasRole = line.role === null || roles.indexOf(role) >= roles.indexOf(line.role);
  const byRole = hasRole ? 'in' : 'role_insufficient';
  const isWhole =
    key === null || (key.for === 'the organization' && line.capabilities.includes(key.capability));
  if (line.hidden === true) return hasRole && isWhole ? 'in' : 'not_found';
  // Only owners know of the repository: nobody gave the others anything on it.
  const isHidden = line.repository === true && role !== 'owner';
  if (key === null) return isHidden ? 'not_found' : byRole;
  const names = {
    org: url.includes('/:org'),
    project: url.includes('/:project'),
    repository: line.repository,
  };
  const byCapability = line.capabilities.includes(key.capability) ? byRole : 'capability_insufficient';
  if (key.for === 'foreign') {
    const isNamed = names.org || names.project || names.repository === true || line.access === true;
    return isNamed ? 'not_found' : byCapability;
  }
  if (line.access === true) {
    if (!hasRole) return byRole;
    return isWhole ? 'in' : 'scope_insufficient';
  }
  if (isHidden) return 'not_found';
  if (key.for === 'elsewhere') {
    if (names.project) return 'not_found';
    return names.org || names.repository === true ? 'scope_insufficient' : byCapability;
  }
  return reached[key.for].includes(line.reach) ? byCapability : 'scope_insufficient';
}

describe('every route of the API', () => {
  it('has a line in the table, and the table has no others', () => {
    expect(Object.keys(organizationRoutes).toSorted()).toEqual(
      [...new Set(routesOfApi(server.routes))].toSorted(),
    );
  });

  it('that manages the whole server takes no API key, which is for one organization', () => {
    const taking = server.routes.filter(
      ({ url, access }) =>
        url.startsWith('/api/v1/') &&
        typeof access === 'object' &&
        'caller' in access &&
        access.caller.includes('api-key'),
    );
    expect(taking).toEqual([]);
  });

  it('that is new is missing in the table', () => {
    const app = Fastify();
    const routes = requireDeclarations(app);
    const access = { caller: ['api-key'], may: { organization: 'projects:read' } } as const;
    app.get('/v1/new', { config: { access } }, () => 'in');
    const missing = routesOfApi([...server.routes, ...routes]).filter(
      (route) => !(route in organizationRoutes),
    );
    expect(missing).toEqual(['GET /v1/new']);
  });

  it('needs for HEAD what it needs for GET', () => {
    const heads = server.routes.filter(({ method, url }) => method === 'HEAD' && url.startsWith('/v1/'));
    expect(heads.length).toBeGreaterThan(15);
    for (const { url, access } of heads) {
      expect([url, access]).toEqual([
        ...[url, server.routes.find((route) => route.method === 'GET' && route.url === url)?.access],
      ]);
    }
  });

  it('takes each key and role as the table says, and refuses every other by the right code', async () => {
    expect(Object.keys(callers)).toHaveLength(4 + 4 * 3 * 9 + 3);
    const wrong: string[] = [];
    const seen = new Map<string, number>();
    for (const [route, line] of Object.entries(organizationRoutes)) {
      for (const [name, caller] of Object.entries(callers)) {
        const plain = expected(route, line, caller);
        if (plain === 'not asked') continue;
        const outcome = await send(route, caller.token, line);
        seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
        if (outcome !== plain) wrong.push(`${route}, ${name}: ${outcome} instead of ${plain}`);
      }
    }
    expect(wrong).toEqual([]);
    expect([...seen.keys()].toSorted()).toEqual([
      ...['capability_insufficient', 'in', 'not_found', 'role_insufficient'],
      ...['scope_insufficient', 'session_required'],
    ]);
  });
});
