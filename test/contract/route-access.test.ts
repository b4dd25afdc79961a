import { once } from 'node:events';
import http from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { artifactKeeperErrorSchema } from '../../contracts/server-api/artifact-keeper/errors.ts';
import { refreshPath as refreshTokenPath } from '../../contracts/server-api/artifact-keeper/session.ts';
import { refreshPath } from '../../contracts/server-api/kisenon/session.ts';
import { systemPath } from '../../contracts/server-api/tkeeper/system.ts';
import type { ApiAccess, DeclaredRoute, RegistryAccess } from '../../reference-server/access/route-access.ts';
import { kisenonSettings } from '../../reference-server/config/kisenon.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { routeCallers } from '../support/route-callers.ts';
import type { ApiMethod, RouteCaller } from '../support/route-callers.ts';
import { reads, RouteSamples } from '../support/route-samples.ts';

let server: LocalServer;
let samples: RouteSamples;
let csrf: { field: string; cookie: string };
let kinds: Record<string, RouteCaller>;
beforeAll(async () => {
  server = await startLocalServer({ kisenon: kisenonSettings({ operators: ['maya@acme.example'] }) });
  samples = await RouteSamples.on(server);
  csrf = await newCsrf();
  kinds = await routeCallers(server);
});
afterAll(() => server.stop());

/** What every form of the pages carries, whoever sends it. */
async function newCsrf(): Promise<typeof csrf> {
  const page = await fetch(`${server.origin}/login`);
  const cookie = page.headers.getSetCookie().map((each) => each.split(';')[0] ?? '');
  const field = /name="_csrf" value="([^"]+)"/.exec(await page.text())?.[1] ?? '';
  return { field, cookie: cookie.join('; ') };
}

const isForm = ({ method, url }: DeclaredRoute) => method === 'POST' && !/^\/(?:v\d|api)\//.test(url);

/** @param malformed - What is sent instead of a body that the route takes. */
async function send(
  route: DeclaredRoute,
  headers: Record<string, string>,
  malformed?: string,
): Promise<string> {
  const body = samples.bodyOf(route);
  const { cookie } = headers;
  const form = isForm(route);
  const sent =
    malformed ??
    (form ? new URLSearchParams({ _csrf: csrf.field, ...body }).toString() : JSON.stringify(body));
  const hasBody = form || malformed !== undefined || body !== null;
  const request = http.request(new URL(samples.addressOf(route), server.origin), {
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
    'FORBIDDEN',
    'DENIED',
    'NAME_UNKNOWN',
  ],
];
const hidden = ['The organization acme', 'An organization that you belong to', 'The repository acme/web'].map(
  (what) => `${what} was not found.`,
);

/** `in`, or the status with which a guard refused. */
function outcomeOf(
  { method, url, access }: DeclaredRoute,
  { statusCode, headers }: http.IncomingMessage,
  body: string,
) {
  const status = statusCode ?? 0;
  // By it the keeper says that it is sealed.
  if (status === 503 && url === `${systemPath}/ready`) return 'in';
  if (status >= 500) return `failed with ${String(status)}`;
  if (status === 428) return '428';
  if (status === 302 && headers.location?.startsWith('/login') === true) return 'to the sign-in';
  if (status === 303 && headers.location?.startsWith('/pending') === true) return 'to the waiting room';
  if (status === 303 && headers.location?.startsWith('/password') === true) return 'to a password';
  if (headers['content-type']?.startsWith('text/html')) return status === 401 ? 'to the sign-in' : 'in';
  // Nobody has these; their guard hides nothing.
  if (
    method === 'HEAD' &&
    status === 404 &&
    /^(?:\/api\/v1\/(?:groups|permissions|auth\/(?:oidc|sso))|\/v1\/access\/)/.test(url)
  )
    return 'in';
  // The other samples of HEAD are there.
  if (method === 'HEAD') return status < 400 || access === 'public' ? 'in' : String(status);
  if (status < 400 || !body.startsWith('{')) return 'in';
  const parsed: unknown = JSON.parse(body);
  const { error, errors } = parsed as {
    error?: { code?: string; message?: string } | string;
    errors?: { code: string }[];
  };
  // Of the keeper. The registry's form for OAuth has words in it, and codes.
  if (typeof error === 'string' && errors === undefined)
    return error === 'UNAUTHENTICATED' ? String(status) : 'in';
  const answer = typeof error === 'object' ? error : (artifactKeeperErrorSchema.safeParse(parsed).data ?? {});
  const code = errors?.[0]?.code ?? answer.code ?? '';
  const isHidden = [...hidden, `The project ${samples.project} was not found.`].includes(
    answer.message ?? '',
  );
  return refusals.includes(code) || isHidden ? String(status) : 'in';
}

/** What a declaration means for a kind of caller, by plain words alone. */
function expected(route: DeclaredRoute, kind: RouteCaller): string {
  const { access } = route;
  // The credential is looked at by the route itself, as it may have expired.
  if (route.url === refreshPath) return kind.by === 'jwt' && kind.lives ? 'in' : '401';
  // Its credential is in the body.
  if (route.url === refreshTokenPath) return '401';
  if (access === 'public') return 'in';
  if ('page' in access) {
    if (kind.by === 'cookie' && kind.waits === true && access.pending !== true) return 'to the waiting room';
    if (kind.by === 'cookie' && kind.givenPassword === true && access.beforePassword !== true)
      return 'to a password';
    const seen = access.page === 'anybody' || (kind.by === 'cookie' && kind.lives);
    return seen ? 'in' : 'to the sign-in';
  }
  if ('keeper' in access) return access.keeper === 'anybody' ? 'in' : '401';
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

const personMethods: readonly string[] = ['session', 'jwt', 'access-token'] satisfies ApiMethod[];
const apiMethods: readonly string[] = [...personMethods, 'key', 'api-key', 'api-token'] satisfies
  ApiMethod[] | string[];

function expectedOfApi(
  { method, url }: DeclaredRoute,
  { caller, may, scope, pending = false, beforePassword = false }: ApiAccess,
  kind: RouteCaller,
) {
  if (!kind.lives || !apiMethods.includes(kind.by)) return '401';
  if (kind.givenPassword === true && !beforePassword) return '428';
  if (kind.waits === true && !pending) return '403';
  if (!caller.some((method) => method === kind.by)) return '403';
  // The sample is good for repositories alone.
  if (kind.by === 'api-token' && scope !== undefined) return '403';
  if (may === undefined) return 'in';
  const { standing, by } = kind;
  // The sample is somebody else's key, which a session may ask for.
  if ('key' in may) return personMethods.includes(by) ? 'in' : '403';
  // Addresses here name other users.
  if ('user' in may) return '403';
  if ('server' in may && may.server === 'decide-accounts') return kind.operator === true ? 'in' : '403';
  if ('server' in may && may.server === 'administer') return kind.administrator === true ? 'in' : '403';
  // Administrators of the server may do everything to each repository; a server JWT is told to be another organization's.
  if (kind.administrator === true && 'repository' in may)
    return by === 'jwt' && method === 'HEAD' ? '403' : 'in';
  if (standing === 'owner') return 'in';
  // Everybody owns an organization; a server JWT acts in one alone, the reader's in `acme`.
  const isPerson = personMethods.includes(by);
  const ownsActing = isPerson && (standing === 'outsider' || by !== 'jwt');
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
  { by, lives, standing, scope: named, waits = false, givenPassword = false, anonymous = false }: RouteCaller,
): string {
  if (need === 'credentials') {
    // A cookie is none, and who has none is anybody.
    if (by === 'nothing' || by === 'cookie') return 'in';
    if (!lives || by === 'registry token') return '401';
    if (givenPassword) return '428';
    return waits ? '403' : 'in';
  }
  if (by !== 'registry token' || !lives) return '401';
  if (givenPassword) return '428';
  if (waits) return '403';
  if (need === 'any-token') return 'in';
  if (need === 'catalog') return named === 'catalog' ? 'in' : '401';
  const may = { pull: ['owner', 'writer', 'reader'], push: ['owner', 'writer'], delete: ['owner'] }[need];
  if (may.includes(standing)) return named === 'repository' ? 'in' : '401';
  if (anonymous) return '401';
  return standing === 'outsider' ? '404' : '403';
}

type NamedCaller = [name: string, caller: RouteCaller];

/** The first of each kind. */
function oneEach(callers: readonly NamedCaller[], kindOf: (caller: RouteCaller) => string): NamedCaller[] {
  return [...new Map(callers.toReversed().map((named) => [kindOf(named[1]), named])).values()];
}

/** The ways of looking at a credential, and what routes declare besides, that were tried so far. */
const tried = new Set<string>();

/**
 * Who tries a route: all callers one route of each way of looking at credentials; of what else routes declare one is tried
 * by all who are something else, and every route by one of each kind for each answer. What is public asks nobody who they
 * are. A `HEAD` is declared with its `GET`: one for each answer tries it.
 */
function callersOf(route: DeclaredRoute): NamedCaller[] {
  const all = Object.entries(kinds);
  const readsItself = [refreshPath, refreshTokenPath].includes(route.url);
  if (route.method === 'HEAD') return oneEach(all, (caller) => expected(route, caller));
  if (readsItself) return all;
  if (route.access === 'public')
    return all.filter(([name]) => ['nobody', 'nonsense', 'a session of maya'].includes(name));
  const credentials = { ...route.access, may: undefined, scope: undefined };
  if (isFirst(credentials)) return all;
  const who = isFirst(route.access) ? whoIs : () => '';
  return oneEach(all, (caller) => `${caller.by} ${who(caller)} ${expected(route, caller)}`);
}

/** Whether nothing like it was tried before. */
function isFirst(declared: object): boolean {
  const before = tried.size;
  return tried.add(JSON.stringify(declared)).size > before;
}

const whoIs = ({ standing, operator, administrator }: RouteCaller) =>
  JSON.stringify({ standing, operator, administrator });

/** Whether a guard refuses before a body is read. The pages read the form first: it says whether it is ours. */
const isBeforeBody = ({ method, access }: DeclaredRoute) =>
  typeof access === 'object' && 'caller' in access && !reads(method);

const deletesOrganization = ({ method, url }: DeclaredRoute) =>
  method === 'DELETE' && url === '/v1/orgs/:org';

async function setKind(kind: 'personal' | 'team'): Promise<void> {
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
    const refusedBeforeBody = new Set<string>();
    for (const route of server.routes) {
      // Nobody can delete a personal organization.
      if (deletesOrganization(route)) await setKind('personal');
      for (const [name, kind] of callersOf(route)) {
        const plain = expected(route, kind);
        const isRefused = plain !== 'in' && isBeforeBody(route);
        const outcome = await send(route, await kind.headers(), isRefused ? '{' : undefined);
        seen.add(outcome);
        if (isRefused) refusedBeforeBody.add(outcome);
        if (outcome !== plain)
          wrong.push(`${route.method} ${samples.addressOf(route)}, ${name}: ${outcome} instead of ${plain}`);
      }
      if (deletesOrganization(route)) await setKind('team');
    }
    expect(wrong).toEqual([]);
    expect([...seen].toSorted()).toEqual([
      '401',
      '403',
      '404',
      '428',
      'in',
      'to a password',
      'to the sign-in',
      'to the waiting room',
    ]);
    expect([...refusedBeforeBody].toSorted()).toEqual(['401', '403', '404', '428']);
  });

  it('names in a 405 the methods that its address takes, and takes no other', async () => {
    const addresses = new Map<string, Set<string>>();
    for (const route of server.routes.filter(({ url }) => !url.startsWith('/v2'))) {
      const [path = ''] = samples.addressOf({ ...route, method: 'GET' }).split('?');
      addresses.set(path, (addresses.get(path) ?? new Set()).add(route.method));
    }
    // Are addresses of a key or user as well; `methodsAt` has a test of its own.
    for (const path of ['/v1/keys/rotate', '/v1/api-keys/', '/api/v1/users/me']) addresses.delete(path);
    for (const [path, methods] of addresses) {
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND']) {
        if (methods.has(method)) continue;
        // The API has no pages, whoever asks.
        const headers = /^(?:\/api)?\/v1\//.test(path) ? { accept: 'text/html' } : {};
        const request = http.request(new URL(path, server.origin), { method, headers }).end();
        const [response] = (await once(request, 'response')) as [http.IncomingMessage];
        const body = JSON.parse(await text(response)) as {
          error?: { code: string } | string;
          code?: string;
        };
        const { error } = body;
        const code = body.code ?? (typeof error === 'object' ? error.code.toUpperCase() : error);
        const allow = [...methods].toSorted().join(', ');
        expect([path, method, response.statusCode, code, response.headers.allow]).toEqual([
          ...[path, method, 405, 'METHOD_NOT_ALLOWED', allow],
        ]);
      }
    }
  });
});
