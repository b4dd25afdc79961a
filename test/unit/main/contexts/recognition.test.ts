import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fetchHttpClient } from '../../../../main/adapters/http-client.ts';
import { systemClock } from '../../../../main/adapters/clock.ts';
import type { HttpClient, HttpRequest, Logger } from '../../../../main/core/ports.ts';
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
const auth = { oidc_enabled: false, ldap_enabled: false, sso_enabled: false, local_login_enabled: true };

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
        ...{ hasRegistry: true, hasDashboard: false, maxTokenTtl: null },
        clockSkewSeconds: expect.any(Number) as number,
      },
      ...{ dashboardUrl: null, authorizeUrl: null, signingAlg: null, keyRotation: false },
      dialects: ['artifact-keeper'],
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
    ['more than anybody reads', { auth, setup_required: false, more: 'x'.repeat(64 * 1024) }],
  ])('that answers every address with %s is taken for nothing', async (_what, body) => {
    answerAt({ '/.well-known/keyhold': body, [configPath]: body, [setupPath]: body });
    await expect(discover()).rejects.toMatchObject({ code: 'not_a_keyhold_server' });
  });

  it.each([302, 401, 403, 404, 500, 503])(
    'that refuses the questions with %i is taken for nothing',
    async (status) => {
      server.answer(({ url }, response) => {
        response.writeHead(url === '/.well-known/keyhold' ? 404 : status, { location: '/login' });
        response.end(JSON.stringify({ auth, setup_required: false }));
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
            // Neither is answered before both are asked.
            if (answers.length === 2) for (const answer of answers) answer();
          });
        }
        return await http.request(request);
      },
    };
    answerAt({ [setupPath]: { setup_required: false } });
    await discover(slow);
    expect(asked.slice(1)).toEqual(
      [configPath, setupPath].map((path) => ({
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
