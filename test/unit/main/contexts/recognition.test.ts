import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fetchHttpClient } from '../../../../main/adapters/http-client.ts';
import { systemClock } from '../../../../main/adapters/clock.ts';
import type { Logger } from '../../../../main/core/ports.ts';
import type { HttpClient, HttpRequest } from '../../../../main/core/ports/http.ts';
import { discoverService, type Discovery } from '../../../../main/core/service/discovery.ts';
import { OddServer } from './odd-server.ts';

let server: OddServer;

beforeEach(async () => {
  server = await OddServer.start();
});
afterEach(async () => {
  await server.stop();
});

const http = fetchHttpClient(fetch);
const logger: Logger = { info: () => undefined, warn: () => undefined, error: () => undefined };
const discover = (client: HttpClient = http): Promise<Discovery> =>
  discoverService({ http: client, clock: systemClock, logger }, server.origin);

/** What answers to an address, and 404 to all others. */
function answerAt(answers: Record<string, unknown>): void {
  server.answer(({ url = '' }, response) => {
    if (!Object.hasOwn(answers, url)) {
      response.writeHead(404).end('Not found');
      return;
    }
    const answer = answers[url];
    response.writeHead(200).end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  });
}

const configPath = '/api/v1/system/config';
const setupPath = '/api/v1/setup/status';
const keeperPath = '/v1/keeper/control/auth/config';
const auth = { oidc_enabled: false, ldap_enabled: false, sso_enabled: false, local_login_enabled: true };

const keeperToken = { id: 'TOKEN', header: 'X-JWT-TOKEN' };
const oidc = {
  ...{ id: 'OIDC', header: 'X-JWT-TOKEN', clientId: 'keyhold', audience: 'keeper' },
  discoveryUrl: 'https://id.example/.well-known/openid-configuration',
  callbackUrl: 'https://keeper.example/ui/oidc-callback',
};
const provider = {
  ...{ host: 'id.example', clientId: 'keyhold', audience: 'keeper' },
  discoveryUrl: 'https://id.example/.well-known/openid-configuration',
};

describe('a keeper', () => {
  it.each<[string, object, string[], typeof provider | null]>([
    ['tokens', keeperToken, ['token'], null],
    [
      'tokens by a header in other letters',
      { id: 'TOKEN', header: 'x-jwt-token', later: 1 },
      ['token'],
      null,
    ],
    ['a dev token', { id: 'TOKEN', header: 'X-DEV-TOKEN' }, ['dev-token'], null],
    ['a way of later versions', { id: 'TOKEN', header: 'X-PASSKEY' }, [], null],
    ['a provider', oidc, ['oidc', 'token'], provider],
    ['a provider by a way of later versions', { ...oidc, header: 'X-PASSKEY' }, [], null],
  ])('is recognised by how people sign in: %s', async (_what, config, methods, found) => {
    answerAt({ [keeperPath]: config });
    const { service, dialects, keeper } = await discover();
    expect(service).toMatchObject({
      ...{ methods, browserAccess: [], hasRegistry: false, hasDashboard: false, maxTokenTtl: null },
      provider: found === null ? null : { host: 'id.example', audience: found.audience },
    });
    expect({ dialects, keeper }).toEqual({ dialects: ['tkeeper'], keeper: { methods, provider: found } });
  });

  it.each([
    'http://id.example/.well-known/openid-configuration',
    'https://user:secret@id.example/',
    'https://id.example/#part',
    'javascript:alert(1)',
    'file:///etc/passwd',
    'id.example',
    '',
  ])('sends nobody to a provider at %s', async (discoveryUrl) => {
    answerAt({ [keeperPath]: { ...oidc, discoveryUrl } });
    const { service, keeper } = await discover();
    expect([service.methods, service.provider]).toEqual([['token'], null]);
    expect(keeper?.provider).toBeNull();
  });

  it('can have a provider on this computer', async () => {
    const discoveryUrl = 'http://127.0.0.1:8080/.well-known/openid-configuration';
    answerAt({ [keeperPath]: { ...oidc, discoveryUrl } });
    expect((await discover()).service.provider).toEqual({ host: '127.0.0.1:8080', audience: oidc.audience });
  });

  it('can be an Artifact Keeper too', async () => {
    answerAt({ [keeperPath]: keeperToken, [configPath]: { auth } });
    const { service, dialects } = await discover();
    expect(dialects).toEqual(['artifact-keeper', 'tkeeper']);
    expect(service).toMatchObject({ methods: ['password', 'token'], hasRegistry: true });
  });

  it('that a server describes as its own is asked how people sign in', async () => {
    const description = {
      ...{ origin: server.origin, name: 'All', registry: true, signing_algs: ['Ed25519'] },
      ...{ max_token_ttl: 3600, methods: ['key', 'token', 'oidc'], dialects: ['keyhold', 'tkeeper'] },
    };
    answerAt({ '/.well-known/keyhold': description, [keeperPath]: { id: 'TOKEN', header: 'X-DEV-TOKEN' } });
    expect((await discover()).service.methods).toEqual(['key', 'dev-token']);
    // Whatever it says of itself: without an answer of the keeper nobody can sign in there.
    answerAt({ '/.well-known/keyhold': description, [keeperPath]: '<html>' });
    const { service, dialects, keeper } = await discover();
    expect([service.methods, dialects, keeper]).toEqual([['key'], ['keyhold', 'tkeeper'], null]);
  });
});

describe('a host without a description', () => {
  it.each<[string, Record<string, unknown>]>([
    ['both answers', { [configPath]: { auth, version: '1.2' }, [setupPath]: { setup_required: false } }],
    ['its configuration alone', { [configPath]: { auth } }],
    ['the state of its set-up alone', { [setupPath]: { setup_required: true, setup_password_hint: 'x' } }],
    ['a description of something else', { '/.well-known/keyhold': '<html>', [configPath]: { auth } }],
  ])('is recognised as Artifact Keeper by %s', async (_what, answers) => {
    answerAt(answers);
    const { host } = new URL(server.origin);
    expect(await discover()).toEqual({
      service: {
        ...{ origin: server.origin, host, name: host, methods: ['password'], browserAccess: [] },
        ...{ hasRegistry: true, hasDashboard: false, provider: null, maxTokenTtl: null },
        clockSkewSeconds: expect.any(Number) as number,
      },
      ...{ dashboardUrl: null, authorizeUrl: null, signingAlg: null, keyRotation: false },
      ...{ dialects: ['artifact-keeper'], keeper: null },
    });
  });

  it.each([
    [{ local_login_enabled: false }, []],
    [{ local_login_enabled: false, ldap_enabled: true }, ['password']],
    [{ local_login_enabled: undefined }, ['password']],
  ])('offers passwords where it says so: %j', async (facts, methods) => {
    answerAt({ [configPath]: { auth: { ...auth, ...facts } } });
    expect((await discover()).service.methods).toEqual(methods);
  });

  it.each<[string, unknown]>([
    ['a login page', '<!doctype html><title>Sign in</title><form method="post">'],
    ['nothing', ''],
    ['null', 'null'],
    ['a list', []],
    ['an empty object', {}],
    ['another shape', { auth: 'none', setup_required: 'no' }],
    ['another keeper’s answer', { id: 'LDAP', header: 'X-JWT-TOKEN' }],
    ['more than anybody reads', { auth, setup_required: false, ...keeperToken, more: 'x'.repeat(64 * 1024) }],
  ])('that answers every address with %s is taken for nothing', async (_what, body) => {
    answerAt({
      ...{ '/.well-known/keyhold': body, [configPath]: body },
      ...{ [setupPath]: body, [keeperPath]: body },
    });
    await expect(discover()).rejects.toMatchObject({ code: 'not_a_keyhold_server' });
  });

  it.each([302, 401, 403, 404, 500, 503])(
    'that refuses the questions with %i is taken for nothing',
    async (status) => {
      server.answer(({ url }, response) => {
        response.writeHead(url === '/.well-known/keyhold' ? 404 : status, { location: '/login' });
        response.end(JSON.stringify({ auth, setup_required: false, ...keeperToken }));
      });
      await expect(discover()).rejects.toMatchObject({ code: 'not_a_keyhold_server' });
    },
  );

  it('is asked side by side, without a sign-in, three seconds at most and for little', async () => {
    const asked: HttpRequest[] = [];
    const answers: (() => void)[] = [];
    const slow: HttpClient = {
      request: async (request) => {
        asked.push(request);
        if (asked.length > 1) {
          await new Promise<void>((resolve) => {
            answers.push(resolve);
            // None is answered before all are asked.
            if (answers.length === 3) for (const answer of answers) answer();
          });
        }
        return await http.request(request);
      },
    };
    answerAt({ [setupPath]: { setup_required: false } });
    await discover(slow);
    expect(asked.slice(1)).toEqual(
      [configPath, setupPath, keeperPath].map((path) => ({
        ...{ method: 'GET', url: `${server.origin}${path}` },
        ...{ timeoutMs: 3000, maxBytes: 64 * 1024 },
      })),
    );
  });

  it('is asked nothing more where it describes itself, or cannot be reached', async () => {
    server.answerJson(503, {});
    await expect(discover()).rejects.toMatchObject({ code: 'server_unreachable' });
    expect(server.requests).toHaveLength(1);
  });
});
