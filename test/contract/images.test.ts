import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { grantsCalls } from '../../contracts/ipc/grants.ts';
import { systemClock } from '../../main/adapters/clock.ts';
import { ImageService } from '../../main/core/images/image-service.ts';
import type { HttpResponse } from '../../main/core/ports/http.ts';
import { FaultyHttp } from '../support/faulty-http.ts';
import { sha256, writeOciLayout } from '../support/oci-image.ts';
import type { OciLayout } from '../support/oci-image.ts';
import { registerContext } from '../support/register-context.ts';
import { RepositoryClient } from '../support/registry-client.ts';
import { hasTool, runTool } from '../support/registry-tools.ts';
import { call, signIn } from '../support/server-client.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { TestServer } from '../support/server.ts';
import { signInParts } from '../unit/main/signin/sign-in-parts.ts';
import type { SignInParts } from '../unit/main/signin/sign-in-parts.ts';

const indexType = 'application/vnd.oci.image.index.v1+json';
const imageType = 'application/vnd.oci.image.manifest.v1+json';
const web = 'acme/web';

let server: TestServer;
let home: string;
let http: FaultyHttp;
const people = new Map<string, { parts: SignInParts; images: ImageService; contextId: string }>();
let owner: RepositoryClient;

/** The app of a demo user, with a registered key. */
async function appOf(username: string) {
  const parts = await signInParts(systemClock);
  const { id: contextId } = await parts.add({ address: server.host, userId: server.user(username).id });
  await registerContext(parts, contextId, server, await signIn(server, username));
  const { vault, credentials, contexts, activity } = parts;
  const base = { vault, credentials, contexts, activity, clock: systemClock };
  people.set(username, { parts, contextId, images: new ImageService({ ...base, http }) });
}

function the(username: string) {
  const person = people.get(username);
  if (person === undefined) throw new Error(`${username} has no app`);
  return person;
}

const place = (username = 'maya', repository = web) => ({ contextId: the(username).contextId, repository });
const image = (tag: string, username = 'maya') => the(username).images.image(place(username), tag);
const tags = (username = 'maya') => the(username).images.tags(place(username), null);
const fails = (code: string) => expect.objectContaining({ code }) as unknown;

beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'keyhold-images-'));
  server = await startLocalServer();
  http = new FaultyHttp();
  for (const name of ['maya', 'jonas', 'priya']) await appOf(name);
  owner = await RepositoryClient.open(server, 'maya', web);
  await owner.putManifest('v1', await owner.newImage('one'));
  const session = await signIn(server, 'maya');
  const body = { email: server.user('jonas').email, permission: 'reader' };
  await call(server, `/v1/repos/${web}/authorizations`, { token: session, body });
});
afterAll(async () => {
  for (const { parts } of people.values()) await parts.dispose();
  await server.stop();
  await rm(home, { recursive: true, force: true });
});
beforeEach(() => {
  http.fault = () => null;
  http.answer = (_request, response) => response;
  for (const [name, { images }] of people) images.close(place(name));
  http.requests.length = 0;
});

/** Puts another body into the registry's answers to these requests. */
function answerWith(path: string, facts: Partial<HttpResponse>): void {
  http.answer = (request, response) =>
    request.endsWith(path)
      ? { ...response, ...facts, headers: { ...response.headers, ...facts.headers } }
      : response;
}

/** A manifest that the registry serves in place of the real one, with a digest that fits. */
function serve(tag: string, mediaType: string, document: unknown): void {
  const text = JSON.stringify(document);
  const headers = { 'content-type': mediaType, 'docker-content-digest': sha256(Buffer.from(text)) };
  answerWith(`/manifests/${tag}`, { text, headers });
}

describe.skipIf(!hasTool('skopeo'))('what skopeo has pushed', () => {
  let layout: OciLayout;
  const architectures = ['amd64', 'arm64', 's390x'];
  beforeAll(async () => {
    const options = { files: { motd: 'for every machine\n' }, architectures };
    layout = await writeOciLayout(path.join(home, 'image'), options);
    const { username, password } = server.user('maya');
    const result = await runTool(home, 'skopeo', [
      ...['--insecure-policy', 'copy', '--quiet', '--all', '--dest-tls-verify=false'],
      ...['--dest-creds', `${username}:${password}`, layout.reference],
      `docker://${server.host}/${web}:multi`,
    ]);
    expect(result).toMatchObject({ code: 0 });
  });

  it('is seen with digest, platforms and the size of each', async () => {
    const expected = await Promise.all(
      layout.manifests.map(async ({ digest }, at) => {
        const manifest = (await (await owner.send(`manifests/${digest}`)).json()) as {
          config: { size: number };
        };
        const size = manifest.config.size + layout.layer.size;
        return { name: `linux/${architectures[at] ?? ''}`, digest, size };
      }),
    );
    expect(await image('multi')).toEqual({
      digest: layout.root.digest,
      mediaType: indexType,
      kind: 'index',
      size: null,
      createdAt: null,
      platforms: expected,
      others: 0,
    });
  });

  it('is seen by a reader too', async () => {
    expect((await tags('jonas')).tags).toContain('multi');
    expect(await image('multi', 'jonas')).toMatchObject({ digest: layout.root.digest });
  });
});

describe('a repository', () => {
  it('shows its tags, and an image with size and platform', async () => {
    const manifest = await owner.newImage('sized');
    await owner.putManifest('sized', manifest);
    expect(await tags()).toMatchObject({
      tags: expect.arrayContaining(['v1', 'sized']) as unknown,
      next: null,
    });
    const size = manifest.config.size + (manifest.layers[0]?.size ?? 0);
    const digest = sha256(Buffer.from(JSON.stringify(manifest)));
    expect(await image('sized')).toEqual({
      digest,
      mediaType: imageType,
      kind: 'image',
      size,
      createdAt: null,
      others: 0,
      platforms: [{ name: 'linux/amd64', digest, size }],
    });
  });

  it('of more than a thousand tags is read page by page, each tag once', async () => {
    const many = await RepositoryClient.open(server, 'maya', 'acme/many');
    const manifest = await many.newImage('many');
    const names = Array.from({ length: 1003 }, (_, index) => `t${String(index).padStart(4, '0')}`);
    await many.putManifest(names[0] ?? '', manifest);
    // The server lets one address have 256 connections.
    for (let at = 1; at < names.length; at += 100) {
      const some = names.slice(at, at + 100);
      await Promise.all(some.map((name) => many.putManifest(name, manifest)));
    }
    const { images } = the('maya');
    const first = await images.tags(place('maya', 'acme/many'), null);
    expect(first.tags).toHaveLength(1000);
    const second = await images.tags(place('maya', 'acme/many'), first.next);
    expect(second).toEqual({ tags: ['t1000', 't1001', 't1002'], next: null });
    expect([...first.tags, ...second.tags]).toEqual(names);
    images.close(place('maya', 'acme/many'));
  });

  it('is not there for who may not see it, nor once it is not there', async () => {
    await expect(tags('priya')).rejects.toEqual(fails('repository_gone'));
    await expect(image('v1', 'priya')).rejects.toEqual(fails('repository_gone'));
    await expect(image('nothing')).rejects.toEqual(fails('tag_gone'));
  });

  it('loses a tag by its owner, not by a reader; what it stood for stays', async () => {
    const manifest = await owner.newImage('deleted');
    for (const tag of ['drop', 'keep']) await owner.putManifest(tag, manifest);
    await expect(the('jonas').images.deleteTag(place('jonas'), 'drop')).rejects.toEqual(fails('not_allowed'));
    await the('maya').images.deleteTag(place(), 'drop');
    await expect(image('drop')).rejects.toEqual(fails('tag_gone'));
    expect(await image('keep')).toMatchObject({ digest: sha256(Buffer.from(JSON.stringify(manifest))) });
    await expect(the('maya').images.deleteTag(place(), 'drop')).rejects.toEqual(fails('tag_gone'));
    expect(
      the('maya')
        .parts.logged()
        .filter((line) => line.startsWith('image.')),
    ).toEqual(['image.tag_deleted | Work | acme/web:drop']);
  });

  it('of a registry that does not delete keeps its tag, and it is said', async () => {
    await owner.putManifest('stays', await owner.newImage('stays'));
    answerWith('/manifests/stays', { status: 405, text: '' });
    await expect(the('maya').images.deleteTag(place(), 'stays')).rejects.toEqual(fails('deletion_off'));
  });
});

describe('the registry token', () => {
  const asked = () => http.requests.filter((request) => request === 'GET /v2/token').length;

  it('is asked for once for many requests, and anew when it is not taken any more', async () => {
    await Promise.all([tags(), image('v1'), image('v1')]);
    expect(asked()).toBe(1);
    let refused = 0;
    http.answer = (request, response) => {
      if (!request.endsWith('/tags/list') || refused > 0) return response;
      refused += 1;
      return { ...response, status: 401, text: '{"errors":[{"code":"UNAUTHORIZED","message":"x"}]}' };
    };
    expect((await tags()).tags).toContain('v1');
    expect(asked()).toBe(2);
  });

  it('is asked for no more than twice by one request', async () => {
    answerWith('/tags/list', { status: 401, text: '{"errors":[{"code":"UNAUTHORIZED"}]}' });
    await expect(tags()).rejects.toEqual(fails('not_allowed'));
    expect(asked()).toBe(2);
  });

  it('is asked for again after it could not be had', async () => {
    http.fault = (request) => (request === 'GET /v2/token' ? 'not_sent' : null);
    await expect(tags()).rejects.toEqual(fails('server_unreachable'));
    http.fault = () => null;
    expect((await tags()).tags).toContain('v1');
  });

  it.each([
    ['nothing', '{}'],
    ['a line break', JSON.stringify({ token: 'a\nb' })],
    ['too much', JSON.stringify({ token: 'a'.repeat(20_000) })],
  ])('is not used when it holds %s', async (_what, text) => {
    answerWith('/v2/token', { text });
    await expect(tags()).rejects.toEqual(fails('registry_unreadable'));
    expect(http.requests).toEqual(['GET /v2/token']);
  });

  it('that the registry refuses to give means that the key is not known', async () => {
    answerWith('/v2/token', { status: 401, text: '' });
    await expect(tags()).rejects.toEqual(fails('key_not_registered'));
  });
});

describe('a registry that cannot be trusted', () => {
  it.each([
    ['no JSON', { text: '<html>' }],
    ['a bad tag', { text: JSON.stringify({ tags: ['v1', '../../v2'] }) }],
    ['a tag that is no text', { text: JSON.stringify({ tags: [7] }) }],
    ['too many tags', { text: JSON.stringify({ tags: Array.from({ length: 20_001 }, () => 'v1') }) }],
    ['a refusal of no form', { status: 404, text: 'gone' }],
  ])('is not believed: a list with %s', async (_what, answer) => {
    answerWith('/tags/list', answer);
    await expect(tags()).rejects.toEqual(fails('registry_unreadable'));
  });

  it.each([
    ['elsewhere', '<https://elsewhere.example/v2/acme/web/tags/list?last=b>; rel="next"'],
    ['to another repository', '</v2/acme/api/tags/list?last=b>; rel="next"'],
    ['to nothing', '<:::>; rel="next"'],
    ['to itself', '</v2/acme/web/tags/list?n=1000>; rel="next"'],
  ])('does not lead %s', async (_what, link) => {
    answerWith('/tags/list', { headers: { link } });
    expect((await tags()).next).toBeNull();
  });

  it('does not lead on from a page without tags', async () => {
    const link = '</v2/acme/web/tags/list?last=b>; rel="next"';
    answerWith('/tags/list', { text: '{"tags":null}', headers: { link } });
    expect(await tags()).toEqual({ tags: [], next: null });
    answerWith('/tags/list', { text: '{"tags":["a","b","a"]}', headers: { link } });
    expect(await tags()).toEqual({ tags: ['a', 'b'], next: 'last=b' });
  });

  it('is not believed: another manifest than its digest says', async () => {
    answerWith('/manifests/v1', { headers: { 'docker-content-digest': `sha256:${'0'.repeat(64)}` } });
    await expect(image('v1')).rejects.toEqual(fails('registry_unreadable'));
  });

  it('does not pass off another image as a part of an index', async () => {
    const entry = { mediaType: imageType, digest: `sha256:${'0'.repeat(64)}`, size: 10 };
    serve('v1', indexType, { manifests: [entry] });
    const original = http.answer;
    const text = JSON.stringify(await owner.newImage('other'));
    http.answer = (request, response) =>
      request.includes('/manifests/sha256:0')
        ? { status: 200, text, headers: { 'content-type': imageType } }
        : original(request, response);
    expect(await image('v1')).toMatchObject({ platforms: [{ digest: entry.digest, size: null }] });
  });

  it('does not make the app ask for more images of an index than there are', async () => {
    const manifests = Array.from({ length: 300 }, (_, index) => ({
      mediaType: imageType,
      digest: `sha256:${index.toString(16).padStart(64, '0')}`,
      size: 500,
    }));
    serve('v1', indexType, { manifests });
    const found = await image('v1');
    expect(found.platforms).toHaveLength(64);
    expect(found.others).toBe(300 - 64);
    expect(http.requests.filter((request) => request.includes('/manifests/sha256:'))).toHaveLength(64);
  });

  it('does not make the app read images of an index beyond some megabytes', async () => {
    const manifests = ['a', 'b', 'c'].map((digit) => ({
      mediaType: imageType,
      digest: `sha256:${digit.repeat(64)}`,
      size: 2 * 1024 * 1024,
    }));
    serve('v1', indexType, { manifests });
    await image('v1');
    expect(http.requests.filter((request) => request.includes('/manifests/sha256:'))).toHaveLength(2);
  });

  it('does not make the app read more of an index’s images than it said there was', async () => {
    const manifest = await owner.newImage('longer');
    const text = JSON.stringify(manifest);
    const digest = sha256(Buffer.from(text));
    await owner.putManifest('longer', manifest);
    const shown = async (size: number): Promise<unknown> => {
      serve('v1', indexType, { manifests: [{ mediaType: imageType, digest, size }] });
      return (await image('v1')).platforms[0]?.size;
    };
    expect(await shown(text.length)).toBeGreaterThan(0);
    expect(await shown(text.length - 1)).toBeNull();
  });

  it('cannot put words into the configuration, nor make the app read a huge one', async () => {
    http.answer = (request, response) =>
      request.includes('/blobs/') ? { ...response, text: '{"os":"evil","architecture":"x"}' } : response;
    expect((await image('v1')).platforms).toEqual([]);
    http.requests.length = 0;
    const layers: unknown[] = [];
    const config = {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      digest: `sha256:${'0'.repeat(64)}`,
      size: 10 ** 9,
    };
    serve('v1', imageType, { config, layers });
    expect(await image('v1')).toMatchObject({ platforms: [], size: 10 ** 9 });
    expect(http.requests.filter((request) => request.includes('/blobs/'))).toEqual([]);
  });
});

describe('looking', () => {
  const hold = (part: string): Promise<void> => {
    http.fault = (request) => (request.includes(part) ? 'held' : null);
    return new Promise((resolve) => {
      http.onHeld = resolve;
    });
  };

  it('ends when it is closed: nothing goes on, and it can begin anew', async () => {
    const held = hold('/manifests/');
    const asked = Promise.allSettled(Array.from({ length: 20 }, () => image('v1')));
    await held;
    the('maya').images.close(place());
    const failed = { status: 'rejected', reason: fails('server_unreachable') };
    expect(await asked).toEqual(Array.from({ length: 20 }, () => failed));
    http.fault = () => null;
    expect(await image('v1')).toMatchObject({ kind: 'image' });
  });

  it('ends when the vault is locked', async () => {
    const { parts } = the('maya');
    const held = hold('/tags/list');
    const asked = expect(tags()).rejects.toEqual(fails('server_unreachable'));
    await held;
    parts.vault.lock('click');
    await asked;
    await parts.unlock();
  });

  it('asks six things at once and no more', async () => {
    let open = 0;
    http.fault = (request) => (request.includes('/manifests/') ? 'held' : null);
    http.onHeld = () => {
      open += 1;
    };
    const asked = Promise.allSettled(Array.from({ length: 20 }, () => image('v1')));
    await expect.poll(() => open).toBe(6);
    the('maya').images.close(place());
    await asked;
    // Those that waited were given up before they were sent.
    expect(http.requests.filter((request) => request.includes('/manifests/'))).toHaveLength(6);
  });

  it('says when the registry is away or in trouble', async () => {
    http.fault = () => 'not_sent';
    await expect(tags()).rejects.toEqual(fails('server_unreachable'));
    http.fault = () => null;
    answerWith('/tags/list', { status: 503 });
    await expect(tags()).rejects.toEqual(fails('server_unreachable'));
  });

  it('at ten repositories at once gives up the first ones', async () => {
    const held = hold('/tags/list');
    const { images } = the('maya');
    const first = expect(tags()).rejects.toEqual(fails('server_unreachable'));
    await held;
    http.fault = () => null;
    const others = Array.from({ length: 8 }, (_, index) => place('maya', `acme/other-${String(index)}`));
    await Promise.allSettled(others.map((other) => images.tags(other, null)));
    await first;
  });
});

describe('a repository of more than two parts', () => {
  it.each(['acme/web/cache', 'acme/tags/list', `acme${'/x'.repeat(125)}`])(
    'is browsed, and a tag of it deleted: %s',
    async (name) => {
      const { images } = the('maya');
      const client = await RepositoryClient.open(server, 'maya', name);
      await client.putManifest('v1', await client.newImage(name));
      const at = grantsCalls.list.request.parse(place('maya', name));
      expect(await images.tags(at, null)).toEqual({ tags: ['v1'], next: null });
      expect(await images.image(at, 'v1')).toMatchObject({ kind: 'image' });
      await images.deleteTag(at, 'v1');
      expect(await images.tags(at, null)).toEqual({ tags: [], next: null });
    },
  );
});
