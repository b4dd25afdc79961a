import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditPageSchema } from '../../contracts/server-api/artifact-keeper/audit.ts';
import { permissionSchema } from '../../contracts/server-api/artifact-keeper/permissions.ts';
import { tokenPairSchema } from '../../contracts/server-api/artifact-keeper/session.ts';
import type { TokenPair } from '../../contracts/server-api/artifact-keeper/session.ts';
import { openAuditFile } from '../../reference-server/audit/audit-file.ts';
import { artifactKeeperSettings } from '../../reference-server/config/artifact-keeper.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { call, signIn } from '../support/server-client.ts';

let server: LocalServer;
let folder: string;
let path: string;
let maya: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keyhold-audit-'));
  path = join(folder, 'audit.log');
  const artifactKeeper = artifactKeeperSettings({ audit_log_enabled: true, audit_log_path: path });
  server = await startLocalServer({ artifactKeeper });
  maya = await signIn(server, 'maya');
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

const list = async (query: Record<string, string> = {}, token = maya) => {
  const search = new URLSearchParams(query).toString();
  const { body } = await call(server, `/api/v1/admin/audit?${search}`, { token });
  return auditPageSchema.parse(body);
};

/** Something that the log tells of. */
async function happens(count = 1): Promise<void> {
  for (let made = 0; made < count; made++) {
    await server.context.write({ id: 'u_x', name: 'x' }, (_tx, audit) => {
      audit({ action: 'user.created', outcome: 'success', target: `made-${String(made)}` });
    });
  }
  await server.context.auditFile?.settled();
}

async function signInHere(): Promise<TokenPair> {
  const { password } = server.user('maya');
  const { body } = await call(server, '/api/v1/auth/login', { body: { username: 'maya', password } });
  return tokenPairSchema.parse(body);
}

interface Line {
  event_id: string;
  action: string;
  details: Record<string, unknown>;
}

const linesOf = (file: string) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => (line.endsWith('}') ? [JSON.parse(line) as Line] : []));

/** Every event of the database behind the first line's, in their order. */
async function expectWhole(...files: string[]): Promise<void> {
  const ids = files.flatMap(linesOf).map(({ event_id: id }) => Number(id));
  const rows = await server.context.db
    .selectFrom('audit_events')
    .select('seq')
    .where('seq', '>=', ids[0] ?? 0)
    .orderBy('seq')
    .execute();
  expect(ids).toEqual(rows.map(({ seq }) => seq));
}

describe('the audit log of the server', () => {
  it('has Artifact Keeper’s names, and is found by them', async () => {
    const wrong = { username: 'maya', password: 'wrong' };
    await call(server, '/api/v1/auth/login', { body: wrong });
    const failed = await list({ action: 'LOGIN_FAILED' });
    expect(failed.items.map(({ action, resource_type }) => [action, resource_type])).toEqual([
      ['LOGIN_FAILED', 'auth'],
    ]);
    expect((await list({ action: 'LOGIN' })).items.every(({ action }) => action === 'LOGIN')).toBe(true);
    const token = (await signInHere()).access_token;
    await call(server, '/api/v1/users/me/tokens', {
      token,
      body: { name: 'CI', scopes: ['repository:read'] },
    });
    expect((await list({ action: 'API_TOKEN_CREATED' })).total).toBe(1);
    expect((await list({ action: 'NOTHING' })).total).toBe(0);
    expect((await list({ correlation_id: 'x' })).total).toBe(0);
  });

  it('tells permissions that were given from those that were taken back', async () => {
    const body = { repository_id: 'acme/web', user_id: server.user('priya').id, permissions: ['read'] };
    const made = await call(server, '/api/v1/permissions', { token: maya, body });
    const { id } = permissionSchema.parse(made.body);
    await call(server, `/api/v1/permissions/${id}`, { method: 'DELETE', token: maya });
    const { items } = await list({ action: 'REPOSITORY_PERMISSION_CHANGED' });
    expect(items.map(({ details }) => details['change'])).toEqual(['removed', 'set']);
    await server.context.auditFile?.settled();
    const written = linesOf(path).filter(({ action }) => action === 'REPOSITORY_PERMISSION_CHANGED');
    expect(written.map(({ details }) => details['change'])).toEqual(['set', 'removed']);
  });

  it('comes in pages with their total', async () => {
    await happens(5);
    const filter = { action: 'USER_CREATED', user_id: 'u_x' };
    const pages = [await list({ ...filter, per_page: '2' }, await adminToken())];
    expect(pages[0]).toMatchObject({ total: 5, page: 1, per_page: 2 });
    pages.push(await list({ ...filter, per_page: '2', page: '3' }, await adminToken()));
    expect(pages.map(({ items }) => items.map((item) => item.resource_id))).toEqual([
      ['made-4', 'made-3'],
      ['made-0'],
    ]);
    const [item] = pages[0]?.items ?? [];
    const between = { ...filter, from: item?.created_at ?? '', to: item?.created_at ?? '' };
    expect((await list(between, await adminToken())).items.map(({ id }) => id)).toContain(item?.id);
  });

  it('shows owners their part and others nothing', async () => {
    expect((await list({ user_id: 'u_x' })).total).toBe(0);
    const { id } = server.user('jonas');
    await server.context.write({}, (tx) => tx.deleteFrom('memberships').where('user_id', '=', id).execute());
    const refused = await call(server, '/api/v1/admin/audit', { token: await signIn(server, 'jonas') });
    expect(refused).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
  });

  it.each(['page=0', 'per_page=x', 'from=yesterday', 'order=asc'])('refuses ?%s', async (query) => {
    const answer = await call(server, `/api/v1/admin/audit?${query}`, { token: maya });
    expect(answer).toMatchObject({ status: 400, body: { code: 'VALIDATION_ERROR' } });
  });

  async function adminToken(): Promise<string> {
    const { id } = server.user('priya');
    await server.context.write({}, (tx) =>
      tx.updateTable('users').set({ role: 'admin' }).where('id', '=', id).execute(),
    );
    return signIn(server, 'priya');
  }
});

describe('the file of the audit log', () => {
  it('has each event once, in their order, for its owner alone', async () => {
    await happens(3);
    await expectWhole(path);
    expect(linesOf(path).at(-1)).toMatchObject({
      action: 'USER_CREATED',
      category: 'audit',
      outcome: 'success',
    });
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('may be moved away at any time', async () => {
    const moved = join(folder, 'audit.log.1');
    renameSync(path, moved);
    await happens(2);
    await expectWhole(moved, path);
  });

  it('goes on where it ended, also behind half a line', async () => {
    appendFileSync(path, '{"schema_version":1,"event_id":"99999');
    const again = await openAuditFile(path, server.context.db);
    await happens();
    again?.follow();
    await again?.settled();
    const ids = linesOf(path).map(({ event_id: id }) => id);
    // Both have written it: the server's own, and the one that was opened anew.
    expect(new Set(ids.slice(-2)).size).toBe(1);
    expect(ids).not.toContain('99999');
  });

  it('gets what happened while nobody wrote it', async () => {
    const own = join(folder, 'later.log');
    const first = await openAuditFile(own, server.context.db);
    await happens();
    first?.follow();
    await first?.settled();
    await happens(3);
    const second = await openAuditFile(own, server.context.db);
    await happens();
    second?.follow();
    await second?.settled();
    expect(linesOf(own)).toHaveLength(5);
    await expectWhole(own);
  });

  it('gets later what a full disk has kept from it', async () => {
    const own = join(folder, 'full.log');
    symlinkSync('/dev/full', own);
    const file = await openAuditFile(own, server.context.db);
    await happens(2);
    file?.follow();
    await file?.settled();
    rmSync(own);
    await happens();
    file?.follow();
    await file?.settled();
    expect(linesOf(own)).toHaveLength(3);
  });

  it('that cannot be written to is a sentence at start', async () => {
    await expect(openAuditFile('/nowhere/audit.log', server.context.db)).rejects.toThrow(
      'The file of the audit log /nowhere/audit.log cannot be written to (ENOENT). Correct AUDIT_LOG_PATH.',
    );
  });
});
