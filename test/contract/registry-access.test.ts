import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLocalServer } from '../support/local-server.ts';
import { RepositoryClient, registryError, registryToken } from '../support/registry-client.ts';
import type { Caller } from '../support/registry-client.ts';
import { call, signIn } from '../support/server-client.ts';
import type { TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startLocalServer();
  for (const name of ['acme/web', 'acme/base']) {
    const owner = await RepositoryClient.open(server, 'maya', name);
    await owner.putManifest('v1', await owner.newImage(name));
  }
});
afterAll(() => server.stop());

async function pull(caller: Caller, name: string): Promise<Response> {
  return (await RepositoryClient.open(server, caller, name)).send('manifests/v1');
}

async function push(caller: Caller, name: string): Promise<Response> {
  const client = await RepositoryClient.open(server, caller, name);
  return client.send('blobs/uploads/', { method: 'POST', body: randomBytes(1) });
}

async function grant(name: string, email: string, permission: string): Promise<string> {
  const { status, body } = await call(server, `/v1/repos/${name}/authorizations`, {
    token: await signIn(server, 'maya'),
    body: { email, permission },
  });
  expect(status).toBe(201);
  return (body as { id: string }).id;
}

describe('rights', () => {
  it('let an owner make a repository by the first push, and nobody else', async () => {
    const early = await RepositoryClient.open(server, 'maya', 'acme/first');
    expect(await registryError(await early.send('tags/list'))).toMatchObject({
      status: 404,
      code: 'NAME_UNKNOWN',
    });
    for (const caller of ['jonas', 'priya']) {
      expect(await registryError(await push(caller, 'acme/first'))).toMatchObject({
        status: 404,
        code: 'NAME_UNKNOWN',
      });
    }
    expect((await push('maya', 'acme/first')).status).toBe(202);
    expect((await early.send('tags/list')).status).toBe(200);
    expect((await push('maya', 'northwind/app')).status).toBe(404);
  });

  it('let a reader pull and refuse the push with 403', async () => {
    expect((await pull('jonas', 'acme/web')).status).toBe(200);
    const refusal = await registryError(await push('jonas', 'acme/web'));
    expect(refusal).toMatchObject({ status: 403, code: 'DENIED' });
    expect(refusal.message).toContain('ask an owner');
  });

  it('hide from an outsider whether a private repository exists', async () => {
    for (const attempt of [pull, push]) {
      const hidden = await registryError(await attempt('priya', 'acme/web'));
      const missing = await registryError(await attempt('priya', 'acme/xyz'));
      expect(hidden).toMatchObject({ status: 404, code: 'NAME_UNKNOWN' });
      expect(hidden.message.replaceAll('web', 'xyz')).toBe(missing.message);
      expect(missing.status).toBe(404);
    }
  });

  it('let everybody pull a public repository and nobody without a grant push to it', async () => {
    expect((await pull('priya', 'acme/base')).status).toBe(200);
    expect((await pull(null, 'acme/base')).status).toBe(200);
    expect(await registryError(await push('priya', 'acme/base'))).toMatchObject({
      status: 403,
      code: 'DENIED',
    });
  });

  it('ask an anonymous caller to sign in for everything else, alike for what exists and what does not', async () => {
    const refused = [
      await push(null, 'acme/base'),
      await pull(null, 'acme/web'),
      await pull(null, 'acme/xyz'),
    ];
    for (const response of refused) {
      expect(response.headers.get('www-authenticate')).toContain('error="insufficient_scope"');
      const refusal = await registryError(response);
      expect(refusal).toMatchObject({ status: 401, code: 'UNAUTHORIZED' });
      expect(refusal.message).toContain('Sign in');
    }
  });

  it('are bound to what the token names, though the caller has more', async () => {
    const pullOnly = new RepositoryClient(
      server,
      'acme/web',
      await registryToken(server, 'maya', 'repository:acme/web:pull'),
    );
    expect((await pullOnly.send('manifests/v1')).status).toBe(200);
    const refused = await pullOnly.send('blobs/uploads/', { method: 'POST' });
    expect(refused.headers.get('www-authenticate')).toContain(
      'scope="repository:acme/web:pull,push",error="insufficient_scope"',
    );
    expect(refused.status).toBe(401);
    const elsewhere = new RepositoryClient(server, 'acme/base', pullOnly.token);
    expect((await elsewhere.send('manifests/v1')).status).toBe(401);
  });

  it('of a writer begin with the grant and end at once when it is taken away, token or not', async () => {
    const id = await grant('acme/api', server.user('priya').email, 'writer');
    const client = await RepositoryClient.open(server, 'priya', 'acme/api');
    const image = await client.newImage('from priya');
    expect((await client.putManifest('v1', image)).status).toBe(201);
    const location = await client.beginUpload();
    const session = await signIn(server, 'maya');
    await call(server, `/v1/repos/acme/api/authorizations/${id}`, { method: 'DELETE', token: session });
    expect((await client.send('manifests/v1')).status).toBe(404);
    const patch = await client.send(location, { method: 'PATCH', body: randomBytes(10) });
    expect(patch.status).toBe(404);
  });

  it('to an upload are its beginner’s alone', async () => {
    await grant('acme/base', server.user('priya').email, 'writer');
    const priya = await RepositoryClient.open(server, 'priya', 'acme/base');
    const maya = await RepositoryClient.open(server, 'maya', 'acme/base');
    const location = await priya.beginUpload();
    for (const method of ['GET', 'PATCH', 'DELETE']) {
      expect(await registryError(await maya.send(location, { method }))).toMatchObject({
        status: 404,
        code: 'BLOB_UPLOAD_UNKNOWN',
      });
    }
    expect((await priya.send(location)).status).toBe(204);
  });

  it('to mount need the right to read the source', async () => {
    const owner = await RepositoryClient.open(server, 'maya', 'acme/web');
    const digest = await owner.pushBlob(randomBytes(20));
    const scopes = ['repository:acme/base:pull,push', 'repository:acme/web:pull'];
    const outsider = new RepositoryClient(
      server,
      'acme/base',
      await registryToken(server, 'priya', ...scopes),
    );
    const mounted = await outsider.send(`blobs/uploads/?mount=${digest}&from=acme/web`, { method: 'POST' });
    expect(mounted.status).toBe(202);
    expect((await outsider.send(`blobs/${digest}`)).status).toBe(404);
  });
});
