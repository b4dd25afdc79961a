import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLocalServer } from '../support/local-server.ts';
import { newApiKey, newJwt } from '../support/organization-samples.ts';
import { RepositoryClient, registryError, registryToken } from '../support/registry-client.ts';
import type { Caller } from '../support/registry-client.ts';
import { hasTool, runPodman } from '../support/registry-tools.ts';
import { call, signIn } from '../support/server-client.ts';
import type { TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startLocalServer();
});
afterAll(() => server.stop());

const scope = 'registry:catalog:*';

/** The list, as a caller gets it with a token that names it. */
async function catalog(caller: Caller, query = '', method = 'GET'): Promise<Response> {
  const token = await registryToken(server, caller, scope);
  const headers = { authorization: `Bearer ${token}` };
  return fetch(`${server.origin}/v2/_catalog${query}`, { method, headers });
}

async function namesFor(caller: Caller, query = ''): Promise<unknown> {
  const response = await catalog(caller, query);
  expect(response.status).toBe(200);
  return response.json();
}

describe('the list of repositories', () => {
  it('asks for a token that names it, in the words that clients know', async () => {
    const challenge = `Bearer realm="${server.origin}/v2/token",service="${server.host}",scope="${scope}"`;
    const nobody = await fetch(`${server.origin}/v2/_catalog`);
    expect(nobody.headers.get('www-authenticate')).toBe(challenge);
    expect(await registryError(nobody)).toMatchObject({ status: 401, code: 'UNAUTHORIZED' });
    for (const other of [
      'repository:acme/web:pull,push',
      'repository:catalog:*',
      'registry:catalog:pull',
      '',
    ]) {
      const client = new RepositoryClient(server, 'acme/web', await registryToken(server, 'maya', other));
      const refused = await client.send('/v2/_catalog');
      expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
        401,
        `${challenge},error="insufficient_scope"`,
      ]);
    }
  });

  it('has what the caller may pull, and nothing else', async () => {
    expect(await namesFor('maya')).toEqual({ repositories: ['acme/api', 'acme/base', 'acme/web'] });
    expect(await namesFor('jonas')).toEqual({ repositories: ['acme/base', 'acme/web'] });
    for (const caller of ['priya', null]) {
      expect(await namesFor(caller)).toEqual({ repositories: ['acme/base'] });
    }
  });

  it('is not for who signs in by something that is for one organization', async () => {
    const maya = await signIn(server, 'maya');
    for (const token of [(await newApiKey(server, maya)).secret, await newJwt(server, 'maya')]) {
      const headers = { authorization: `Bearer ${token}` };
      const bought = await fetch(`${server.origin}/v2/token?scope=${scope}`, { headers });
      const { token: narrow } = (await bought.json()) as { token: string };
      const list = await new RepositoryClient(server, '', narrow).send('/v2/_catalog');
      expect(await registryError(list)).toMatchObject({ status: 401, code: 'UNAUTHORIZED' });
    }
  });

  it('forgets at once what was taken away, whatever the token was given for', async () => {
    const token = await registryToken(server, 'priya', scope);
    const path = '/v1/repos/acme/api/authorizations';
    const maya = await signIn(server, 'maya');
    const body = { email: server.user('priya').email, permission: 'reader' };
    const granted = await call(server, path, { token: maya, body });
    const list = async (): Promise<unknown> =>
      (await new RepositoryClient(server, '', token).send('/v2/_catalog')).json();
    expect(await list()).toEqual({ repositories: ['acme/api', 'acme/base'] });
    const { id } = granted.body as { id: string };
    await call(server, `${path}/${id}`, { token: maya, method: 'DELETE' });
    expect(await list()).toEqual({ repositories: ['acme/base'] });
  });

  it.each([
    ['?n=2', ['acme/api', 'acme/base'], 'n=2&last=acme%2Fbase'],
    ['?n=2&last=acme%2Fbase', ['acme/web'], null],
    ['?n=2&last=acme/base', ['acme/web'], null],
    ['?n=3', ['acme/api', 'acme/base', 'acme/web'], null],
    ['?n=0', [], null],
    ['?n=99999999999999999999', ['acme/api', 'acme/base', 'acme/web'], null],
    ['?last=zzz', [], null],
  ])('comes in pages: %s', async (query, repositories, next) => {
    const response = await catalog('maya', query);
    expect(response.headers.get('link')).toBe(next === null ? null : `</v2/_catalog?${next}>; rel="next"`);
    expect(await response.json()).toEqual({ repositories });
  });

  it('refuses bad pages and other methods in the registry’s form', async () => {
    for (const query of ['?n=-1', '?n=x', '?n=', '?n=1&n=2']) {
      expect(await registryError(await catalog('maya', query))).toMatchObject({ status: 400 });
    }
    expect((await catalog('maya', '', 'HEAD')).status).toBe(200);
    for (const method of ['POST', 'DELETE']) {
      const refused = await catalog('maya', '', method);
      expect(refused.headers.get('allow')).toBe('GET, HEAD');
      expect(await registryError(refused)).toMatchObject({ status: 405, code: 'UNSUPPORTED' });
    }
  });

  describe.skipIf(!hasTool('podman'))('is what podman search goes through', () => {
    let home: string;
    beforeAll(async () => {
      home = await mkdtemp(path.join(tmpdir(), 'keyhold-search-'));
    });
    afterAll(() => rm(home, { recursive: true, force: true }));

    async function search(words: string): Promise<string[]> {
      const options = ['--tls-verify=false', '--format', '{{.Name}}'];
      const { code, stdout, stderr } = await runPodman(home, [
        'search',
        ...options,
        `${server.host}/${words}`,
      ]);
      expect([code, stderr]).toEqual([0, '']);
      return stdout.split('\n').filter((line) => line !== '');
    }

    it('signed in and signed out', async () => {
      expect(await search('acme/')).toEqual([`${server.host}/acme/base`]);
      const { password } = server.user('maya');
      const login = ['login', '--tls-verify=false', '-u', 'maya', '-p', password, server.host];
      expect(await runPodman(home, login)).toMatchObject({ code: 0 });
      expect(await search('acme/w')).toEqual([`${server.host}/acme/web`]);
      expect(await search('')).toHaveLength(3);
    });
  });
});
