import { once } from 'node:events';
import http from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bearerHeader, holders } from '../support/credential-holders.ts';
import type { NewHolder } from '../support/credential-holders.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { sha256 } from '../support/oci-image.ts';
import { registryToken, RepositoryClient } from '../support/registry-client.ts';
import { arrived, doorsOf, newBench, registryDoors } from '../support/revocation-doors.ts';
import type { Door } from '../support/revocation-doors.ts';
import { call, signIn } from '../support/server-client.ts';

let server: LocalServer;
beforeAll(async () => {
  server = await startLocalServer();
});
afterAll(() => server.stop());

/** The status at each door, every request made ready before `meanwhile` and sent after it. */
async function statuses(
  bench: Awaited<ReturnType<typeof newBench>>,
  doors: Record<string, Door>,
  meanwhile: () => Promise<void>,
): Promise<Record<string, number>> {
  const ready: [string, () => Promise<Response>][] = [];
  for (const [name, door] of Object.entries(doors)) ready.push([name, await door(bench)]);
  await meanwhile();
  const found: Record<string, number> = {};
  for (const [name, send] of ready) {
    const response = await send();
    await response.arrayBuffer();
    found[name] = response.status;
  }
  return found;
}

const accountEnds = ['the user is disabled', 'the user waits for approval', 'the user is deleted'];
const passwordEnds = [
  'the password is changed',
  'the same password is set anew',
  'the password is taken away',
  ...accountEnds,
];
/** The ways to end a credential, by name, before there is one. */
const endings: Readonly<Record<keyof typeof holders, readonly string[]>> = {
  'a user’s key': [
    'the key is revoked by a session',
    'the key revokes itself',
    'the key is revoked on the dashboard',
    'the key is removed',
    'the key is somebody else’s',
    ...accountEnds,
  ],
  'a bot’s key': [
    'the key is revoked by an admin',
    'the key revokes itself',
    'the bot is deleted',
    'the bot is deleted and made anew',
  ],
  'a session': [
    'the session signs out',
    'the browser signs out',
    'the browser signs in again',
    'the session is cut short',
    ...passwordEnds,
  ],
  'a password': passwordEnds,
  'a server JWT': ['the session signs out', 'the session is cut short', ...passwordEnds],
  'a user’s API token': [
    ...['the token is revoked', 'the token comes to its end', 'the token is removed'],
    ...accountEnds,
  ],
  'an access token': [
    ...['the session signs out', 'a refresh token comes a second time', 'the session is cut short'],
    ...passwordEnds,
  ],
  'an API key': [
    ...['the key is revoked by a session', 'the key revokes itself', 'the key is revoked by an admin'],
    ...['the key that made it is revoked', 'the key comes to its end', 'the key is removed'],
    ...['the member is removed', 'the member leaves', 'the member leaves by the key itself'],
    ...accountEnds,
  ],
};
const cases = Object.entries(holders).flatMap(([kind, newHolder]) =>
  (endings[kind] ?? []).map((end): [string, string, NewHolder] => [kind, end, newHolder]),
);

/**
 * One of each way of looking at a credential: each guard, what it remembers, bodies and streams that are under way. Every
 * end is tried at these, and the first of each kind of credential at every door.
 */
const doorOfEachWay = [
  'GET a manifest by tag',
  ...[
    'GET /v2/',
    'GET a blob',
    'PUT a manifest',
    'PATCH an upload, under way',
    'PUT all of an upload, under way',
  ],
  ...[
    'POST for a registry token',
    'GET me',
    'GET the packages',
    'GET the authorizations',
    'GET the audit log',
  ],
  ...['PATCH the organization', 'POST a project, under way', 'PATCH an API key'],
  ...['GET the events', 'GET the events, under way'],
  ...['GET the dashboard', 'GET the events of a page, under way'],
];

function only(doors: Record<string, Door>, names: readonly string[]): Record<string, Door> {
  return Object.fromEntries(Object.entries(doors).filter(([name]) => names.includes(name)));
}

const tried = new Set<string>();

const idsOf = (...addresses: string[]) => addresses.map((address) => address.split('/').at(-1) ?? '');

describe('what was bought with a credential', () => {
  it.each(cases)('%s: is refused once %s', async (kind, end, newHolder) => {
    const holder = await newHolder(server);
    expect(Object.keys(holder.end)).toEqual(endings[kind]);
    const bench = await newBench(server, holder);
    const isFirst = endings[kind]?.[0] === end;
    const all = doorsOf(holder);
    const doors = isFirst ? all : only(all, doorOfEachWay);
    for (const name of Object.keys(doors)) tried.add(name);
    // That they are open is shown once for each kind, and then at one.
    const before = await statuses(bench, isFirst ? doors : only(all, doorOfEachWay.slice(0, 1)), () =>
      Promise.resolve(),
    );
    expect(Object.entries(before).filter(([, status]) => status >= 400)).toEqual([]);

    const after = await statuses(bench, doors, async () => {
      await holder.end[end]?.();
    });
    // `the same password is set anew` ends what was bought before; the password itself still opens.
    const again = end === 'the same password is set anew' && kind === 'a password';
    const open = again ? Object.keys(only(doors, ['GET a registry token', 'POST for a registry token'])) : [];
    // Who waits is known, and told so; for them, whoami is open.
    const closed = [end === 'the user waits for approval' ? 403 : 401];
    if (closed.includes(403)) open.push(...['GET me', 'GET whoami'].filter((door) => door in doors));
    // An API key or token of which nothing is left is one that nobody was given: after some tries, others are told to wait.
    const isOfRandomBits = ['an API key', 'a user’s API token'].includes(kind);
    const gone = ['the key is removed', 'the token is removed', 'the user is deleted'];
    if (isOfRandomBits && gone.includes(end)) closed.push(429);
    expect(
      Object.entries(after)
        .filter(([, status]) => !closed.includes(status))
        .map(([name]) => name),
    ).toEqual(open);
  });

  it('was tried at doors that there are', () => {
    expect(doorOfEachWay.filter((name) => !tried.has(name))).toEqual([]);
  });

  it('leaves nothing behind when its end came while the last bytes were under way', async () => {
    const holder = await holders['a session']?.(server);
    if (holder === undefined) throw new Error('No session');
    const { client, maya, image } = await newBench(server, holder);
    const content = Buffer.from(`late ${String(Date.now())}`);
    const halfWay = (all: Uint8Array) => {
      const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
      const writer = writable.getWriter();
      void writer.write(all.subarray(0, 4));
      const finish = async () => {
        await writer.write(all.subarray(4));
        await writer.close();
      };
      return { readable, finish };
    };
    const [bytes, document] = [halfWay(content), halfWay(Buffer.from(JSON.stringify(image)))];
    const [part, last] = [halfWay(content), halfWay(content)];
    const [begun, ended] = [await client.beginUpload(), await client.beginUpload()];
    const path = `blobs/uploads/?digest=${sha256(content)}`;
    const blob = client.send(path, { method: 'POST', body: bytes.readable });
    const headers = { 'content-type': image.mediaType };
    const manifest = client.send('manifests/late', { method: 'PUT', headers, body: document.readable });
    const patched = client.send(begun, { method: 'PATCH', body: part.readable });
    const put = client.send(`${ended}?digest=${sha256(content)}`, { method: 'PUT', body: last.readable });
    // The guard has let them in.
    for (const upload of [begun, ended]) while ((await arrived(client, upload)) === 0) continue;
    await holder.end['the session signs out']?.();
    await Promise.all([bytes, document, part, last].map((body) => body.finish()));
    const answers = await Promise.all([blob, manifest, patched, put]);
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
    expect(
      await server.context.db
        .selectFrom('registry_uploads')
        .select('id')
        .where('id', 'in', idsOf(begun, ended))
        .execute(),
    ).toEqual([]);
    expect((await maya.send(`blobs/${sha256(content)}`)).status).toBe(404);
    expect((await maya.send('manifests/late')).status).toBe(404);
  });

  it('is refused by the API as well when its end came while the body was under way', async () => {
    const holder = await holders['a session']?.(server);
    if (holder?.bearer === undefined) throw new Error('No session');
    const body = JSON.stringify({ name: 'late' });
    const request = http.request(`${server.origin}/v1/orgs/acme/bots`, {
      method: 'POST',
      headers: {
        ...bearerHeader(holder.bearer),
        'content-type': 'application/json',
        'content-length': body.length,
        expect: '100-continue',
      },
    });
    request.flushHeaders();
    // The guard has let it in.
    await once(request, 'continue');
    await holder.end['the session signs out']?.();
    request.end(body);
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    expect(response.resume().statusCode).toBe(401);
  });
});

describe('a right that is taken away', () => {
  it('is gone at every door of the repository, whatever the token names', async () => {
    const maya = await signIn(server, 'maya');
    const path = '/v1/repos/acme/web/authorizations';
    const body = { email: server.user('priya').email, permission: 'writer' };
    const { id } = (await call(server, path, { token: maya, body })).body as { id: string };
    const holder = {
      header: {
        authorization: `Bearer ${await signIn(server, 'priya')}`,
      },
      owner: false,
      end: {},
    };
    const bench = await newBench(server, holder);
    // The ping is of no repository, and the mount's source is another one.
    const elsewhere = ['GET /v2/', 'POST a mount'];
    const doors = Object.fromEntries(
      Object.entries(registryDoors).filter(([name]) => !elsewhere.includes(name)),
    );
    const before = await statuses(bench, doors, () => Promise.resolve());
    expect(Object.entries(before).filter(([, status]) => status >= 400)).toEqual([]);
    const after = await statuses(bench, doors, async () => {
      await call(server, `${path}/${id}`, { method: 'DELETE', token: maya });
    });
    expect(Object.entries(after).filter(([, status]) => status !== 404)).toEqual([]);
  });

  it('leaves tokens of nobody in particular as they are, and ends with the repository’s openness', async () => {
    const scope = 'repository:acme/base:pull';
    const anybody = new RepositoryClient(server, 'acme/base', await registryToken(server, null, scope));
    expect((await anybody.send('tags/list')).status).toBe(200);
    const setPublic = (flag: 0 | 1) =>
      server.context.write({}, (tx) =>
        tx.updateTable('repositories').set({ public: flag }).where('full_name', '=', 'acme/base').execute(),
      );
    await setPublic(0);
    expect((await anybody.send('tags/list')).status).toBe(401);
    await setPublic(1);
    expect((await anybody.send('tags/list')).status).toBe(200);
  });
});
