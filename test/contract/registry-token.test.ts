import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startLocalServer } from '../support/local-server.ts';
import { basicHeader, registryError, registryToken } from '../support/registry-client.ts';
import type { Caller } from '../support/registry-client.ts';
import { registerTestKey, signIn } from '../support/server-client.ts';
import type { TestServer } from '../support/server.ts';
import { newTestKey } from '../support/test-key.ts';

const answerSchema = z.object({
  token: z.string(),
  access_token: z.string(),
  expires_in: z.number().min(60),
  issued_at: z.iso.datetime(),
});

let server: TestServer;
beforeAll(async () => {
  server = await startLocalServer();
});
afterAll(() => server.stop());

async function get(query: string, caller: Caller): Promise<Response> {
  return fetch(`${server.origin}/v2/token?${query}`, { headers: basicHeader(server, caller) });
}

async function post(form: Record<string, string> | [string, string][]): Promise<Response> {
  return fetch(`${server.origin}/v2/token`, { method: 'POST', body: new URLSearchParams(form) });
}

async function ping(authorization?: string): Promise<Response> {
  return fetch(`${server.origin}/v2/`, { headers: authorization === undefined ? {} : { authorization } });
}

/** The `access` claim of an answer's token, after checking that the answer is a good one. */
async function accessOf(response: Response): Promise<unknown> {
  expect(response.status).toBe(200);
  const answer = answerSchema.parse(await response.json());
  expect(answer.access_token).toBe(answer.token);
  return decodeJwt(answer.token)['access'];
}

const repository = (name: string, ...actions: string[]) => ({ type: 'repository', name, actions });
const catalog = { type: 'registry', name: 'catalog', actions: ['*'] };

describe('GET /v2/', () => {
  it('challenges a request without credentials with realm and service', async () => {
    const response = await ping();
    expect(response.headers.get('docker-distribution-api-version')).toBe('registry/2.0');
    expect(response.headers.get('www-authenticate')).toBe(
      `Bearer realm="${server.origin}/v2/token",service="${server.host}"`,
    );
    expect(await registryError(response)).toMatchObject({ status: 401, code: 'UNAUTHORIZED' });
  });

  it('answers 200 to a registry token and 401 to Basic credentials', async () => {
    expect((await ping(`Bearer ${await registryToken(server, 'maya')}`)).status).toBe(200);
    expect((await ping(basicHeader(server, 'maya')['authorization'])).status).toBe(401);
  });
});

describe('GET /v2/token', () => {
  it('gives a short token of its own type for the service', async () => {
    const response = await get(`service=${server.host}&scope=repository:acme/web:pull,push`, 'maya');
    expect(response.headers.get('cache-control')).toBe('no-store');
    const { token, expires_in } = answerSchema.parse(await response.json());
    expect(expires_in).toBe(300);
    expect(decodeProtectedHeader(token).typ).toBe('registry+jwt');
    expect(decodeJwt(token)).toMatchObject({
      iss: server.origin,
      aud: server.host,
      sub: server.user('maya').id,
      access: [repository('acme/web', 'pull', 'push')],
    });
  });

  it('takes repeated and space-joined scopes and the extra parameters of docker and podman', async () => {
    const query =
      `account=maya&client_id=docker&offline_token=true&service=${server.host}` +
      '&scope=repository%3Aacme%2Fweb%3Apush%2Cpull&scope=repository:acme/api:pull+repository:acme/base:pull';
    expect(await accessOf(await get(query, 'maya'))).toEqual([
      repository('acme/web', 'pull', 'push'),
      repository('acme/api', 'pull'),
      repository('acme/base', 'pull'),
    ]);
  });

  it('gives the part that the caller has, never a refusal for the rest', async () => {
    const scopes =
      'scope=repository:acme/web:pull,push repository:acme/api:pull repository:acme/base:*&scope=registry:catalog:*';
    expect(await accessOf(await get(scopes, 'jonas'))).toEqual([
      catalog,
      repository('acme/web', 'pull'),
      repository('acme/base', 'pull'),
    ]);
    expect(await accessOf(await get('scope=repository:acme/web:pull,push', 'priya'))).toEqual([]);
    expect(await accessOf(await get('scope=repository:../etc:pull&scope=nonsense', 'maya'))).toEqual([]);
  });

  it('gives an owner every action on a name that does not exist yet', async () => {
    expect(await accessOf(await get('scope=repository:acme/new:pull,push', 'maya'))).toEqual([
      repository('acme/new', 'pull', 'push'),
    ]);
    expect(await accessOf(await get('scope=repository:acme/new:pull,push', 'jonas'))).toEqual([]);
  });

  it('gives nobody in particular only the pull of public repositories', async () => {
    const scopes = 'scope=repository:acme/base:pull,push&scope=repository:acme/web:pull';
    expect(await accessOf(await get(scopes, null))).toEqual([repository('acme/base', 'pull')]);
  });

  it('takes an API token as password under any user name, and as Bearer', async () => {
    const key = await newTestKey();
    await registerTestKey(server, 'jonas', key);
    const apiToken = await key.apiToken(server.user('jonas').id, server.origin);
    const scope = 'scope=repository:acme/web:pull';
    const expected = [repository('acme/web', 'pull')];
    expect(await accessOf(await get(scope, { username: 'whoever', password: apiToken }))).toEqual(expected);
    const bearer = await fetch(`${server.origin}/v2/token?${scope}`, {
      headers: { authorization: `Bearer ${apiToken}` },
    });
    expect(await accessOf(bearer)).toEqual(expected);
  });

  it('never names less than 60 seconds, and ends with the credential all the same', async () => {
    const key = await newTestKey();
    await registerTestKey(server, 'jonas', key);
    const now = Math.floor(Date.now() / 1000);
    const claims = { iat: now, exp: now + 20 };
    const apiToken = await key.apiToken(server.user('jonas').id, server.origin, { claims });
    const response = await get('', { username: 'jonas', password: apiToken });
    const { token, expires_in } = answerSchema.parse(await response.json());
    expect(expires_in).toBe(60);
    expect(decodeJwt(token).exp).toBe(claims.exp);
  });

  it('refuses wrong credentials with 401 and words for people', async () => {
    for (const caller of [
      { username: 'maya', password: 'wrong' },
      { username: '', password: '' },
      { username: 'x', password: 'eyJ.e30.x' },
    ]) {
      const refusal = await registryError(await get('scope=repository:acme/base:pull', caller));
      expect(refusal).toMatchObject({ status: 401, code: 'UNAUTHORIZED' });
      expect(refusal.message).toMatch(/[a-z]+ [a-z]+/);
    }
    const good = basicHeader(server, 'maya')['authorization'] ?? '';
    for (const spelling of [good.replace(/=+$/, ''), `${good}=`, `${good}!`, good.replace(/.=/, '!=')]) {
      const other = await fetch(`${server.origin}/v2/token`, { headers: { authorization: spelling } });
      expect([spelling === good, other.status]).toEqual([spelling === good, spelling === good ? 200 : 401]);
    }
    const malformed = await fetch(`${server.origin}/v2/token`, { headers: { authorization: 'Basic' } });
    expect(malformed.status).toBe(401);
  });

  it('refuses to look up a great many repositories at once', async () => {
    const scope = Array.from({ length: 51 }, (_, at) => `repository:acme/r${String(at)}:pull`).join(' ');
    expect((await get(`scope=${scope}`, 'maya')).status).toBe(400);
  });
});

describe('POST /v2/token', () => {
  const scope = 'repository:acme/web:pull,push';

  it('answers the OAuth2 password form as containerd and BuildKit send it', async () => {
    const { username, password } = server.user('jonas');
    const response = await post([
      ['grant_type', 'password'],
      ['service', server.host],
      ['client_id', 'containerd-client'],
      ['scope', scope],
      ['scope', 'repository:acme/base:pull'],
      ['username', username],
      ['password', password],
    ]);
    const body = z.object({ scope: z.string(), token_type: z.string() }).parse(await response.clone().json());
    expect(body).toEqual({
      scope: 'repository:acme/web:pull repository:acme/base:pull',
      token_type: 'Bearer',
    });
    expect(await accessOf(response)).toEqual([
      repository('acme/web', 'pull'),
      repository('acme/base', 'pull'),
    ]);
  });

  it('takes Basic credentials without a form, scopes in the query', async () => {
    const response = await fetch(`${server.origin}/v2/token?scope=${scope}`, {
      method: 'POST',
      headers: basicHeader(server, 'maya'),
    });
    expect(await accessOf(response)).toEqual([repository('acme/web', 'pull', 'push')]);
  });

  it('refuses refresh tokens in both forms, with the 401 after which clients go on with GET', async () => {
    const response = await post({
      grant_type: 'refresh_token',
      refresh_token: 'x',
      scope,
      service: server.host,
    });
    expect(await response.clone().json()).toMatchObject({ error: 'unsupported_grant_type' });
    expect(await registryError(response)).toMatchObject({ status: 401, code: 'UNAUTHORIZED' });
  });

  it.each([
    [{ grant_type: 'password', username: 'maya', password: 'wrong' }, 401, 'invalid_grant'],
    [{ grant_type: 'password', username: 'maya' }, 400, 'invalid_request'],
    [{ grant_type: 'client_credentials' }, 400, 'unsupported_grant_type'],
    [{ scope }, 400, 'invalid_request'],
  ])('refuses the form %j with %i and %s', async (form, status, code) => {
    const response = await post(form);
    expect(await response.clone().json()).toMatchObject({ error: code });
    expect((await registryError(response)).status).toBe(status);
  });

  it('refuses a body that is no form', async () => {
    const response = await fetch(`${server.origin}/v2/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect(await registryError(response)).toMatchObject({ status: 415, code: 'UNSUPPORTED' });
  });
});

describe('the routes under /v2', () => {
  it('take no other token than the registry’s own', async () => {
    const session = await signIn(server, 'maya');
    const key = await newTestKey();
    await registerTestKey(server, 'maya', key);
    const apiToken = await key.apiToken(server.user('maya').id, server.origin);
    const good = await registryToken(server, 'maya');
    const [header = '', claims = '', signature = ''] = good.split('.');
    const forged = await new SignJWT(decodeJwt(good))
      .setProtectedHeader({ alg: 'HS256', typ: 'registry+jwt' })
      .sign(new Uint8Array(32));
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'registry+jwt' })).toString('base64url');
    const others = [
      session,
      apiToken,
      forged,
      `${none}.${claims}.`,
      `${header}.${claims}.${signature}=`,
      'x'.repeat(15_000),
    ];
    for (const token of others) {
      const response = await ping(`Bearer ${token}`);
      expect(response.headers.get('www-authenticate')).toContain('error="invalid_token"');
      expect(await registryError(response)).toMatchObject({ status: 401, code: 'UNAUTHORIZED' });
    }
  });

  it('are all closed without a token, whatever the method', async () => {
    const upload = '00000000-0000-4000-8000-000000000000';
    const digest = `sha256:${'a'.repeat(64)}`;
    const routes = [
      ...['GET', 'HEAD'].flatMap((method) => [
        [method, `blobs/${digest}`],
        [method, 'manifests/latest'],
        [method, 'tags/list'],
      ]),
      ['PUT', 'manifests/latest'],
      ['POST', 'blobs/uploads/'],
      ...['GET', 'PATCH', 'DELETE'].map((method) => [method, `blobs/uploads/${upload}`]),
      ['PUT', `blobs/uploads/${upload}?digest=${digest}`],
    ];
    for (const [method = '', path = ''] of routes) {
      const response = await fetch(`${server.origin}/v2/acme/base/${path}`, { method });
      const wanted = method === 'GET' && !path.includes('uploads') ? 'pull' : 'pull,push';
      expect([method, path, response.status]).toEqual([method, path, 401]);
      if (method !== 'HEAD') {
        expect(response.headers.get('www-authenticate')).toContain(`scope="repository:acme/base:${wanted}"`);
      }
    }
  });
});

// Last, for priya cannot sign in any more after this.
describe('the limit on failed passwords', () => {
  it('counts failures only, and is passed on with Retry-After', async () => {
    for (let request = 0; request < 10; request++) await registryToken(server, 'priya');
    const responses: Response[] = [];
    for (let request = 0; request < 6; request++) {
      responses.push(await get('', { username: 'priya', password: 'wrong' }));
    }
    expect(responses.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 429]);
    const last = responses.at(-1) ?? new Response();
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await registryError(last)).code).toBe('TOOMANYREQUESTS');
  });
});
