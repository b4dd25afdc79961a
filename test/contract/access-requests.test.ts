import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { randomUUID } from 'node:crypto';
import { previewSchema } from '../../contracts/server-api/access/batches.ts';
import { explanationSchema } from '../../contracts/server-api/access/primitives.ts';
import { auditPageSchema } from '../../contracts/server-api/audit.ts';
import type { RepositoryAction } from '../../contracts/server-api/repositories.ts';
import { readActions, repositoryActions } from '../../reference-server/db/grant-columns.ts';
import { AskedRequests, later, newAskingWorld } from '../support/asked-requests.ts';
import { bearerHeader } from '../support/credential-holders.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { newPerson } from '../support/organization.ts';
import { because, call, errorCode } from '../support/server-client.ts';

let server: LocalServer;
let requests: AskedRequests;
beforeAll(async () => {
  server = await startLocalServer();
  requests = new AskedRequests(server);
});
afterAll(() => server.stop());

async function grantsOf(userId: string) {
  const rows = await server.context.db
    .selectFrom('grants')
    .innerJoin('repositories', 'repositories.id', 'repository_id')
    .select(['full_name', 'actions', 'expires_at', 'created_by'])
    .where('principal_id', '=', userId)
    .where('effect', '=', 'allow')
    .orderBy('full_name')
    .execute();
  return rows;
}

describe('a request for access', () => {
  it('is shown to those who can give it, with the change that approving makes', async () => {
    const { org, access, repositories, ada, ben, dana, web } = await newAskingWorld(server);
    await access.grant(repositories.web, dana.id, ['read']);
    const until = later(3);
    const asked = await requests.ask(dana.token, web, { until, reason: 'to release 2.0' });
    const by = { reference: `user:${dana.id}`, name: dana.username, email: dana.email, active: true };
    expect(asked).toMatchObject({
      ...{ repository: web, actions: ['write'], until, reason: 'to release 2.0', by },
      ...{ state: 'open', decided: null },
    });
    expect(await requests.list(dana.token, { mine: 'true' })).toEqual([asked]);
    expect(await requests.list(dana.token)).toEqual([asked]);
    expect(await requests.list(ben.token, { mine: 'true' })).toEqual([]);
    expect(await requests.list(ada.token, { org })).toEqual([
      {
        ...asked,
        change: {
          ...{ principal: `user:${dana.id}`, repository: web },
          ...{ actions: ['read', 'write'], expires_at: until },
        },
        replaces: { actions: ['read'], until: null },
      },
    ]);
    const replaces = { actions: ['read'], until: null };
    const { status, body } = await requests.approve(ada.token, asked.id, { replaces });
    expect([status, body]).toMatchObject([
      200,
      { id: asked.id, state: 'approved', decided: { by: ada.username, words: null } },
    ]);
    expect(await grantsOf(dana.id)).toEqual([
      { full_name: web, actions: 'read,write', expires_at: until, created_by: ada.id },
    ]);
    expect(await requests.list(ada.token, { org })).toEqual([]);
    expect(await requests.list(dana.token)).toMatchObject([{ id: asked.id, state: 'approved' }]);
  });

  it('has the effect that its change has in a preview, and counts as a change of that cell', async () => {
    const { org, access, repositories, ada, dana, web } = await newAskingWorld(server);
    await access.grant(repositories.web, dana.id, ['read']);
    const asked = await requests.ask(dana.token, web, { actions: ['write', 'delete'], until: later(3) });
    const [pending] = await requests.list(ada.token, { org });
    const batch = { org, changes: [pending?.change] };
    const preview = await call(server, '/v1/access/preview', { token: ada.token, body: batch });
    const { version, gains, loses, refused } = previewSchema.parse(preview.body);
    expect([gains.length, loses, refused]).toEqual([1, [], []]);
    await requests.approve(ada.token, asked.id, { replaces: pending?.replaces });
    const query = new URLSearchParams({ principal: `user:${dana.id}`, repository: web }).toString();
    const told = await call(server, `/v1/access/explain?${query}`, { token: ada.token });
    expect(explanationSchema.parse(told.body).actions).toEqual(gains[0]?.after);
    const late = await fetch(`${server.origin}/v1/access/batches`, {
      method: 'POST',
      headers: {
        ...bearerHeader(ada.token),
        ...{ 'content-type': 'application/json', 'if-match': `"${version}"` },
        'idempotency-key': randomUUID(),
      },
      body: JSON.stringify(batch),
    });
    expect([late.status, await late.json()]).toMatchObject([
      412,
      { error: { details: { cells: [{ repository: web, changed_by: ada.username }] } } },
    ]);
  });

  it('is declined with words, or withdrawn', async () => {
    const { org, ada, dana, web, api } = await newAskingWorld(server);
    const first = await requests.ask(dana.token, web);
    const { body } = await requests.decline(ada.token, first.id, 'ask the team first');
    const decided = { by: ada.username, words: 'ask the team first' };
    expect(body).toMatchObject({ state: 'declined', decided });
    expect(await requests.list(dana.token)).toMatchObject([{ id: first.id, state: 'declined', decided }]);
    const second = await requests.ask(dana.token, api);
    expect((await requests.withdraw(dana.token, second.id)).status).toBe(204);
    expect(errorCode(await requests.withdraw(dana.token, second.id))).toBe('not_found');
    expect(errorCode(await requests.withdraw(dana.token, first.id))).toBe('not_found');
    expect(await requests.list(ada.token, { org })).toEqual([]);
    expect(await grantsOf(dana.id)).toEqual([]);
  });

  it('takes the place of an earlier one about the same repository', async () => {
    const { org, ada, dana, web } = await newAskingWorld(server);
    const first = await requests.ask(dana.token, web, { actions: ['read'] });
    const many = await Promise.all(
      repositoryActions.map((action) => requests.ask(dana.token, web, { actions: [action] })),
    );
    const [left, ...others] = await requests.list(ada.token, { org });
    expect(others).toEqual([]);
    expect(many.map(({ id }) => id)).toContain(left?.id);
    expect(errorCode(await requests.approve(ada.token, first.id))).toBe('not_found');
  });

  it('keeps its end, and that of its grant, in the one form in which ends are compared', async () => {
    const { ada, dana, web } = await newAskingWorld(server);
    const second = (days: number) => later(days).replace(/\.\d+Z$/, '');
    const [until, expires] = [second(3), second(4)];
    const asked = await requests.ask(dana.token, web, { until: `${until}Z` });
    expect(asked.until).toBe(`${until}.000Z`);
    await requests.approve(ada.token, asked.id, { expires_at: `${expires}Z` });
    expect(await grantsOf(dana.id)).toMatchObject([{ expires_at: `${expires}.000Z` }]);
  });

  it('comes in pages, to those with the right admin for what they administer alone', async () => {
    const { org, access, repositories, ada, ben, web, api } = await newAskingWorld(server);
    const people = [await newPerson(server), await newPerson(server), await newPerson(server)];
    for (const { token } of people) {
      await requests.ask(token, web);
      await requests.ask(token, api);
    }
    const all = await requests.list(ada.token, { org });
    expect(all.map(({ repository }) => repository)).toEqual([web, api, web, api, web, api]);
    const seen: string[] = [];
    for (let after: string | undefined = ''; after !== undefined;) {
      const page = await requests.page(ada.token, { org, limit: '2', after });
      seen.push(...page.requests.map(({ id }) => id));
      after = page.next;
    }
    expect(seen).toEqual(all.map(({ id }) => id));
    await access.grant(repositories.api, ben.id, ['admin']);
    await access.grant(repositories.web, ben.id, ['read', 'write']);
    const bens = await requests.list(ben.token, { org });
    expect(bens).toEqual(all.filter(({ repository }) => repository === api));
    const mine = await requests.page(people[0]?.token ?? '', { limit: '1' });
    const next = await requests.page(people[0]?.token ?? '', { limit: '1', after: mine.next ?? '' });
    expect([...mine.requests, ...next.requests].map(({ repository }) => repository)).toEqual([api, web]);
    expect(next.next).toBeUndefined();
  });

  it('stands in the audit log of the organization with each decision', async () => {
    const { team, ada, dana, web, api } = await newAskingWorld(server);
    const [first, second] = [await requests.ask(dana.token, web), await requests.ask(dana.token, api)];
    await requests.withdraw(dana.token, second.id);
    await requests.approve(ada.token, first.id);
    const third = await requests.ask(dana.token, api);
    await requests.decline(ada.token, third.id, 'no');
    const { body } = await call(server, '/v1/audit?limit=7', { token: ada.token });
    const events = auditPageSchema.parse(body).events.filter(({ org }) => org === team.slug);
    expect(events.map(({ action, actor_name, target }) => [action, actor_name, target])).toEqual([
      ['access-request.declined', ada.username, api],
      ['access-request.made', dana.username, api],
      ['access-request.approved', ada.username, web],
      ['grant.set', ada.username, web],
      ['access-request.withdrawn', dana.username, api],
      ['access-request.made', dana.username, api],
      ['access-request.made', dana.username, web],
    ]);
    expect(events[0]?.details).toEqual({ request: third.id, user: dana.id, reason: 'no' });
    expect(events.at(-1)?.details).toMatchObject({
      request: first.id,
      actions: 'write',
      reason: 'to release',
    });
  });
});

describe('an approval', () => {
  it('gives what was asked for or named, beside what was given before, until the end that is named', async () => {
    const { org, access, repositories, ada, dana, web } = await newAskingWorld(server);
    const some = fc.subarray<RepositoryAction>([...repositoryActions], { minLength: 1 });
    const end = fc.option(fc.integer({ min: 1, max: 30 }).map(later), { nil: undefined });
    const cases = fc.record({
      asked: some,
      until: end,
      before: fc.option(fc.record({ actions: some, end: fc.option(fc.constantFrom(later(-1), later(2))) })),
      named: fc.option(some, { nil: undefined }),
      namedEnd: fc.option(fc.option(fc.constantFrom(later(4), later(50))), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ asked, until, before, named, namedEnd }) => {
        server.context.accessRequests.forget(dana.id);
        await server.context.write({}, (tx) =>
          tx.deleteFrom('grants').where('principal_id', '=', dana.id).execute(),
        );
        if (before !== null)
          await access.grant(repositories.web, dana.id, before.actions, { expires_at: before.end });
        const { id } = await requests.ask(dana.token, web, { actions: asked, until });
        const [pending] = await requests.list(ada.token, { org });
        const isWhole = named === undefined && namedEnd === undefined;
        const replaces = pending?.replaces ?? null;
        const body = {
          replaces,
          actions: named,
          ...(namedEnd === undefined ? {} : { expires_at: namedEnd }),
        };
        expect((await requests.approve(ada.token, id, body)).status).toBe(200);
        const [grant, ...others] = await grantsOf(dana.id);
        expect(others).toEqual([]);
        const lasting = before === null || before.end === later(-1) || (before.end ?? '9') < later(0);
        const kept = lasting ? [] : before.actions;
        const expected = repositoryActions.filter((each) => [...kept, ...(named ?? asked)].includes(each));
        expect(readActions(grant?.actions ?? '')).toEqual(expected);
        expect(grant?.expires_at ?? null).toBe((namedEnd === undefined ? until : namedEnd) ?? null);
        if (!isWhole) return;
        const { actions, expires_at: shown = null } = pending?.change ?? {};
        expect([actions, shown]).toEqual([expected, grant?.expires_at]);
      }),
      { numRuns: 40 },
    );
  });

  it('is refused where it no longer can be, and changes nothing then', async () => {
    const { team, access, repositories, ada, ben, dana, web, api } = await newAskingWorld(server);
    const asked = await requests.ask(dana.token, web);
    await access.grant(repositories.web, ben.id, ['admin']);
    const users = (status: 'active' | 'disabled') =>
      server.context.write({}, (tx) =>
        tx.updateTable('users').set({ status }).where('id', '=', dana.id).execute(),
      );
    const refused = async (token: string, id = asked.id, body: object = {}) => {
      const result = await requests.approve(token, id, body);
      expect(await grantsOf(dana.id)).toEqual([]);
      return `${String(result.status)} ${because(result)}`;
    };
    await users('disabled');
    expect(await refused(ada.token)).toBe('409 account_closed');
    expect(await requests.list(ada.token, { org: team.slug })).toMatchObject([{ by: { active: false } }]);
    await users('active');
    expect(await refused(ada.token, asked.id, { expires_at: later(-1) })).toBe('400 invalid_request');
    expect(await refused(ada.token, asked.id, { actions: [] })).toBe('400 invalid_request');
    await server.context.write({}, (tx) =>
      tx.updateTable('grants').set({ actions: 'read' }).where('principal_id', '=', ben.id).execute(),
    );
    expect(await refused(ben.token)).toBe('403 role_insufficient');
    expect(errorCode(await requests.decline(ben.token, asked.id))).toBe('role_insufficient');
    const gone = await requests.ask(dana.token, api);
    await server.context.write({}, (tx) =>
      tx.deleteFrom('repositories').where('full_name', '=', api).execute(),
    );
    expect(await refused(ada.token, gone.id)).toBe('404 not_found');
    expect(await requests.list(ada.token, { org: team.slug })).toMatchObject([{ id: asked.id }]);
    expect((await requests.decline(ada.token, asked.id)).status).toBe(200);
    expect(await refused(ada.token)).toBe('409 request_declined');
    expect(because(await requests.decline(ada.token, asked.id))).toBe('request_declined');
  });

  it('and a declining are refused to whom the right was taken while they sent it', async () => {
    const { access, repositories, ben, dana, web } = await newAskingWorld(server);
    const { id } = await requests.ask(dana.token, web);
    for (const deed of ['approve', 'decline'] as const) {
      const grant = await access.grant(repositories.web, ben.id, ['read', 'admin']);
      const plain = server.context.write;
      const write = vi.spyOn(server.context, 'write').mockImplementationOnce(async (actor, work) => {
        await plain({}, (tx) =>
          tx.updateTable('grants').set({ actions: 'read' }).where('id', '=', grant).execute(),
        );
        return plain(actor, work);
      });
      const result = await requests[deed](ben.token, id);
      write.mockRestore();
      expect([deed, errorCode(result)]).toEqual([deed, 'role_insufficient']);
      await plain({}, (tx) => tx.deleteFrom('grants').where('id', '=', grant).execute());
    }
    expect(await requests.list(dana.token)).toMatchObject([{ state: 'open' }]);
    expect(await grantsOf(dana.id)).toEqual([]);
  });

  it('makes nothing more or longer than was seen', async () => {
    const { org, access, repositories, ada, dana, web } = await newAskingWorld(server);
    const { id } = await requests.ask(dana.token, web, { actions: ['read'] });
    const [seen] = await requests.list(ada.token, { org });
    expect(seen?.replaces).toBeNull();
    await access.grant(repositories.web, dana.id, ['admin'], { expires_at: later(1) });
    const grants = await grantsOf(dana.id);
    expect(because(await requests.approve(ada.token, id))).toBe('access_changed');
    const [now] = await requests.list(ada.token, { org });
    const other = { actions: now?.replaces?.actions, until: later(2) };
    expect(because(await requests.approve(ada.token, id, { replaces: other }))).toBe('access_changed');
    expect(errorCode(await requests.approve(ada.token, id, { replaces: undefined }))).toBe('invalid_request');
    expect(await grantsOf(dana.id)).toEqual(grants);
    expect((await requests.approve(ada.token, id, { replaces: now?.replaces })).status).toBe(200);
  });

  it('refuses an end that has passed meanwhile, and takes another', async () => {
    const { org, ada, dana, web } = await newAskingWorld(server);
    const asked = await requests.ask(dana.token, web, { until: later(1) });
    const past = later(-1);
    await server.context.write({}, (tx) =>
      tx.updateTable('access_requests').set({ until: past }).where('id', '=', asked.id).execute(),
    );
    const [pending] = await requests.list(ada.token, { org });
    expect(pending?.change).toEqual({ principal: `user:${dana.id}`, repository: web, actions: ['write'] });
    expect(errorCode(await requests.approve(ada.token, asked.id))).toBe('invalid_request');
    expect((await requests.approve(ada.token, asked.id, { expires_at: null })).status).toBe(200);
    expect(await grantsOf(dana.id)).toMatchObject([{ expires_at: null }]);
  });

  it('is made once, however many make it at the same time', async () => {
    const { ada, dana, web } = await newAskingWorld(server);
    const asked = await requests.ask(dana.token, web);
    const results = await Promise.all([
      ...Array.from({ length: 5 }, () => requests.approve(ada.token, asked.id)),
      ...Array.from({ length: 5 }, () => requests.decline(ada.token, asked.id)),
    ]);
    const statuses = results.map(({ status }) => status).toSorted();
    expect(statuses).toEqual([200, ...Array.from({ length: 9 }, () => 409)]);
    const [state] = await requests.list(dana.token);
    expect(await grantsOf(dana.id)).toHaveLength(state?.state === 'approved' ? 1 : 0);
  });
});
