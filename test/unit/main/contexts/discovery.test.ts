import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { limits } from '../../../../contracts/domain/limits.ts';
import { fetchHttpClient } from '../../../../main/adapters/http-client.ts';
import { systemClock } from '../../../../main/adapters/clock.ts';
import { discoverService } from '../../../../main/core/service/discovery.ts';
import type { Discovery } from '../../../../main/core/service/discovery.ts';
import type { Logger } from '../../../../main/core/ports.ts';
import type { HttpClient } from '../../../../main/core/ports/http.ts';
import { OddServer } from './odd-server.ts';

let server: OddServer;

beforeEach(async () => {
  reasons = [];
  server = await OddServer.start();
});
afterEach(async () => {
  await server.stop();
});

const http = fetchHttpClient(fetch);
/** Why answers were refused. */
let reasons: unknown[] = [];
const logger: Logger = {
  info: () => undefined,
  warn: (_, facts) => reasons.push(facts?.['reason']),
  error: () => undefined,
};
const discover = (client: HttpClient = http, origin = server.origin): Promise<Discovery> =>
  discoverService({ http: client, clock: systemClock, logger }, origin);

function description(facts: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    origin: server.origin,
    name: 'Odd',
    methods: ['password', 'key', 'something_new'],
    dashboard_url: `${server.origin}/dashboard/keys`,
    registry: true,
    signing_algs: ['Ed25519', 'EdDSA'],
    max_token_ttl: 86_400,
    ...facts,
  };
}

describe('discovery', () => {
  it('tells what a service says of itself', async () => {
    server.answerJson(200, description({ added_later: true }));
    expect(await discover()).toEqual({
      service: {
        origin: server.origin,
        host: new URL(server.origin).host,
        name: 'Odd',
        methods: ['key', 'something_new'],
        browserAccess: [],
        provider: null,
        hasRegistry: true,
        hasDashboard: true,
        maxTokenTtl: 86_400,
        clockSkewSeconds: expect.any(Number) as number,
      },
      dashboardUrl: `${server.origin}/dashboard/keys`,
      authorizeUrl: null,
      dialects: ['keyhold'],
      keeper: null,
      signingAlg: 'Ed25519',
      keyRotation: false,
    });
    expect(server.requests.map(({ method, url }) => `${method ?? ''} ${url ?? ''}`)).toEqual([
      'GET /.well-known/keyhold',
    ]);
  });

  it('takes the first algorithm that it knows, EdDSA where the service names none', async () => {
    const algOf = async (facts: Record<string, unknown>): Promise<string | null> => {
      server.answerJson(200, description(facts));
      return (await discover()).signingAlg;
    };
    expect(await algOf({ signing_algs: ['ML-DSA-44', 'EdDSA', 'Ed25519'] })).toBe('EdDSA');
    expect(await algOf({ signing_algs: undefined })).toBe('EdDSA');
    expect(await algOf({ signing_algs: ['ES256'] })).toBeNull();
  });

  it.each([
    [undefined, ['keyhold']],
    [['keyhold'], ['keyhold']],
    [
      ['later', 'kisenon', 'keyhold', 'kisenon', ''],
      ['keyhold', 'kisenon'],
    ],
    [['kisenon'], ['kisenon']],
    [
      ['artifact-keeper', 'keyhold'],
      ['keyhold', 'artifact-keeper'],
    ],
    [
      ['access', 'artifact-keeper'],
      ['artifact-keeper', 'access'],
    ],
  ])('of a service that speaks %j takes %j', async (names, known) => {
    server.answerJson(200, description({ dialects: names }));
    expect((await discover()).dialects).toEqual(known);
  });

  it.each([limits.ttlMax, limits.ttlMax + 0.5, 2 ** 53 - 1, 2 ** 53, 1e300])(
    'takes a longest life of %d seconds for a hundred years',
    async (life) => {
      server.answerJson(200, description({ max_token_ttl: life }));
      expect((await discover()).service.maxTokenTtl).toBe(limits.ttlMax);
    },
  );

  it.each<[string, Record<string, unknown>, string | null]>([
    ['its own page', {}, '/cli/authorize'],
    ['a page without its query', { authorize_url: '/cli/authorize?access=session#now' }, '/cli/authorize'],
    ['a page elsewhere', { authorize_url: 'https://evil.example/cli/authorize' }, null],
    ['a script', { authorize_url: 'javascript:alert(1)' }, null],
    ['a user in the address', { authorize_url: '//me@evil.example/' }, null],
    ['no page', { authorize_url: undefined }, null],
    ['a page that it does not name as a way', { methods: ['key'] }, null],
    ['a dialect that has no such exchange', { dialects: ['keyhold'] }, null],
  ])('of a sign-in by browser takes %s for what it is', async (_what, facts, path) => {
    const page = facts['authorize_url'] ?? '/cli/authorize';
    const whole = typeof page === 'string' ? new URL(page, server.origin).href : page;
    const offered = { methods: ['key', 'browser'], dialects: ['keyhold', 'kisenon'] };
    const url = 'authorize_url' in facts && facts['authorize_url'] === undefined ? undefined : whole;
    server.answerJson(200, description({ ...offered, ...facts, authorize_url: url }));
    const { authorizeUrl, service } = await discover();
    expect(service.browserAccess).toEqual(path === null ? [] : ['api-key', 'session']);
    expect(authorizeUrl).toBe(path === null ? null : `${server.origin}${path}`);
    expect(service.methods.includes('browser')).toBe(path !== null);
  });

  it.each([
    [
      ['kisenon', 'artifact-keeper'],
      ['api-key', 'token-pair', 'session'],
    ],
    [['artifact-keeper'], ['token-pair']],
  ])('of a service that speaks %j takes from the browser what its API has: %j', async (names, access) => {
    const page = `${server.origin}/cli/authorize`;
    server.answerJson(200, description({ dialects: names, methods: ['browser'], authorize_url: page }));
    expect((await discover()).service).toMatchObject({ methods: ['browser'], browserAccess: access });
  });

  it.each([
    [['keyhold', 'artifact-keeper'], true],
    [['keyhold', 'kisenon'], false],
  ])('of a service that speaks %j takes a password for a way to sign in: %s', async (names, isWay) => {
    server.answerJson(200, description({ dialects: names, methods: ['key', 'password'] }));
    expect((await discover()).service.methods.includes('password')).toBe(isWay);
  });

  it('takes a service without a dashboard', async () => {
    server.answerJson(200, description({ dashboard_url: undefined }));
    expect(await discover()).toMatchObject({ service: { hasDashboard: false }, dashboardUrl: null });
  });

  it('tells how far the clocks are apart', async () => {
    const skewOf = async (date: string): Promise<number | null> => {
      server.answerJson(200, description(), { date });
      const clock = { ...systemClock, now: () => new Date('2026-11-24T12:00:00Z') };
      return (await discoverService({ http, clock, logger }, server.origin)).service.clockSkewSeconds;
    };
    expect(await skewOf('Tue, 24 Nov 2026 12:01:30 GMT')).toBe(90);
    expect(await skewOf('Tue, 24 Nov 2026 11:59:00 GMT')).toBe(-60);
    expect(await skewOf('yesterday')).toBeNull();
  });

  it.each<[string, number, Record<string, unknown> | string | null]>([
    ['status 404', 404, { error: { code: 'not_found', message: '' } }],
    ['another shape', 200, '<!doctype html><title>Hi</title>'],
    ['another shape', 200, '{"origin":'],
    ['another shape', 200, '{"issuer":"https://keyhold.example"}'],
    ['another shape', 200, null],
    ['another shape', 200, { name: 'x'.repeat(101) }],
    ['another shape', 200, { max_token_ttl: 59 }],
    ['another shape', 200, { signing_algs: [] }],
    ['another origin', 200, { origin: 'http://keyhold.example' }],
    ['another shape', 200, { origin: 'https://Keyhold.example' }],
    ['another shape', 200, { origin: 'https://keyhold.example/' }],
    ['another shape', 200, { origin: 'https://maya@keyhold.example' }],
    ['dashboard elsewhere', 200, { dashboard_url: 'https://evil.example/' }],
    ['dashboard elsewhere', 200, { dashboard_url: 'javascript:alert(1)' }],
    ['redirect', 302, ''],
    ['another shape', 200, { methods: Array(51).fill('key') }],
    ['another shape', 200, { methods: ['m'.repeat(101)] }],
    ['no known dialect', 200, { dialects: ['later'] }],
    ['no known dialect', 200, { dialects: ['access'] }],
    ['another shape', 200, { dialects: [] }],
    ['another shape', 200, { dialects: 'kisenon' }],
    ['another shape', 200, { dialects: Array(51).fill('kisenon') }],
    ['another shape', 200, { dialects: ['k'.repeat(101)] }],
    ['too large', 200, { more: 'x'.repeat(64 * 1024) }],
  ])('takes what answers so for no Keyhold server: %s (%i, %j)', async (reason, status, body) => {
    server.answer((_, response) => {
      const content =
        typeof body === 'string' ? body : JSON.stringify(body === null ? null : description(body));
      response.writeHead(status, { location: '/' }).end(content);
    });
    await expect(discover()).rejects.toMatchObject({ code: 'not_a_keyhold_server' });
    expect(reasons).toEqual([reason]);
  });

  it.each(['https://keyhold.example', 'http://localhost:1', 'http://[::1]:8970'])(
    'gives the name that the service goes by, and does not contact it: %s',
    async (origin) => {
      server.answerJson(200, description({ origin, dashboard_url: `${origin}/` }));
      await expect(discover()).rejects.toMatchObject({ code: 'another_origin', details: { origin } });
      expect(server.requests).toHaveLength(1);
    },
  );

  it.each(['http://127.0.0.1:631', 'http://localhost:8970', 'https://[::1]:8443'])(
    'takes no address of this computer from a service elsewhere: %s',
    async (origin) => {
      server.answerJson(200, description({ origin, dashboard_url: `${origin}/` }));
      const fromElsewhere: HttpClient = {
        request: (request) => http.request({ ...request, url: `${server.origin}/.well-known/keyhold` }),
      };
      await expect(discover(fromElsewhere, 'https://keyhold.example')).rejects.toMatchObject({
        code: 'not_a_keyhold_server',
      });
      expect(reasons).toEqual(['another origin']);
    },
  );

  it.each([500, 502, 503, 429])('takes a service that answers %i for one to ask later', async (status) => {
    server.answerJson(status, {});
    await expect(discover()).rejects.toMatchObject({ code: 'server_unreachable' });
  });

  it('tells a service that cannot be reached from one of another kind', async () => {
    await server.stop();
    await expect(discover()).rejects.toMatchObject({ code: 'server_unreachable' });
    server = await OddServer.start();
  });

  it('waits five seconds for an answer, no longer', async () => {
    server.answer(() => undefined);
    const asked: number[] = [];
    const hasty: HttpClient = {
      request: (request) => {
        asked.push(request.timeoutMs);
        return http.request({ ...request, timeoutMs: 50 });
      },
    };
    await expect(discover(hasty)).rejects.toMatchObject({ code: 'server_unreachable' });
    expect(asked).toEqual([5000]);
  });
});
