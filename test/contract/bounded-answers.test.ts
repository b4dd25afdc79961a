import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { templateLinesMax, templatesMax } from '../../contracts/server-api/access/templates.ts';
import { keeperPrefix } from '../../contracts/server-api/tkeeper/control.ts';
import { BlobStore } from '../../reference-server/registry/blob-store.ts';
import { kisenonSettings } from '../../reference-server/config/kisenon.ts';
import type { AuditEvent, Tx } from '../../reference-server/db/write.ts';
import { maxAnnotationBytes } from '../../reference-server/registry/manifest-document.ts';
import { newId } from '../../reference-server/identity/ids.ts';
import { demoId } from '../../reference-server/seed/demo-ids.ts';
import { maxScopes } from '../../reference-server/registry/scopes.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { fillEverything } from '../support/many-rows.ts';
import { sha256 } from '../support/oci-image.ts';
import { registryError, registryToken, RepositoryClient } from '../support/registry-client.ts';
import { call, errorCode, registerTestKey, signIn } from '../support/server-client.ts';
import { newTestKey } from '../support/test-key.ts';

/** What clients read of one answer. */
const mostBytes = 4 * 1024 * 1024;
const mostEntries = 1000;

const at = '2026-01-01T00:00:00.000Z';
const subject = `sha256:${'5'.repeat(64)}`;
const many = 1500;
const range = (count: number) => Array.from({ length: count }, (_, index) => index);
const kidOf = () => randomBytes(32).toString('base64url');

let server: LocalServer;
let session: string;
let web: RepositoryClient;

beforeAll(async () => {
  server = await startLocalServer({ kisenon: kisenonSettings({ operators: ['maya@acme.example'] }) });
  session = await signIn(server, 'maya');
  await server.context.write({}, fill);
  const key = await server.context.db
    .selectFrom('api_keys')
    .select('id')
    .where('user_id', '=', server.user('maya').id)
    .executeTakeFirstOrThrow();
  asked['/v1/access/credentials'] = `credential=api-key:${key.id}&`;
  web = new RepositoryClient(
    server,
    'acme/web',
    await registryToken(server, 'maya', 'repository:acme/web:pull,push', 'registry:catalog:*'),
  );
});
afterAll(() => server.stop());

/** Puts more into every table than anybody may be given at once. */
async function fill(db: Tx, audit: (event: AuditEvent) => void): Promise<void> {
  const org = await db
    .selectFrom('organizations')
    .select('id')
    .where('slug', '=', 'acme')
    .executeTakeFirstOrThrow();
  const repository = await db
    .selectFrom('repositories')
    .select('id')
    .where('full_name', '=', 'acme/web')
    .executeTakeFirstOrThrow();
  const maya = server.user('maya').id;
  await fillEverything(db, { orgId: org.id, ownerId: maya }, many);
  await db.updateTable('memberships').set({ role: 'owner' }).where('user_id', '=', maya).execute();
  const insert = async <Row>(rows: Row[], put: (some: Row[]) => Promise<unknown>) => {
    for (let begin = 0; begin < rows.length; begin += 500) await put(rows.slice(begin, begin + 500));
  };
  const bot = { org_id: org.id, created_by: maya, created_at: at, deleted_at: null };
  await insert(
    range(many).map((index) => ({ id: `b_${index}`, kind: 'bot' as const })),
    (rows) => db.insertInto('principals').values(rows).execute(),
  );
  await insert(
    range(many).map((index) => ({ ...bot, id: `b_${index}`, name: `bot-${index}` })),
    (rows) => db.insertInto('bots').values(rows).execute(),
  );
  await insert(
    range(many).map((index) => ({
      id: `r_${index}`,
      org_id: org.id,
      full_name: `acme/repository-${index}`,
      public: 1 as const,
      created_at: at,
    })),
    (rows) => db.insertInto('repositories').values(rows).execute(),
  );
  const grant = {
    actions: 'read',
    effect: 'allow' as const,
    batch: null,
    created_by: maya,
    created_at: at,
  };
  await insert(
    range(many).flatMap((index) => [
      {
        ...grant,
        expires_at: null,
        id: `g_web_${index}`,
        repository_id: repository.id,
        principal_id: `b_${index}`,
      },
      { ...grant, expires_at: null, id: `g_all_${index}`, repository_id: `r_${index}`, principal_id: 'b_0' },
    ]),
    (rows) => db.insertInto('grants').values(rows).execute(),
  );
  await insert(
    range(30).flatMap((bot) => range(50).map((key) => ({ bot, key }))),
    (rows) =>
      db
        .insertInto('public_keys')
        .values(
          rows.map(({ bot, key }) => ({
            kid: kidOf(),
            principal_id: `b_${bot}`,
            name: `${key} ${'n'.repeat(60)}`,
            x: kidOf(),
            created_at: at,
            last_used_at: at,
            revoked_at: null,
          })),
        )
        .execute(),
  );
  const manifest = { repository_id: repository.id, size: 1, created_at: at };
  const annotations = JSON.stringify({ note: 'n'.repeat(maxAnnotationBytes - 20) });
  await insert(
    range(300).map((index) => ({
      ...manifest,
      digest: sha256(Buffer.from(String(index))),
      subject,
      annotations,
      media_type: 'application/vnd.oci.image.manifest.v1+json',
      artifact_type: 'a/b',
    })),
    (rows) => db.insertInto('registry_manifests').values(rows).execute(),
  );
  await insert(
    range(many).map((index) => ({
      repository_id: repository.id,
      tag: `v${index}`,
      digest: sha256(Buffer.from('0')),
      updated_at: at,
    })),
    (rows) => db.insertInto('registry_tags').values(rows).execute(),
  );
  await insert(
    range(many).map((index) => ({
      ...{
        id: `bat_${index}`,
        org_id: org.id,
        version: -index,
        made_by: maya,
        made_by_name: 'maya',
        made_at: at,
      },
      ...{ key: null, request_hash: '', changes: 1, undoes: null, undone_by: null },
    })),
    (rows) => db.insertInto('access_batches').values(rows).execute(),
  );
  const templates = range(templatesMax).map((index) => ({
    ...{
      id: newId('tpl'),
      org_id: org.id,
      name: `${'n'.repeat(60)}${index}`,
      changed_at: at,
      changed_by: maya,
    },
  }));
  await db.insertInto('access_templates').values(templates).execute();
  const line = { actions: 'read,write,delete,admin', days: 3650 };
  await insert(
    templates.flatMap(({ id }) =>
      range(templateLinesMax).map((place) => ({
        ...{ ...line, template_id: id, place, repositories: `acme/${'n'.repeat(247)}${place}*` },
      })),
    ),
    (rows) => db.insertInto('access_template_lines').values(rows).execute(),
  );
  await db.insertInto('principals').values({ id: groupId, kind: 'group' }).execute();
  const group = { org_id: org.id, name: 'everybody', description: '', source: null, external_id: null };
  await db
    .insertInto('groups')
    .values({ ...group, id: groupId, created_by: maya, created_at: at })
    .execute();
  const users = await db.selectFrom('users').select('id').execute();
  await insert(
    users.map(({ id }) => ({ group_id: groupId, user_id: id, created_at: at })),
    (rows) => db.insertInto('group_members').values(rows).execute(),
  );
  const asked = {
    ...{ repository: 'acme/web', actions: 'read', until: null, reason: 'x'.repeat(500), asked_at: at },
    ...{ decided_at: null, decided_by: null, answer: null },
  };
  await insert(
    [
      ...users.map(({ id }) => ({ ...asked, id: newId('req'), user_id: id, state: 'open' as const })),
      ...range(many).map(() => ({ ...asked, id: newId('req'), user_id: maya, state: 'declined' as const })),
    ],
    (rows) => db.insertInto('access_requests').values(rows).execute(),
  );
  const details = { note: 'd'.repeat(200) };
  for (const index of range(many)) {
    audit({ action: `made.${index}`, outcome: 'success', org: 'acme', details });
  }
}

const groupId = `grp_${'a'.repeat(26)}`;

/** What stands for each part of an address; a new one has to be thought of here. */
const parts: Readonly<Record<string, string>> = {
  org: 'acme',
  name: 'acme/web',
  bot: 'bot-0',
  digest: subject,
  reference: 'v0',
  upload: 'x',
  project: demoId('prj', 'acme 0'),
  branch: demoId('br', 'acme 0 0'),
  token: 'x'.repeat(43),
  user: demoId('u', 'maya'),
  id: groupId,
};

/** What a list is asked for beside its size. */
const asked: Record<string, string> = {
  '/v1/access/batches': 'org=acme&',
  '/v1/access/grants': 'org=acme&',
};

/** Each GET route that the server publishes, and the parameters of its query. */
async function routes(): Promise<{ path: string; query: string[] }[]> {
  const { body } = await call(server, '/openapi.json');
  const { paths } = body as {
    paths: Record<string, { get?: { parameters?: { in: string; name: string }[] } }>;
  };
  return Object.entries(paths).flatMap(([path, { get }]) => {
    // A stream of events has no end; `events.test.ts` has its limits.
    if (get === undefined || path.endsWith('/events')) return [];
    const query = (get.parameters ?? []).filter((each) => each.in === 'query').map(({ name }) => name);
    const address = path.replace(/\{(\w+)\}/g, (_, name: string) => parts[name] ?? `no part for ${name}`);
    return [{ path: address, query }];
  });
}

async function answerOf(path: string): Promise<{ bytes: number; body: unknown; response: Response }> {
  if (path.startsWith('/v2/')) return read(await web.send(path));
  const headers = { authorization: `Bearer ${session}` };
  return read(await fetch(`${server.origin}${path}`, { headers }));
}

async function read(response: Response) {
  const text = await response.text();
  let body: unknown = null;
  try {
    body = JSON.parse(text);
  } catch {
    // A page for people, or nothing.
  }
  return { bytes: Buffer.byteLength(text), body, response };
}

/** The longest list anywhere in a value. */
function longestList(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const inner = Object.values(value).map(longestList);
  return Math.max(Array.isArray(value) ? value.length : 0, 0, ...inner);
}

describe('an answer', () => {
  it('of any route has an end, however much there is', async () => {
    const found = (await routes()).map(({ path }) => path);
    expect(found.length).toBeGreaterThan(10);
    expect(found.filter((path) => path.includes('no part'))).toEqual([]);
    const others = ['/dashboard/keys', '/v1/audit?limit=500', '/v1/repos?limit=500'];
    const ofAccess = ['matrix', 'grants', 'requests', 'review', 'batches', 'templates', 'defaults'].map(
      (list) => `/v1/access/${list}?org=acme`,
    );
    const ofKey = `/v1/access/credentials?${asked['/v1/access/credentials'] ?? ''}limit=500`;
    for (const path of [...found, ...others, ...ofAccess, ofKey]) {
      const { bytes, body } = await answerOf(path);
      expect([path, bytes < mostBytes, longestList(body) <= mostEntries]).toEqual([path, true, true]);
    }
  });

  it('is a page of the largest size for a size of any number of digits, in every list', async () => {
    const lists = (await routes()).flatMap(({ path, query }) =>
      query
        // A keeper refuses a page that is too large: keeper-oversight.test.ts.
        .filter((name) => ['n', 'limit'].includes(name) && !path.startsWith(keeperPrefix))
        .map((name) => ({ path, name })),
    );
    expect(lists.length).toBeGreaterThanOrEqual(5);
    for (const { path, name } of lists) {
      const sizes = [9, 10, 19, 20, 400].map((digits) => '9'.repeat(digits));
      const pages: unknown[] = [];
      for (const size of [...sizes, `${'0'.repeat(30)}${sizes[0] ?? ''}`]) {
        const { body, response } = await answerOf(`${path}?${asked[path] ?? ''}${name}=${size}`);
        expect([path, size, response.status]).toEqual([path, size, 200]);
        pages.push(body);
      }
      for (const page of pages) expect(page).toEqual(pages[0]);
      expect(longestList(pages[0])).toBeGreaterThan(20);
      for (const size of ['', '-1', '+5', '1.5', '1e3', '0x10', ' 5', '٣']) {
        const query = `${asked[path] ?? ''}${name}=${encodeURIComponent(size)}`;
        const { response } = await answerOf(`${path}?${query}`);
        expect([path, size, response.status]).toEqual([path, size, 400]);
      }
    }
  });

  it.each([
    ['/v1/repos', 'repositories', many],
    ['/v1/orgs/acme/bots', 'bots', many],
    ['/v1/repos/acme/web/authorizations', 'authorizations', many],
    ['/v1/access/grants', 'grants', 2 * many],
    ['/v1/orgs', 'orgs', many],
    ['/v1/orgs/acme/members', 'members', many],
    ['/v1/orgs/acme/invitations', 'invitations', many],
    ['/v1/access/requests', 'requests', many],
  ])('of %s goes on with the next page to its end', async (path, list, least) => {
    const seen = new Set<string>();
    for (let after: string | undefined = ''; after !== undefined;) {
      const { body } = await answerOf(`${path}?${asked[path] ?? ''}after=${encodeURIComponent(after)}`);
      const page = body as Record<string, unknown[]> & { next?: string };
      for (const entry of page[list] ?? []) seen.add(JSON.stringify(entry));
      after = page.next;
    }
    expect(seen.size).toBeGreaterThanOrEqual(least);
  });

  it('that lists referrers goes on with the next page to its end, in few bytes', async () => {
    const seen: string[] = [];
    let pages = 0;
    for (let query: string | undefined = '?artifactType=a%2Fb'; query !== undefined;) {
      const { body, bytes, response } = await answerOf(`/v2/acme/web/referrers/${subject}${query}`);
      expect(bytes).toBeLessThan(mostBytes);
      expect(response.headers.get('oci-filters-applied')).toBe('artifactType');
      seen.push(...(body as { manifests: { digest: string }[] }).manifests.map(({ digest }) => digest));
      query = /<[^?>]*(\?[^>]*)>/.exec(response.headers.get('link') ?? '')?.[1];
      pages += 1;
    }
    expect(new Set(seen).size).toBe(300);
    expect(seen).toHaveLength(300);
    expect(pages).toBeGreaterThan(300 / 100);
  });
});

it('a large manifest is sent in parts, so that who reads slowly does not have all of it held', async () => {
  const image = { ...(await web.newImage('parts')), annotations: { note: 'n'.repeat(3 * 1024 * 1024) } };
  expect((await web.putManifest('parts', image)).status).toBe(201);
  const readWhole = vi.spyOn(BlobStore.prototype, 'readSmall');
  const response = await web.send('manifests/parts');
  const text = await response.text();
  expect(readWhole).not.toHaveBeenCalled();
  readWhole.mockRestore();
  expect(text).toBe(JSON.stringify(image));
  expect(response.headers.get('content-length')).toBe(String(text.length));
  expect(response.headers.get('content-type')).toBe(image.mediaType);
});

it('a token for as many repositories as may be asked for, with the longest names, is taken', async () => {
  const names = range(maxScopes).map((index) => `acme/${'a'.repeat(240)}${index}`);
  const token = await registryToken(server, 'maya', ...names.map((name) => `repository:${name}:*`));
  expect(token.length).toBeGreaterThan(8000);
  const { status } = await new RepositoryClient(server, names[0] ?? '', token).send('tags/list');
  expect(status).toBe(404);
});

describe('what makes answers large is refused', () => {
  const about = { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: subject, size: 1 };

  it('annotations of a referrer beyond 64 KiB, which other manifests may have', async () => {
    const large = { ...(await web.newImage('large')), annotations: { note: 'n'.repeat(maxAnnotationBytes) } };
    expect((await web.putManifest('large', large)).status).toBe(201);
    const refused = await registryError(await web.putManifest('refused', { ...large, subject: about }));
    expect(refused).toMatchObject({ status: 400, code: 'MANIFEST_INVALID' });
    expect(refused.message).toContain('64 KiB');
  });

  it.each([
    ['an artifact type', { artifactType: 't'.repeat(1_000_000) }],
    ['a name of an annotation', { annotations: { ['a'.repeat(1_000_000)]: 1 } }],
  ])('%s of a million characters, in few words', async (_, change) => {
    const response = await web.putManifest('x', { ...(await web.newImage('x')), ...change });
    const { status, message } = await registryError(response);
    expect(status).toBe(400);
    expect(message.length).toBeLessThan(1000);
  });

  it('a body that is wrong in thousands of places, in few words', async () => {
    const body = Object.fromEntries(range(3000).map((index) => [`f${index}`, 1]));
    const result = await call(server, '/v1/auth/login', { method: 'POST', body });
    expect([result.status, errorCode(result)]).toEqual([400, 'invalid_request']);
    expect(JSON.stringify(result.body).length).toBeLessThan(4000);
  });

  const storeKeys = (username: string, count: number) => {
    const { id: principal_id } = server.user(username);
    const key = { principal_id, created_at: at, last_used_at: null, revoked_at: null };
    const keys = range(count).map((index) => ({ ...key, kid: kidOf(), x: kidOf(), name: `Key ${index}` }));
    return server.context.write({}, (tx) => tx.insertInto('public_keys').values(keys).execute());
  };

  it('a 51st key', async () => {
    await storeKeys('jonas', 49);
    await registerTestKey(server, 'jonas', await newTestKey());
    await expect(registerTestKey(server, 'jonas', await newTestKey())).rejects.toThrow('409');
  });

  it('a 101st key, by rotations whose old keys stay', async () => {
    const { id } = server.user('priya');
    const old = await newTestKey();
    await registerTestKey(server, 'priya', old);
    await storeKeys('priya', 98);
    const rotate = async () => {
      const next = await newTestKey();
      const body = {
        registration_token: await next.registrationToken(id, server.origin),
        rotation_token: await old.rotationToken(id, server.origin, next.kid),
      };
      return (await call(server, '/v1/keys/rotate', { method: 'POST', body })).status;
    };
    expect([await rotate(), await rotate()]).toEqual([201, 409]);
  });
});
