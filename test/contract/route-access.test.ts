import { once } from 'node:events';
import http from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { branchListSchema, projectSchema } from '../../contracts/server-api/kisenon/projects.ts';
import { refreshPath } from '../../contracts/server-api/kisenon/session.ts';
import type { ApiAccess, DeclaredRoute, RegistryAccess } from '../../reference-server/access/route-access.ts';
import { kisenonSettings } from '../../reference-server/config/kisenon.ts';
import type { InvitationTable } from '../../reference-server/db/organization-schema.ts';
import { newId } from '../../reference-server/identity/ids.ts';
import { hashInvitationToken } from '../../reference-server/identity/invitation-tokens.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { newProgram } from '../support/loopback-program.ts';
import { sha256 } from '../support/oci-image.ts';
import { RepositoryClient } from '../support/registry-client.ts';
import { routeCallers } from '../support/route-callers.ts';
import type { ApiMethod, RouteCaller } from '../support/route-callers.ts';
import { call, signIn } from '../support/server-client.ts';

let server: LocalServer;
let csrf: { field: string; cookie: string };
let kinds: Record<string, RouteCaller>;
let blob: string;
let project: { project: string; branch: string };
beforeAll(async () => {
  server = await startLocalServer({ kisenon: kisenonSettings({ operators: ['maya@acme.example'] }) });
  const maya = await RepositoryClient.open(server, 'maya', 'acme/web');
  const image = await maya.newImage('some');
  await maya.putManifest('v1', image);
  blob = image.config.digest;
  await inviteSomebody();
  csrf = await newCsrf();
  project = await newProject();
  kinds = await routeCallers(server);
}, 60_000);
afterAll(() => server.stop());

const invitationToken = 'x'.repeat(43);

/** An invitation to none of the callers, by a link that is known. */
async function inviteSomebody(): Promise<void> {
  const { id: org_id } = await server.context.db
    .selectFrom('organizations')
    .select('id')
    .where('slug', '=', 'acme')
    .executeTakeFirstOrThrow();
  const row: InvitationTable = {
    id: newId('inv'),
    org_id,
    email: 'somebody@acme.example',
    role: 'member',
    token_hash: hashInvitationToken(invitationToken),
    invited_by: server.user('maya').id,
    created_at: new Date().toISOString(),
    expires_at: new Date(Date.now() + 3_600_000).toISOString(),
    ended_at: null,
    ended_as: null,
  };
  await server.context.write({}, (tx) => tx.insertInto('invitations').values(row).execute());
}

/** What every form of the pages carries, whoever sends it. */
async function newCsrf(): Promise<typeof csrf> {
  const page = await fetch(`${server.origin}/login`);
  const cookie = page.headers.getSetCookie().map((each) => each.split(';')[0] ?? '');
  const field = /name="_csrf" value="([^"]+)"/.exec(await page.text())?.[1] ?? '';
  return { field, cookie: cookie.join('; ') };
}

async function newProject(): Promise<typeof project> {
  const token = await signIn(server, 'maya');
  const { body } = await call(server, '/v1/projects', { token, body: { name: 'shop' } });
  const { id } = projectSchema.parse(body);
  const branches = await call(server, `/v1/projects/${id}/branches`, { token });
  const [branch] = branchListSchema.parse(branches.body).branches;
  return { project: id, branch: branch?.id ?? '' };
}

const reads = (method: string) => method === 'GET' || method === 'HEAD';

/** Nobody has them. */
const none = { project: `prj_${'a'.repeat(26)}`, branch: `br_${'a'.repeat(26)}` };

function idPrefix(url: string): string {
  if (/^\/(?:v1\/api-keys|orgs\/:org\/keys)\//.test(url)) return 'key';
  return url.includes('/invitations/') ? 'inv' : 'g';
}

/** What stands for the parts of an address; `none` is not there, so that nobody takes it from another. */
function addressOf({ method, url }: DeclaredRoute): string {
  const isRead = reads(method);
  const parts: Record<string, string> = {
    name: 'acme/web',
    org: 'acme',
    bot: 'none',
    upload: 'none',
    kid: 'k'.repeat(43),
    id: `${idPrefix(url)}_${'a'.repeat(26)}`,
    token: invitationToken,
    provider: 'none',
    reference: isRead ? 'v1' : 'none',
    user: `u_${'a'.repeat(26)}`,
    ...(isRead ? project : none),
    digest: isRead ? blob : sha256(Buffer.from('none')),
  };
  const address = url.replaceAll(/:(\w+)/g, (_, part: string) => {
    const sample = parts[part];
    if (sample === undefined) throw new Error(`There is no sample for :${part} of ${url}.`);
    return sample;
  });
  return address.replace('*', 'nowhere') + (queries()[`${method} ${url}`] ?? '');
}

/** Queries without which a route refuses the address. */
function queries(): Record<string, string> {
  return {
    'PUT /v2/:name/blobs/uploads/:upload': `?digest=${blob}`,
    'GET /cli/authorize': `?${new URLSearchParams(newProgram().query).toString()}`,
    'HEAD /cli/authorize': `?${new URLSearchParams(newProgram().query).toString()}`,
  };
}

let made = 0;
/** A body that a route's schema takes, and that changes nothing where somebody is let in. */
function bodyOf({ method, url }: DeclaredRoute): object | null {
  const user = { username: 'maya', password: server.user('maya').password };
  const bodies: Record<string, () => object> = {
    'POST /v1/auth/login': () => user,
    'POST /v1/auth/exchange': () => ({ provider: 'none', id_token: 'x' }),
    'POST /v1/auth/switch-org': () => ({ org: 'none' }),
    'POST /v1/api-keys': () => ({ name: 'made', scope: { kind: 'project', ids: [none.project] } }),
    'POST /v1/api-keys/': () => ({ name: 'made', scope: { kind: 'project', ids: [none.project] } }),
    'PATCH /v1/api-keys/:id': () => ({ name: 'none' }),
    'POST /v1/projects': () => ({ name: `made-${String((made += 1))}` }),
    'PATCH /v1/projects/:project': () => ({ name: 'none' }),
    'POST /v1/projects/:project/branches': () => ({ name: 'none' }),
    'PATCH /v1/projects/:project/branches/:branch': () => ({ name: 'none' }),
    'POST /v1/keys': () => ({ registration_token: 'x' }),
    'POST /v1/keys/rotate': () => ({ registration_token: 'x', rotation_token: 'x' }),
    // The slug is the server's own.
    'POST /v1/orgs': () => ({ name: 'Ours', slug: 'api' }),
    'PATCH /v1/orgs/:org': () => ({ name: 'Acme' }),
    'POST /v1/orgs/:org/transfer': () => ({ user_id: `u_${'a'.repeat(26)}` }),
    'PATCH /v1/orgs/:org/members/:user': () => ({ role: 'viewer' }),
    'POST /v1/orgs/:org/invitations': () => ({ emails: ['jonas@acme.example'] }),
    'POST /v1/orgs/:org/bots': () => ({ name: `made-${String((made += 1))}` }),
    'POST /v1/orgs/:org/bots/:bot/keys': () => ({ registration_token: 'x' }),
    'POST /v1/repos/:name/authorizations': () => ({ bot: 'none', permission: 'reader' }),
    'POST /login': () => user,
    'POST /dashboard/keys': () => ({ registration_token: 'x' }),
    'POST /cli/authorize': () => ({ ...newProgram().query, answer: 'cancel' }),
  };
  return bodies[`${method} ${url}`]?.() ?? null;
}

const isForm = ({ method, url }: DeclaredRoute) => method === 'POST' && !url.startsWith('/v');

/** @param malformed - What is sent instead of a body that the route takes. */
async function send(
  route: DeclaredRoute,
  headers: Record<string, string>,
  malformed?: string,
): Promise<string> {
  const body = bodyOf(route);
  const { cookie } = headers;
  const form = isForm(route);
  const sent =
    malformed ??
    (form ? new URLSearchParams({ _csrf: csrf.field, ...body }).toString() : JSON.stringify(body));
  const hasBody = form || malformed !== undefined || body !== null;
  const request = http.request(new URL(addressOf(route), server.origin), {
    method: route.method,
    headers: {
      ...headers,
      ...(form ? { cookie: [cookie ?? [], csrf.cookie].flat().join('; ') } : {}),
      ...(hasBody ? { 'content-type': form ? 'application/x-www-form-urlencoded' : 'application/json' } : {}),
    },
  });
  request.end(hasBody ? sent : undefined);
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  if (response.headers['content-type']?.startsWith('text/event-stream')) {
    // It has no end.
    response.destroy();
    return 'in';
  }
  return outcomeOf(route, response, await text(response));
}

/** The codes with which guards refuse. */
const refusals = [
  ...['unauthenticated', 'session_expired', 'token_invalid', 'token_expired', 'key_revoked', 'csrf_failed'],
  ...[
    'key_not_registered',
    'session_required',
    'alpha_pending',
    'role_insufficient',
    'UNAUTHORIZED',
    'DENIED',
    'NAME_UNKNOWN',
  ],
];
const hidden = ['The organization acme', 'An organization that you belong to', 'The repository acme/web'].map(
  (what) => `${what} was not found.`,
);

/** `in`, or the status with which a guard refused. */
function outcomeOf(
  { method, access }: DeclaredRoute,
  { statusCode, headers }: http.IncomingMessage,
  body: string,
) {
  const status = statusCode ?? 0;
  if (status >= 500) return `failed with ${String(status)}`;
  if (status === 302 && headers.location?.startsWith('/login') === true) return 'to the sign-in';
  if (status === 303 && headers.location?.startsWith('/pending') === true) return 'to the waiting room';
  if (headers['content-type']?.startsWith('text/html')) return status === 401 ? 'to the sign-in' : 'in';
  // The samples of HEAD are there.
  if (method === 'HEAD') return status < 400 || access === 'public' ? 'in' : String(status);
  if (status < 400 || !body.startsWith('{')) return 'in';
  const { error, errors } = JSON.parse(body) as Record<string, unknown> & {
    error?: { code?: string; message?: string } | string;
    errors?: { code: string }[];
  };
  const answer = typeof error === 'object' ? error : {};
  const code = errors?.[0]?.code ?? answer.code ?? '';
  const isHidden = [...hidden, `The project ${project.project} was not found.`].includes(
    answer.message ?? '',
  );
  return refusals.includes(code) || isHidden ? String(status) : 'in';
}

/** What a declaration means for a kind of caller, by plain words alone. */
function expected(route: DeclaredRoute, kind: RouteCaller): string {
  const { access } = route;
  // The credential is looked at by the route itself, as it may have expired.
  if (route.url === refreshPath) return kind.by === 'jwt' && kind.lives ? 'in' : '401';
  if (access === 'public') return 'in';
  if ('page' in access) {
    if (kind.by === 'cookie' && kind.waits === true && access.pending !== true) return 'to the waiting room';
    const seen = access.page === 'anybody' || (kind.by === 'cookie' && kind.lives);
    return seen ? 'in' : 'to the sign-in';
  }
  return 'registry' in access
    ? expectedOfRegistry(access.registry, kind)
    : expectedOfApi(route, access, kind);
}

/** What members may do to their organization. What each role may is shown by organization-routes.test.ts. */
const membersMay: readonly string[] = [
  ...['organization:read', 'members:read'],
  ...['events:read', 'project-events:read', 'api-keys:read', 'api-keys:create', 'api-keys:manage'],
  ...['projects:read', 'projects:create', 'projects:rename'],
  ...['branches:read', 'branches:create', 'branches:rename', 'branches:delete'],
];

const apiMethods: readonly string[] = ['session', 'jwt', 'key', 'api-key'] satisfies ApiMethod[];

function expectedOfApi(
  { method, url }: DeclaredRoute,
  { caller, may, pending = false }: ApiAccess,
  kind: RouteCaller,
) {
  if (!kind.lives || !apiMethods.includes(kind.by)) return '401';
  if (kind.waits === true && !pending) return '403';
  if (!caller.some((method) => method === kind.by)) return '403';
  if (may === undefined) return 'in';
  const { standing, by } = kind;
  // The sample is somebody else's key, which a session may ask for.
  if ('key' in may) return by === 'session' || by === 'jwt' ? 'in' : '403';
  if ('server' in may && may.server === 'decide-accounts') return kind.operator === true ? 'in' : '403';
  if (standing === 'owner') return 'in';
  // Everybody owns an organization; a server JWT acts in one alone, the reader's in `acme`.
  const isPerson = by === 'session' || by === 'jwt';
  const ownsActing = isPerson && (standing === 'outsider' || by === 'session');
  if ('server' in may) return ownsActing ? 'in' : '403';
  if ('organization' in may) {
    if (isPerson && standing === 'outsider' && !url.includes('/:org')) {
      // The project that is there to read belongs to `acme`.
      return url.includes('/:project') && reads(method) ? '404' : 'in';
    }
    if (standing !== 'reader') return '404';
    // The project that is to be changed is not there, which members may know.
    const isNone = url.includes('/:project') && !reads(method);
    return membersMay.includes(may.organization) || isNone ? 'in' : '403';
  }
  return standing === 'outsider' ? '404' : '403';
}

function expectedOfRegistry(
  need: RegistryAccess['registry'],
  { by, lives, standing, scope: named, waits = false, anonymous = false }: RouteCaller,
): string {
  if (need === 'credentials') {
    // A cookie is none, and who has none is anybody.
    if (by === 'nothing' || by === 'cookie') return 'in';
    if (!lives || by === 'registry token') return '401';
    return waits ? '403' : 'in';
  }
  if (by !== 'registry token' || !lives) return '401';
  if (waits) return '403';
  if (need === 'any-token') return 'in';
  if (need === 'catalog') return named === 'catalog' ? 'in' : '401';
  const may = { pull: ['owner', 'writer', 'reader'], push: ['owner', 'writer'], delete: ['owner'] }[need];
  if (may.includes(standing)) return named === 'repository' ? 'in' : '401';
  if (anonymous) return '401';
  return standing === 'outsider' ? '404' : '403';
}

/** While a route is tried that would delete it, `acme` is a personal organization: nobody can delete these. */
async function setKind({ method, url }: DeclaredRoute): Promise<void> {
  const kind = method === 'DELETE' && url === '/v1/orgs/:org' ? 'personal' : 'team';
  await server.context.write({}, (tx) =>
    tx.updateTable('organizations').set({ kind }).where('slug', '=', 'acme').execute(),
  );
}

describe('every route, for every kind of caller', () => {
  it('lets in and refuses as it declares', async () => {
    expect(server.routes.length).toBeGreaterThan(60);
    expect(Object.keys(kinds).length).toBeGreaterThan(25);
    const wrong: string[] = [];
    const seen = new Set<string>();
    for (const route of server.routes) {
      await setKind(route);
      for (const [name, kind] of Object.entries(kinds)) {
        const outcome = await send(route, await kind.headers());
        seen.add(outcome);
        const plain = expected(route, kind);
        if (outcome !== plain)
          wrong.push(`${route.method} ${addressOf(route)}, ${name}: ${outcome} instead of ${plain}`);
      }
    }
    expect(wrong).toEqual([]);
    expect([...seen].toSorted()).toEqual([
      '401',
      '403',
      '404',
      'in',
      'to the sign-in',
      'to the waiting room',
    ]);
  }, 120_000);

  it('refuses a stranger before reading a body', async () => {
    // The pages read the form first: it says whether it is ours, and what was typed is not lost.
    const routes = server.routes.filter(
      (route) => typeof route.access === 'object' && 'caller' in route.access,
    );
    const wrong: string[] = [];
    const seen = new Set<string>();
    for (const route of routes.filter(({ method }) => method !== 'GET' && method !== 'HEAD')) {
      for (const [name, kind] of Object.entries(kinds)) {
        const plain = expected(route, kind);
        if (plain === 'in') continue;
        const outcome = await send(route, await kind.headers(), '{');
        seen.add(outcome);
        if (outcome !== plain)
          wrong.push(`${route.method} ${addressOf(route)}, ${name}: ${outcome} instead of ${plain}`);
      }
    }
    expect(wrong).toEqual([]);
    expect([...seen].toSorted()).toEqual(['401', '403', '404']);
  }, 60_000);

  it('names in a 405 the methods that its address takes, and takes no other', async () => {
    const addresses = new Map<string, Set<string>>();
    for (const route of server.routes.filter(({ url }) => !url.startsWith('/v2'))) {
      const [path = ''] = addressOf({ ...route, method: 'GET' }).split('?');
      addresses.set(path, (addresses.get(path) ?? new Set()).add(route.method));
    }
    // Are addresses of a key as well; `methodsAt` has a test of its own.
    for (const path of ['/v1/keys/rotate', '/v1/api-keys/']) addresses.delete(path);
    for (const [path, methods] of addresses) {
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND']) {
        if (methods.has(method)) continue;
        // The API has no pages, whoever asks.
        const headers = path.startsWith('/v1/') ? { accept: 'text/html' } : {};
        const request = http.request(new URL(path, server.origin), { method, headers }).end();
        const [response] = (await once(request, 'response')) as [http.IncomingMessage];
        const { error } = JSON.parse(await text(response)) as { error: { code: string } };
        const allow = [...methods].toSorted().join(', ');
        expect([path, method, response.statusCode, error.code, response.headers.allow]).toEqual([
          ...[path, method, 405, 'method_not_allowed', allow],
        ]);
      }
    }
  });
});
