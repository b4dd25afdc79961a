import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AccessChangeRequest } from '../../contracts/ipc/access.ts';
import { batchesPath } from '../../contracts/server-api/index.ts';
import type { HttpRequest } from '../../main/core/ports/http.ts';
import { capabilitiesOf } from '../../main/core/service/dialects/capabilities.ts';
import { LosingHttp, openAccessApp, type AccessApp } from '../support/access-app.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { newPerson } from '../support/organization.ts';

let server: LocalServer;
let parts: AccessApp['parts'];
let app: AccessApp['app'];
/** Maya owns acme; the context is signed in by her key. */
let acme: AccessApp['acme'];
const http = new LosingHttp();

beforeAll(async () => {
  server = await startLocalServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  http.onTheWay = () => Promise.resolve(null);
  ({ parts, app, acme } = await openAccessApp(server, http));
});
afterEach(async () => {
  await server.context.write({}, (tx) => tx.deleteFrom('grants').execute());
  await parts.dispose();
});

const userOf = (name: string) => `user:${server.user(name).id}`;
const give = (
  who: string,
  actions: AccessChangeRequest['actions'],
  expiresAt: string | null = null,
): AccessChangeRequest => ({ principal: userOf(who), repository: 'acme/web', actions, expiresAt });
const sole = { after: null, count: 1 };

async function apply(changes: AccessChangeRequest[], version?: string, key = randomUUID()) {
  const seen = await app.access.cells(acme, { principals: sole, repositories: sole });
  return app.batches.apply(acme, { changes, version: version ?? seen.version, key });
}
async function made(changes: AccessChangeRequest[]): Promise<string> {
  const outcome = await apply(changes);
  if (outcome.kind !== 'done') throw new Error(outcome.kind);
  return outcome.batchId;
}
const mayOf = async (who: string) =>
  (await app.access.explain(acme.contextId, userOf(who), 'acme/web')).actions;
const isBatch = ({ method, url }: HttpRequest): boolean => method === 'POST' && url.endsWith(batchesPath);

describe('access of a service', () => {
  it('is found by what the service says of itself', () => {
    const { dialects } = parts.contexts.get(acme.contextId);
    expect(dialects).toContain('access');
    expect(parts.contexts.summary(acme.contextId).capabilities).toContain('access');
    const none = { hasRegistry: true, dashboardUrl: null, credential: 'session', apiKey: null } as const;
    expect(capabilitiesOf({ ...none, dialects: ['keyhold'] } as never)).not.toContain('access');
  });

  it('has sides, cells and lists that agree with each explanation', async () => {
    await made([give('jonas', ['read', 'write'])]);
    const { principals, repositories, isWhole } = await app.access.sides(acme);
    expect(isWhole).toBe(true);
    const cells = await app.access.cells(acme, {
      principals: { after: null, count: principals.length },
      repositories: { after: null, count: repositories.length },
    });
    expect(cells.principals).toEqual(principals.map(({ reference }) => reference));
    expect(cells.repositories).toEqual(repositories.map(({ name }) => name));
    const { holders } = await app.accessLists.whoCan(acme, 'acme/web');
    for (const { principal, actions } of holders) {
      expect([principal.reference, actions]).toEqual([
        principal.reference,
        (await app.access.explain(acme.contextId, principal.reference, 'acme/web')).actions,
      ]);
    }
    const jonas = await app.accessLists.whatCan(acme, userOf('jonas'));
    expect(jonas.repositories).toContainEqual(
      expect.objectContaining({ name: 'acme/web', actions: ['read', 'write'], direct: ['read', 'write'] }),
    );
    const none = 'user:u_aaaaaaaaaaaaaaaaaaaaaaaaaa';
    await expect(app.access.explain(acme.contextId, none, 'acme/web')).rejects.toMatchObject({
      code: 'nobody_found',
    });
    await expect(app.access.explain(acme.contextId, userOf('jonas'), 'acme/none')).rejects.toMatchObject({
      code: 'repository_gone',
    });
    await expect(app.accessLists.whatCan(acme, none)).rejects.toMatchObject({ code: 'nobody_found' });
  });

  it('goes on behind names from right to left and of a hundred characters', async () => {
    for (const username of [`مستخدم-${randomUUID()}`, `${'ü'.repeat(90)}-${randomUUID().slice(0, 8)}`]) {
      const { id } = await newPerson(server, { username });
      await server.context.write({}, async (tx) => {
        const org = await tx
          .selectFrom('organizations')
          .select('id')
          .where('slug', '=', 'acme')
          .executeTakeFirstOrThrow();
        const created_at = new Date().toISOString();
        await tx
          .insertInto('memberships')
          .values({ org_id: org.id, user_id: id, role: 'member', created_at })
          .execute();
      });
    }
    const { principals } = await app.access.sides(acme);
    const read: string[] = [];
    for (const [index] of principals.entries()) {
      const after = principals[index - 1] ?? null;
      const page = await app.access.cells(acme, { principals: { after, count: 1 }, repositories: sole });
      read.push(...page.principals);
    }
    expect(read).toEqual(principals.map(({ reference }) => reference));
  });
});

describe('changes', () => {
  it('are looked at, made, undone, and the undo is undone', async () => {
    const change = give('jonas', ['read', 'write']);
    const preview = await app.access.preview(acme, [change]);
    expect(preview.gains).toMatchObject([{ principal: { name: 'jonas' }, actions: ['read', 'write'] }]);
    expect(await mayOf('jonas')).not.toContain('write');
    const batch = await made([change]);
    expect(await mayOf('jonas')).toContain('write');
    const undo = await app.batches.undo(acme, batch);
    expect(await mayOf('jonas')).not.toContain('write');
    expect(await app.batches.undo(acme, batch)).toEqual({ kind: 'undone_already' });
    if (undo.kind !== 'done') throw new Error(undo.kind);
    expect(await app.batches.undo(acme, undo.batchId)).toMatchObject({ kind: 'done' });
    expect(await mayOf('jonas')).toContain('write');
    const [latest] = await app.batches.batches(acme);
    expect(latest).toMatchObject({ isUndo: true, isUndone: false, changes: 1 });
    await expect(app.batches.undo(acme, `bat_${'a'.repeat(26)}`)).rejects.toMatchObject({
      code: 'batch_gone',
    });
    expect(parts.logged().filter((line) => line.startsWith('access.'))).toHaveLength(3);
  });

  it('that another admin made of the same cell meanwhile are named, and nothing is done', async () => {
    const { version } = await app.access.cells(acme, { principals: sole, repositories: sole });
    const batch = await made([give('jonas', ['read'])]);
    const outcome = await apply([give('jonas', ['write']), give('priya', ['read'])], version);
    expect(outcome).toMatchObject({
      kind: 'changed_meanwhile',
      cells: [{ repository: 'acme/web', actions: ['read'], changedBy: 'maya', principal: { name: 'jonas' } }],
    });
    expect(await mayOf('priya')).toEqual([]);
    // Of another cell they are in nobody's way.
    expect(await apply([give('priya', ['read'])], version)).toMatchObject({ kind: 'done' });
    await made([give('jonas', ['read', 'write'])]);
    expect(await app.batches.undo(acme, batch)).toMatchObject({
      kind: 'changed_meanwhile',
      cells: [{ principal: { name: 'jonas' } }],
    });
  });

  it.each([
    ['nobody_found', { principal: 'user:u_aaaaaaaaaaaaaaaaaaaaaaaaaa' }],
    ['repository_gone', { repository: 'acme/none' }],
    ['expiry_passed', { expiresAt: '2020-01-01T00:00:00.000Z' }],
  ])('of which one cannot be made are not made: %s', async (code, facts) => {
    const changes = [give('jonas', ['write']), { ...give('priya', ['read']), ...facts }];
    await expect(apply(changes)).rejects.toMatchObject({ code });
    expect(await mayOf('jonas')).not.toContain('write');
  });

  it('of more than a thousand at once are refused whole', async () => {
    const changes = Array.from({ length: 1001 }, () => give('jonas', ['read']));
    const before = await app.batches.batches(acme);
    await expect(apply(changes)).rejects.toMatchObject({ code: 'service_refused' });
    expect(await app.batches.batches(acme)).toEqual(before);
    expect(await mayOf('jonas')).not.toContain('read');
  });
});

describe('a server that is gone in the middle', () => {
  it('after it has made the changes: the app knows that they are made, once', async () => {
    http.onTheWay = async (request, send) => {
      if (!isBatch(request)) return null;
      await send();
      return 'lost';
    };
    expect(await apply([give('jonas', ['write'])])).toMatchObject({ kind: 'done' });
    expect(await mayOf('jonas')).toEqual(['write']);
  });

  it('before it has made them: they are sent once more', async () => {
    let lost = 0;
    http.onTheWay = (request) => Promise.resolve(isBatch(request) && ++lost === 1 ? 'lost' : null);
    const count = (await app.batches.batches(acme)).length;
    expect(await apply([give('jonas', ['write'])])).toMatchObject({ kind: 'done' });
    expect((await app.batches.batches(acme)).length).toBe(Math.min(10, count + 1));
  });

  it.each([true, false])('for good: the app says that it does not know (made: %s)', async (isMade) => {
    const key = randomUUID();
    const { version } = await app.access.cells(acme, { principals: sole, repositories: sole });
    const changes = [give('jonas', ['write'])];
    http.onTheWay = async (request, send) => {
      if (isBatch(request) && isMade) await send();
      return 'lost';
    };
    expect(await app.batches.apply(acme, { changes, version, key })).toEqual({ kind: 'unknown' });
    http.onTheWay = () => Promise.resolve(null);
    expect(await mayOf('jonas')).toEqual(isMade ? ['write'] : []);
    // Sent again by the same key it is made once.
    expect(await app.batches.apply(acme, { changes, version, key })).toMatchObject({ kind: 'done' });
    expect(await mayOf('jonas')).toEqual(['write']);
  });
});
