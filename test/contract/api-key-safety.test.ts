import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CreateApiKeyRequest, CreatedApiKey } from '../../contracts/server-api/kisenon/api-keys.ts';
import type { Project } from '../../contracts/server-api/kisenon/projects.ts';
import { createApiKey } from '../../reference-server/identity/api-key-changes.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { writeOciLayout } from '../support/oci-image.ts';
import { defaultBranch, newApiKey, newProject, setRole } from '../support/organization-samples.ts';
import { hasTool, runTool } from '../support/registry-tools.ts';
import { call, errorCode, signIn } from '../support/server-client.ts';
import type { CallResult } from '../support/server-client.ts';

let server: LocalServer;
let maya: string;
let jonas: string;
let shop: Project;
beforeAll(async () => {
  server = await startLocalServer();
  maya = await signIn(server, 'maya');
  jonas = await signIn(server, 'jonas');
  shop = await newProject(server, maya, 'shop');
});
afterAll(() => server.stop());
beforeEach(() => {
  vi.restoreAllMocks();
});

const whoami = (token: string) => call(server, '/v1/whoami', { token });
const refusal = (result: CallResult) => [result.status, errorCode(result)];
const revoke = (id: string, token: string) => call(server, `/v1/api-keys/${id}`, { method: 'DELETE', token });
const days = (count: number) => new Date(Date.now() + count * 24 * 3600_000).toISOString();
const unknownKey = () => `nsk_${randomBytes(32).toString('base64url')}`;

async function readAudit() {
  const { body } = await call(server, '/v1/audit?limit=100', { token: maya });
  return (body as { events: { action: string; target: string | null; details: object }[] }).events;
}
/** All of the log, whoever may read it. */
const wholeAudit = () =>
  server.context.db.selectFrom('audit_events').selectAll().orderBy('seq', 'desc').execute();

async function living(keys: readonly CreatedApiKey[]): Promise<boolean[]> {
  return Promise.all(keys.map(async ({ secret }) => (await whoami(secret)).status === 200));
}

describe('a key that makes keys', () => {
  it('makes none that lives longer than itself', async () => {
    const end = days(7);
    const maker = await newApiKey(server, jonas, { expires_at: end });
    expect((await newApiKey(server, maker.secret)).expires_at).toBe(end);
    expect((await newApiKey(server, maker.secret, { expires_at: days(6) })).capability).toBe('read_write');
    const later = await call(server, '/v1/api-keys/', {
      ...{ token: maker.secret, body: { name: 'x', expires_at: days(8) } },
    });
    expect(refusal(later)).toEqual([400, 'invalid_request']);
    const grandchild = await newApiKey(server, (await newApiKey(server, maker.secret)).secret);
    expect(grandchild.expires_at).toBe(end);
    await revoke(maker.id, jonas);
  });

  it('takes those with it when it is revoked, and theirs, and no others', async () => {
    const root = await newApiKey(server, jonas, { name: 'root' });
    const child = await newApiKey(server, root.secret, { name: 'child' });
    const sibling = await newApiKey(server, root.secret, { name: 'sibling', capability: 'read' });
    const grandchild = await newApiKey(server, child.secret, {
      ...{ name: 'grandchild', scope: { kind: 'project', ids: [shop.id] } },
    });
    const other = await newApiKey(server, jonas, { name: 'other' });
    const all = [root, child, sibling, grandchild, other];
    await revoke(child.id, jonas);
    expect(await living(all)).toEqual([true, false, true, false, true]);
    await revoke(root.id, root.secret);
    expect(await living(all)).toEqual([false, false, false, false, true]);
    const revoked = (await readAudit()).filter(({ action }) => action === 'api-key.revoked').slice(0, 4);
    expect(revoked.map(({ details }) => details).toReversed()).toEqual([
      ...[{ name: 'child' }, { name: 'grandchild', with: child.id }],
      ...[{ name: 'root' }, { name: 'sibling', with: root.id }].map((each) => ({
        ...each,
        api_key: root.id,
      })),
    ]);
    await revoke(other.id, jonas);
  });

  it('leaves nothing alive that was made while it was revoked', async () => {
    const root = await newApiKey(server, jonas);
    const child = await newApiKey(server, root.secret);
    const tries = Array.from({ length: 30 }, (_, at) =>
      at === 12
        ? revoke(root.id, jonas)
        : call(server, '/v1/api-keys/', {
            ...{ token: at % 2 === 0 ? root.secret : child.secret, body: { name: `late-${String(at)}` } },
          }),
    );
    const results = await Promise.all(tries);
    expect(results.map(({ status }) => status).filter((status) => ![201, 204, 401].includes(status))).toEqual(
      [],
    );
    const secrets = results.flatMap(({ body }) => (body as { secret?: string } | undefined)?.secret ?? []);
    const statuses = await Promise.all(secrets.map(async (secret) => (await whoami(secret)).status));
    expect(statuses.filter((status) => status !== 401)).toEqual([]);
    const { body } = await call(server, '/v1/api-keys/?search=late-', { token: maya });
    expect(body).toEqual({ api_keys: [] });
    // Let in before it was revoked, and served after.
    const org = await server.context.db
      .selectFrom('organizations')
      .select(['id', 'slug'])
      .where('slug', '=', 'acme')
      .executeTakeFirstOrThrow();
    const key = { name: 'late', scope: { kind: 'org' }, capability: 'read', expiresAt: null } as const;
    const actor = { id: server.user('jonas').id, name: 'jonas' };
    await expect(
      createApiKey(server.context, { ...org, role: 'member' }, key, root.id, actor),
    ).rejects.toMatchObject({ code: 'key_revoked' });
  });

  it('makes none beyond its scope and capability', async () => {
    const scope = { kind: 'project' as const, ids: [shop.id] };
    const narrow = await newApiKey(server, maya, { scope });
    const tried = await call(server, '/v1/api-keys/', { token: narrow.secret, body: { name: 'x', scope } });
    expect(refusal(tried)).toEqual([403, 'scope_insufficient']);
    for (const capability of ['read', 'agent'] as const) {
      const { secret } = await newApiKey(server, maya, { capability });
      const refused = await call(server, '/v1/api-keys/', { token: secret, body: { name: 'x', capability } });
      expect(refusal(refused)).toEqual([403, 'capability_insufficient']);
    }
  });
});

describe('a member who goes', () => {
  it('takes the keys along, for good, also where the database alone ended the membership', async () => {
    const key = await newApiKey(server, jonas);
    const of = await whoami(key.secret);
    expect(of.status).toBe(200);
    await setRole(server, 'jonas', null);
    expect(refusal(await whoami(key.secret))).toEqual([401, 'key_revoked']);
    const shown = await call(server, '/v1/api-keys/', { token: maya });
    expect(JSON.stringify(shown.body)).not.toContain(key.id);
    await setRole(server, 'jonas', 'member');
    const member = server.user('jonas').id;
    const again = await newApiKey(server, jonas);
    const removed = await call(server, `/v1/orgs/acme/members/${member}`, { method: 'DELETE', token: maya });
    expect(removed.status).toBe(204);
    await setRole(server, 'jonas', 'member');
    expect(refusal(await whoami(again.secret))).toEqual([401, 'key_revoked']);
  });

  it('who is made a viewer keeps keys, which do no more than a viewer may', async () => {
    const key = await newApiKey(server, jonas);
    await setRole(server, 'jonas', 'viewer');
    const refused = await call(server, '/v1/projects', { token: key.secret, body: { name: 'no' } });
    expect(refusal(refused)).toEqual([403, 'role_insufficient']);
    expect((await call(server, '/v1/projects', { token: key.secret })).status).toBe(200);
    await setRole(server, 'jonas', 'member');
    expect((await call(server, '/v1/projects', { token: key.secret, body: { name: 'yes' } })).status).toBe(
      201,
    );
    await revoke(key.id, jonas);
  });
});

describe('guessing', () => {
  it('is noted and told to wait, while keys that count work from the same network', async () => {
    const key = await newApiKey(server, jonas);
    const before = (await wholeAudit()).length;
    const results: CallResult[] = [];
    for (let count = 0; count < 20; count += 1) results.push(await whoami(unknownKey()));
    expect(results.map(({ status }) => status)).toEqual([
      ...Array<number>(5).fill(401),
      ...Array<number>(15).fill(429),
    ]);
    const last = results.at(-1);
    expect([last?.headers.get('retry-after'), last?.body]).toMatchObject([
      ...['300', { error: { code: 'rate_limited', details: { retry_after: 300 } } }],
    ]);
    expect((await whoami(key.secret)).status).toBe(200);
    const noted = (await wholeAudit()).slice(0, -before);
    expect(noted.filter(({ action }) => action === 'auth.api_key_refused')).toHaveLength(5);
    const now = Date.now();
    vi.spyOn(server.context, 'now').mockImplementation(() => new Date(now + 301_000));
    server.context.tokenRefusals.forget('unknown API keys 127.0.0.1');
    expect(refusal(await whoami(unknownKey()))).toEqual([401, 'key_revoked']);
  });

  it('with a key that was revoked is noted under its name, a few times', async () => {
    const key = await newApiKey(server, jonas);
    await revoke(key.id, jonas);
    for (let count = 0; count < 20; count += 1) {
      expect(refusal(await whoami(key.secret))).toEqual([401, 'key_revoked']);
    }
    const noted = (await readAudit()).filter(
      ({ action, target }) => action === 'auth.api_key_refused' && target === key.id,
    );
    expect(noted).toHaveLength(5);
    expect(noted[0]?.details).toEqual({ reason: 'revoked' });
  });

  it.each([
    ['one character less', (secret: string) => secret.slice(0, -1)],
    ['one more', (secret: string) => `${secret}A`],
    ['another last character', (secret: string) => secret.slice(0, -1) + (secret.endsWith('A') ? 'B' : 'A')],
    ['upper case', (secret: string) => secret.toUpperCase()],
    ['its prefix alone', (secret: string) => secret.slice(0, 8)],
    ['its hash', () => 'nsk_'.padEnd(47, '0')],
    ['a quote', (secret: string) => `${secret.slice(0, -1)}'`],
    ['16 kilobytes', (secret: string) => secret.padEnd(10_000, 'x')],
  ])('with %s opens nothing', async (_, change) => {
    server.context.tokenRefusals.forget('unknown API keys 127.0.0.1');
    const key = await newApiKey(server, jonas);
    const { status } = await whoami(change(key.secret));
    expect(status).toBe(401);
    await revoke(key.id, jonas);
  });
});

describe('a key where none belongs', () => {
  it('opens nothing in an address, a cookie, another header or as a user name, and is kept nowhere', async () => {
    const { secret } = await newApiKey(server, maya);
    const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });
    const tries: [string, Record<string, string>][] = [
      [`/v1/whoami?api_key=${secret}`, {}],
      [`/v1/whoami?access_token=${secret}`, {}],
      [`/v1/api-keys/${secret}`, {}],
      ['/v1/whoami', { cookie: `keyhold_session_${new URL(server.origin).port}=${secret}` }],
      ['/v1/whoami', { 'x-api-key': secret }],
      ['/v1/whoami', { authorization: secret }],
      ['/v1/whoami', { authorization: `Bearer ${secret} ${secret}` }],
      ['/v1/whoami', basic(`${secret}:`)],
      ['/v2/token', basic(`${secret}:`)],
      ['/v2/token', basic(`${secret}:x`)],
    ];
    for (const [where, headers] of tries) {
      const { status } = await fetch(server.origin + where, { headers, redirect: 'manual' });
      expect([where.replace(secret, '…'), status]).toEqual([
        where.replace(secret, '…'),
        // No such method there.
        where.startsWith('/v1/api-keys/') ? 405 : 401,
      ]);
    }
    expect(JSON.stringify(await wholeAudit())).not.toContain(secret.slice(8));
  });
});

describe('a key at the registry', () => {
  const scopes = ['repository:acme/web:pull,push', 'repository:acme/base:pull,push'];
  async function granted(key: CreatedApiKey): Promise<Record<string, string[]>> {
    const query = scopes.map((scope) => `scope=${scope}`).join('&');
    const password = Buffer.from(`any:${key.secret}`).toString('base64');
    const found: Record<string, string[]>[] = [];
    for (const authorization of [`Basic ${password}`, `Bearer ${key.secret}`]) {
      const response = await fetch(`${server.origin}/v2/token?${query}`, { headers: { authorization } });
      expect(response.status).toBe(200);
      const { token } = (await response.json()) as { token: string };
      const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
        access: { name: string; actions: string[] }[];
      };
      found.push(Object.fromEntries(claims.access.map(({ name, actions }) => [name, actions])));
    }
    expect(found[0]).toEqual(found[1]);
    return found[0] ?? {};
  }

  it('gives within its capability and its user’s role; narrow ones and agents give what is public', async () => {
    const open = { 'acme/base': ['pull'] };
    const both = { 'acme/web': ['pull', 'push'], 'acme/base': ['pull', 'push'] };
    const main = await defaultBranch(server, maya, shop.id);
    expect(await granted(await newApiKey(server, maya))).toEqual(both);
    expect(await granted(await newApiKey(server, maya, { capability: 'read' }))).toEqual({
      ...{ 'acme/web': ['pull'], 'acme/base': ['pull'] },
    });
    const reader = { email: server.user('jonas').email, permission: 'reader' };
    await call(server, '/v1/repos/acme/web/authorizations', { token: maya, body: reader });
    expect(await granted(await newApiKey(server, jonas))).toEqual({ 'acme/web': ['pull'], ...open });
    const narrow: Partial<CreateApiKeyRequest>[] = [
      { capability: 'agent' },
      { scope: { kind: 'project', ids: [shop.id] } },
      { scope: { kind: 'branch', ids: [main.id] } },
    ];
    for (const request of narrow) {
      expect(await granted(await newApiKey(server, maya, request))).toEqual(open);
    }
  });

  describe.skipIf(!hasTool('skopeo'))('with skopeo', () => {
    let home: string;
    let source: string;
    beforeAll(async () => {
      home = await mkdtemp(path.join(tmpdir(), 'keyhold-api-keys-'));
      const files = { 'hello.txt': 'Hello\n' };
      source = (await writeOciLayout(path.join(home, 'image'), { name: 'v1', files })).reference;
    });
    afterAll(() => rm(home, { recursive: true, force: true }));

    const skopeo = (...args: string[]) => runTool(home, 'skopeo', ['--insecure-policy', ...args]);
    const push = ({ secret }: CreatedApiKey) =>
      skopeo(
        ...['copy', '--dest-tls-verify=false', '--dest-creds', `ci:${secret}`],
        ...[source, `docker://${server.host}/acme/web:keys`],
      );
    const inspect = ({ secret }: CreatedApiKey) =>
      skopeo(
        ...['inspect', '--tls-verify=false', '--creds', `ci:${secret}`],
        `docker://${server.host}/acme/web:keys`,
      );

    it('pushes with read_write, pulls with read, and gets nothing with an agent’s or once it is revoked', async () => {
      const writer = await newApiKey(server, maya);
      const reader = await newApiKey(server, maya, { capability: 'read' });
      const agent = await newApiKey(server, maya, { capability: 'agent' });
      const narrow = await newApiKey(server, maya, { scope: { kind: 'project', ids: [shop.id] } });
      expect(await push(writer)).toMatchObject({ code: 0 });
      expect(await inspect(reader)).toMatchObject({ code: 0 });
      for (const result of [
        await push(reader),
        await inspect(agent),
        await inspect(narrow),
        await push(narrow),
      ]) {
        expect(result.code).not.toBe(0);
        expect(result.stderr).toMatch(/denied|unauthorized|authentication required/i);
      }
      await revoke(writer.id, maya);
      const refused = await push(writer);
      expect(refused.code).not.toBe(0);
      expect(refused.stderr).toMatch(/unauthorized|invalid username\/password|authentication required/i);
    });
  });
});
