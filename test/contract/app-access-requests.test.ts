import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { GivenAccess } from '../../contracts/ipc/access-requests.ts';
import { LosingHttp, openAccessApp, type AccessApp } from '../support/access-app.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';

let server: LocalServer;
/** Maya owns acme; Jonas is a member who asks. */
let maya: AccessApp;
let jonas: AccessApp;
const http = new LosingHttp();

beforeAll(async () => {
  server = await startLocalServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  http.onTheWay = () => Promise.resolve(null);
  await server.context.write({}, async (tx) => {
    await tx.deleteFrom('grants').execute();
    await tx.deleteFrom('access_requests').execute();
  });
  maya = await openAccessApp(server, http);
  jonas = await openAccessApp(server, http, 'jonas');
});
afterEach(async () => {
  await Promise.all([maya.parts.dispose(), jonas.parts.dispose()]);
});

const ask = (repository = 'acme/web', until: string | null = null): Promise<string> =>
  jonas.app.accessRequests.ask(jonas.acme.contextId, {
    ...{ repository, actions: ['write'], until, reason: 'For the release' },
  });
const approve = (id: string, replaces: GivenAccess | null = null): Promise<void> =>
  maya.app.accessRequests.approve(maya.acme.contextId, id, { replaces, actions: ['write'], until: null });
const decline = (id: string): Promise<void> =>
  maya.app.accessRequests.decline(maya.acme.contextId, id, 'Not this week');
const mine = () => jonas.app.accessRequests.mine(jonas.acme.contextId);
const waiting = () => maya.app.accessRequests.waiting(maya.acme);
const who = () => `user:${server.user('jonas').id}`;
const mayOfJonas = async () =>
  (await maya.app.access.explain(maya.acme.contextId, who(), 'acme/web')).actions;
const accessLines = ({ parts }: AccessApp) => parts.logged().filter((line) => line.startsWith('access.'));

describe('a request for access', () => {
  it('is asked, counted, seen with its effect, approved, and told to who asked', async () => {
    const requestId = await ask();
    expect(await mine()).toMatchObject([{ id: requestId, state: 'open', reason: 'For the release' }]);
    const counts = await maya.app.accessRequests.counts(maya.acme.contextId);
    const own = { slug: 'maya', name: 'Maya Chen', open: 0 };
    expect(counts).toEqual({ organizations: [{ slug: 'acme', name: 'Acme', open: 1 }, own], isWhole: true });
    const { requests, isWhole } = await waiting();
    const change = { principal: who(), repository: 'acme/web', actions: ['write'], expiresAt: null };
    expect([isWhole, requests]).toMatchObject([
      true,
      [{ id: requestId, by: { name: 'jonas', active: true }, change, replaces: null }],
    ]);
    expect(await mayOfJonas()).not.toContain('write');
    await approve(requestId);
    expect(await mayOfJonas()).toContain('write');
    expect(await mine()).toMatchObject([{ state: 'approved', decided: { by: 'maya', words: null } }]);
    expect(accessLines(jonas)).toEqual(['access.asked | Work | acme/web, write']);
    expect(accessLines(maya)).toEqual(['access.request_approved | Work | jonas, acme/web, write']);
  });

  it('is declined in words, or withdrawn, and then decided no more', async () => {
    const declined = await ask();
    await decline(declined);
    expect(await mine()).toMatchObject([{ state: 'declined', decided: { words: 'Not this week' } }]);
    await expect(approve(declined)).rejects.toMatchObject({ code: 'request_gone' });
    const withdrawn = await ask();
    await jonas.app.accessRequests.withdraw(jonas.acme.contextId, withdrawn);
    await expect(decline(withdrawn)).rejects.toMatchObject({ code: 'request_gone' });
    await expect(jonas.app.accessRequests.withdraw(jonas.acme.contextId, withdrawn)).rejects.toMatchObject({
      code: 'request_gone',
    });
    expect(await waiting()).toEqual({ requests: [], isWhole: true });
  });

  it('is not approved where the grant is another one than was seen, nor of a closed account', async () => {
    const requestId = await ask();
    const seen = { actions: ['read' as const], until: null };
    await expect(approve(requestId, seen)).rejects.toMatchObject({ code: 'access_changed_meanwhile' });
    const status = (to: 'active' | 'disabled') =>
      server.context.write({}, (tx) =>
        tx.updateTable('users').set({ status: to }).where('username', '=', 'jonas').execute(),
      );
    await status('disabled');
    await expect(approve(requestId)).rejects.toMatchObject({ code: 'nobody_found' });
    expect((await waiting()).requests).toMatchObject([{ by: { active: false } }]);
    await status('active');
    expect(await mayOfJonas()).not.toContain('write');
  });

  it('is one of twenty at most, and decided by nobody else', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 20; count++) ids.push(await ask(`acme/r${String(count)}`));
    await expect(ask('acme/one-more')).rejects.toMatchObject({ code: 'too_many_requests_open' });
    expect(await mine()).toHaveLength(20);
    const given = { replaces: null, actions: ['write' as const], until: null };
    const own = jonas.app.accessRequests.approve(jonas.acme.contextId, ids[0] ?? '', given);
    await expect(own).rejects.toMatchObject({ code: 'request_gone' });
    const counts = await jonas.app.accessRequests.counts(jonas.acme.contextId);
    expect(counts).toMatchObject({ organizations: [{ slug: 'jonas', open: 0 }], isWhole: true });
  });
});

describe('an answer that is lost after the server has done it', () => {
  it.each(['ask', 'approve', 'decline', 'withdraw'] as const)('to %s is known all the same', async (deed) => {
    const requestId = deed === 'ask' ? '' : await ask();
    http.loseAfter(({ method, url }) => method !== 'GET' && url.includes('/access/requests'));
    if (deed === 'ask') await ask();
    if (deed === 'approve') await approve(requestId);
    if (deed === 'decline') await decline(requestId);
    if (deed === 'withdraw') await jonas.app.accessRequests.withdraw(jonas.acme.contextId, requestId);
    const states = { ask: ['open'], approve: ['approved'], decline: ['declined'], withdraw: [] };
    expect((await mine()).map(({ state }) => state)).toEqual(states[deed]);
  });

  it('for good is not told as if nothing was done', async () => {
    const requestId = await ask();
    http.onTheWay = async ({ method }, send) => {
      if (method !== 'GET') await send();
      return 'lost';
    };
    await expect(approve(requestId)).rejects.toMatchObject({ code: 'maybe_done' });
    http.onTheWay = () => Promise.resolve(null);
    expect(await mayOfJonas()).toContain('write');
  });
});

it('the review has findings, each with what would mend it', async () => {
  const soon = new Date(Date.now() + 86_400_000).toISOString();
  await approve(await ask('acme/web', soon));
  await server.context.write({}, (tx) => tx.updateTable('grants').set({ expires_at: soon }).execute());
  const { kinds, notedSince } = await maya.app.accessReview.findings(maya.acme);
  expect(Date.parse(notedSince)).not.toBeNaN();
  expect(kinds.find(({ kind }) => kind === 'ending')).toMatchObject({
    total: 1,
    findings: [
      {
        ...{ repository: 'acme/web', group: null, admins: null },
        grant: { principal: { reference: who() }, actions: ['write'], until: soon },
        changes: [{ principal: who(), repository: 'acme/web', actions: ['write'] }],
      },
    ],
  });
});
