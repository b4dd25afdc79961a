import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { perClient } from '../../contracts/domain/registry-client.ts';
import type { CallSpec } from '../../contracts/ipc/define.ts';
import { ipcContract } from '../../contracts/ipc/index.ts';
import type { WaitState } from '../../contracts/ipc/signin.ts';
import { keysPath } from '../../contracts/server-api/index.ts';
import { fileLogger } from '../../main/adapters/logger.ts';
import { loopbackListeners } from '../../main/adapters/loopback-listeners.ts';
import { systemRandom } from '../../main/adapters/random.ts';
import { systemClock } from '../../main/adapters/clock.ts';
import { DiskTextFiles } from '../../main/adapters/text-files.ts';
import { GrantService } from '../../main/core/grants/grant-service.ts';
import { BotService } from '../../main/core/bots/bot-service.ts';
import { SecretClipboard } from '../../main/core/clipboard/secret-clipboard.ts';
import { revokeKey } from '../../main/core/credentials/keys/revoke-key.ts';
import { RotationService } from '../../main/core/credentials/keys/rotation/rotation-service.ts';
import { ImageService } from '../../main/core/images/image-service.ts';
import type { HttpClient, HttpResponse } from '../../main/core/ports/http.ts';
import { ServiceCalls } from '../../main/core/service/service-calls.ts';
import { BrowserSignIn } from '../../main/core/signin/loopback/browser-sign-in.ts';
import { PasswordSignIn } from '../../main/core/signin/password/password-sign-in.ts';
import { TokenSignIn } from '../../main/core/signin/token/token-sign-in.ts';
import { SignOut } from '../../main/core/signin/sign-out.ts';
import { artifactKeeperSettings } from '../../reference-server/config/artifact-keeper.ts';
import { ldapSettings } from '../../reference-server/config/ldap.ts';
import { fetchHttpClient } from '../../main/adapters/http-client.ts';
import { keeperCalls, keeperWorld, openKeeper } from '../support/keeper-calls.ts';
import { devToken, everything } from '../support/keeper-rig.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { registerContext } from '../support/register-context.ts';
import { RepositoryClient } from '../support/registry-client.ts';
import { call, signIn } from '../support/server-client.ts';
import { TestClipboard } from '../unit/main/clipboard/test-clipboard.ts';
import { OddServer } from '../unit/main/contexts/odd-server.ts';
import { organizationCalls, organizationWorld } from '../support/organization-calls.ts';
import { signInParts } from '../unit/main/signin/sign-in-parts.ts';

/*
 * Services of later versions, and of other makers: each call of the window that asks a service is made to one that adds
 * members and names to all its answers, and to one that refuses by codes that nobody knows.
 */

const words = 'Only at full moon.';

let server: LocalServer;
/** Refuses whatever it is asked. */
let refusing: OddServer;
let session: string;
/** Where what changes nothing for the others is tried. */
let shared: App;
/** How the service is: as it is, one that refuses, or one of a later version. */
let service: 'plain' | 'refusing' | 'later' = 'plain';
/** Answers that were other ones than the server's. */
let changed: number;

beforeAll(async () => {
  // A directory that nobody answers for is one all the same.
  const ldap = { ...ldapSettings({ base_dn: 'dc=example,dc=com' }, undefined), url: 'ldap://127.0.0.1:9' };
  const auth = { type: 'dev', token: devToken, permissions: everything } as const;
  server = await startLocalServer({
    artifactKeeper: artifactKeeperSettings({}, ldap),
    keeper: { auth, allowAnonymous: false },
  });
  await openKeeper(server.origin);
  refusing = await OddServer.start();
  session = await signIn(server, 'maya');
  const owner = await RepositoryClient.open(server, 'maya', 'acme/web');
  for (const tag of ['v1', 'v2']) await owner.putManifest(tag, await owner.newImage(tag));
  shared = await openApp();
});
afterAll(async () => {
  await shared.parts.dispose();
  await refusing.stop();
  await server.stop();
});

/** The app of Maya with a registered key, its grant and its bot at the server. */
async function openApp() {
  const parts = await signInParts(systemClock, 'silent', http);
  const { id } = await parts.add({ address: server.host, userId: server.user('maya').id });
  await registerContext(parts, id, server, session);
  const jonas = await parts.add({ address: server.host, userId: server.user('jonas').id, name: 'Jonas' });
  const logger = fileLogger(parts.folder, 'silent');
  const base = { ...parts, http, clock: systemClock, random: systemRandom, logger };
  const calls = new ServiceCalls(base);
  const name = `bot-${systemRandom.uuid().slice(0, 8)}`;
  const bots = new BotService({
    ...base,
    service: calls,
    clipboard: new SecretClipboard({ ...base, clipboard: new TestClipboard(), seconds: () => 60 }),
    files: new DiskTextFiles(logger),
    dialogs: { save: () => Promise.resolve(null), open: () => Promise.resolve(null) },
  });
  const grants = new GrantService({ ...base, service: calls });
  const bot = { contextId: id, org: 'acme', name };
  await bots.create(bot);
  await bots.makeKey(bot, 'Build server');
  const place = { contextId: id, repository: 'acme/web' };
  const terms = { permission: 'reader' as const, expiresAt: null };
  const { id: grantId } = await grants.grant(place, { ...terms, to: { kind: 'bot', name } });
  const rotations = new RotationService(base);
  const onSignedIn = () => Promise.resolve(perClient(() => 'not_asked' as const));
  const browserSignIn = new BrowserSignIn({
    ...base,
    listeners: loopbackListeners,
    computerName: 'laptop',
    openBrowser: () => Promise.resolve(true),
    raise: () => undefined,
    onSignedIn,
  });
  await browserSignIn.start(byBrowser(id));
  const passwordSignIn = new PasswordSignIn({ ...base, onSignedIn });
  const organization = await organizationWorld(parts, server, http);
  const ofKeeper = await keeperWorld(parts, server, http);
  return {
    ofKeeper,
    organization,
    browserSignIn,
    passwordSignIn,
    tokenSignIn: new TokenSignIn({ ...base, onSignedIn }),
    parts,
    base,
    id,
    pending: jonas.id,
    bot,
    place,
    terms,
    bots,
    grants,
    rotations,
    images: new ImageService(base),
    grantId,
    signOut: new SignOut({
      ...{ ...base, browserSignIn },
      registries: { forget: () => Promise.resolve(perClient(() => 'none' as const)) },
    }),
  };
}
type App = Awaited<ReturnType<typeof openApp>>;

/** A sign-in by a browser that nobody opens. */
function byBrowser(contextId: string) {
  return { target: { kind: 'context', contextId }, access: 'session', elsewhere: true } as const;
}

/** A sign-in to a context of its own, each time another one. */
function withPassword() {
  const name = `By password ${systemRandom.uuid().slice(0, 8)}`;
  const target = { kind: 'new', address: server.host, name, setUpPodman: false, setUpDocker: false } as const;
  const { username, password } = server.user('priya');
  return { target, username, password, newPassword: null };
}

const keyId = ({ parts, id }: App): string => parts.keys.current(id)?.id ?? '';

/** How a rotation ends or comes to a stand. */
async function rotated({ rotations, id }: App): Promise<unknown> {
  await rotations.rotate(id, false);
  return new Promise((resolve) => {
    const look = (): void => {
      const state = rotations.state(id);
      if (state?.running === false) resolve(state);
    };
    rotations.onChange(look);
    look();
  });
}

/** What the next try of a registration came to; the service knows the key by then. */
async function tried({ parts, pending }: App): Promise<WaitState> {
  const body = { registration_token: parts.registration.token(pending) };
  await call(server, keysPath, { token: await signIn(server, 'jonas'), body });
  const state = parts.until(({ phase, nextTryAt }) => phase === 'registered' || nextTryAt !== null);
  parts.registration.checkNow(pending);
  return state;
}

/** The key of the app's bot, as it is without the app. */
async function kidOfBot({ parts, id, bot }: App): Promise<string> {
  const { authorization } = await parts.contexts.authorize(id);
  const response = await fetch(`${server.origin}/v1/orgs/acme/bots`, { headers: authorization.headers });
  const { bots } = (await response.json()) as { bots: { name: string; keys: { kid: string }[] }[] };
  return bots.find(({ name }) => name === bot.name)?.keys.at(-1)?.kid ?? '';
}

interface Case {
  run: (app: App) => Promise<unknown>;
  /** Part of what it answers when the service knows more than this version. */
  longer?: unknown;
  /** Part of what a refusal comes to; without it the error that tells the service's own words. */
  refused?: unknown;
  /** The key is another one or none afterwards, also after a refusal. */
  last?: true;
}

const byDiscovery = { error: { code: 'not_a_keyhold_server' } };
const { role, permission } = { role: 'later', permission: 'later' };

const cases: Readonly<Record<string, Case>> = {
  'contexts.discover': {
    run: ({ parts }) => parts.contexts.additions.discover(server.host),
    longer: { methods: ['key', 'password', 'browser', 'later', 'dev-token'] },
    refused: byDiscovery,
  },
  'contexts.add': {
    run: async ({ parts }) => {
      const added = await parts.add({ address: server.host, userId: server.user('priya').id, name: 'Priya' });
      parts.contexts.remove(added.id);
    },
    refused: byDiscovery,
  },
  'contexts.status': {
    run: ({ parts, id }) => parts.contexts.status(id),
    longer: { context: { signIn: { state: 'signed_in' } }, identity: 'Maya Chen', role },
    refused: { context: { signIn: { state: 'refused' } }, said: words },
  },
  'browserSignIn.start': {
    run: ({ browserSignIn, id }) => browserSignIn.start(byBrowser(id)),
    longer: { phase: 'waiting' },
    refused: byDiscovery,
  },
  'browserSignIn.again': {
    run: ({ browserSignIn }) => browserSignIn.again(true),
    longer: { phase: 'waiting' },
    refused: byDiscovery,
  },
  'passwordSignIn.signIn': {
    run: ({ passwordSignIn }) => passwordSignIn.signIn(withPassword()),
    longer: { kind: 'signed_in', confirmed: true },
    refused: byDiscovery,
  },
  'tokenSignIn.signIn': {
    run: ({ tokenSignIn, ofKeeper: { at } }) =>
      tokenSignIn.signIn({ target: { kind: 'context', contextId: at }, form: 'dev-token', token: devToken }),
    longer: { who: 'dev-mode' },
    refused: byDiscovery,
  },
  'signin.wait': { run: tried, longer: { phase: 'registered' }, refused: { phase: 'waiting' } },
  'keys.rotate': {
    run: rotated,
    last: true,
    longer: { step: 'done', problem: null },
    refused: byDiscovery,
  },
  'keys.revoke': {
    last: true,
    run: (app) => revokeKey(app.base, keyId(app), false),
    longer: { revocation: 'revoked' },
    refused: { revocation: 'refused', retired: false },
  },
  'signOut.run': {
    last: true,
    run: ({ signOut, id }) => signOut.run(id),
    longer: { results: [{ done: true, credentials: [{ revocation: 'revoked' }] }] },
    refused: { results: [{ done: true, credentials: [{ revocation: 'refused' }] }] },
  },
  'bots.list': {
    // By an unknown role nobody may do anything.
    run: ({ bots, id }) => bots.list(id),
    longer: { org: 'acme', allowed: false },
  },
  'bots.create': { run: ({ bots, bot }) => bots.create({ ...bot, name: 'another' }) },
  'bots.makeKey': { run: ({ bots, bot }) => bots.makeKey(bot, 'Second') },
  'bots.revokeKey': { run: async (app) => app.bots.revokeKey(app.bot, await kidOfBot(app)) },
  'grants.repositories': {
    run: ({ grants, id }) => grants.repositories(id),
    longer: expect.arrayContaining([
      { name: 'acme/web', public: false, actions: ['read', 'write', 'delete', 'admin'] },
    ]),
  },
  'grants.list': {
    run: ({ grants, place }) => grants.list(place),
    longer: expect.arrayContaining([expect.objectContaining({ permission })]),
  },
  'grants.revoke': { run: ({ grants, place, grantId }) => grants.revoke(place, grantId) },
  'grants.grant': {
    run: ({ grants, place, terms, bot }) =>
      grants.grant(place, { ...terms, to: { kind: 'bot', name: bot.name } }),
    longer: { permission },
  },
  'images.tags': { run: ({ images, place }) => images.tags(place, null), longer: { next: null } },
  'images.image': { run: ({ images, place }) => images.image(place, 'v1'), longer: { kind: 'image' } },
  'images.deleteTag': { run: ({ images, place }) => images.deleteTag(place, 'v2') },
  'bots.remove': { run: ({ bots, bot }) => bots.remove(bot) },
  ...Object.fromEntries(
    Object.entries(keeperCalls).map(([name, { run, ...rest }]) => [
      name,
      { run: ({ ofKeeper }: App) => run(ofKeeper), ...rest },
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(organizationCalls).map(([name, { run, ...rest }]) => [
      name,
      { run: ({ organization }: App) => run(organization), ...rest },
    ]),
  ),
};

/** Asks only to renew a session, which `app-credentials.test.ts` is about. */
const renewing = ['tokens.copyCredential'];

/** Calls that ask a service and tell of a refusal in their answer. */
const quiet = ['contexts.status', 'signin.wait', 'keys.revoke', 'signOut.run'];

/** The same with more members everywhere, more in each list of names, and other names from lists. */
function lengthened(value: unknown, name = ''): unknown {
  // Handed back to the service as it came: it knows then what it said.
  if (['authorities', 'policy'].includes(name)) return value;
  if (Array.isArray(value)) {
    const names = ['methods', 'signing_algs', 'actions', 'scopes'].includes(name);
    return [...value.map((each: unknown) => lengthened(each)), ...(names ? ['later'] : [])];
  }
  if (['method', 'role', 'permission'].includes(name)) return 'later';
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([key, each]) => [key, lengthened(each, key)]);
  return { ...Object.fromEntries(members), later: { kind: 'later', since: [1, null] } };
}

function ofLater(response: HttpResponse): HttpResponse {
  // A manifest is what its digest says; nobody lengthens it on the way.
  if (response.text === '' || response.headers['content-type']?.startsWith('application/json') !== true) {
    return response;
  }
  return { ...response, text: JSON.stringify(lengthened(JSON.parse(response.text))) };
}

const real = fetchHttpClient(fetch);
const http: HttpClient = {
  async request(request) {
    changed += 1;
    if (service === 'plain') return real.request(request);
    if (service === 'later') return ofLater(await real.request(request));
    return real.request({ ...request, url: request.url.replace(server.origin, refusing.origin) });
  },
};

function refuseBy(status: number): void {
  service = 'refusing';
  const said = { code: 'later_code', message: words, details: { later: [{ a: 1 }], issues: 'none' } };
  refusing.answer((request, response) => {
    const body = refusalAt(request.url ?? '', said);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
}

/** The form of a refusal depends on the API that is asked. */
function refusalAt(path: string, said: { code: string; message: string }): unknown {
  if (/^\/v[12]\/keeper\//.test(path)) return { error: said.code, details: said.message, later: true };
  if (path.startsWith('/v2/')) return { errors: [said, { code: 'x' }] };
  return path.startsWith('/api/v1/') ? said : { error: said, later: true };
}

async function outcome(work: Promise<unknown>): Promise<unknown> {
  return work.catch((error: unknown) => ({ error }));
}

it('all calls that ask a service are tried here', () => {
  const calls = Object.entries(ipcContract.calls).flatMap(([group, specs]) =>
    Object.entries(specs as Record<string, CallSpec>)
      .filter(([, { errors }]) => errors.includes('server_unreachable'))
      .map(([name]) => `${group}.${name}`),
  );
  expect([...Object.keys(cases), ...renewing].sort()).toEqual([...calls, ...quiet].sort());
});

async function appFor(last: true | undefined): Promise<App> {
  service = 'plain';
  if (last === undefined) return shared;
  const app = await openApp();
  onTestFinished(() => app.parts.dispose());
  return app;
}

describe.each(Object.entries(cases))('%s', (_, { run, longer, refused, last }) => {
  it('tells a refusal by a code that this version does not know, and works with a service that knows more', async () => {
    for (const status of last === true ? [409] : [400, 403, 409, 451]) {
      const app = await appFor(last);
      changed = 0;
      refuseBy(status);
      const came = await outcome(run(app));
      expect(changed).toBeGreaterThan(0);
      expect(came).toMatchObject(refused ?? { error: { code: 'service_refused', details: { said: words } } });
    }
    const app = await appFor(last);
    changed = 0;
    service = 'later';
    const came = await run(app);
    expect(changed).toBeGreaterThan(0);
    if (longer !== undefined) expect({ came }).toMatchObject({ came: longer });
  });
});
