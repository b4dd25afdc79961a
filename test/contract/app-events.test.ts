import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { organizationLists } from '../../contracts/domain/organization-list.ts';
import { fetchStreams } from '../../main/adapters/http-streams.ts';
import { KnownServices, knownStreams } from '../../main/core/contexts/known-services.ts';
import { addSession, appOrganization, followAsApp } from '../support/app-organization.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { newTeam } from '../support/organization.ts';
import type { Team } from '../support/organization.ts';
import { call } from '../support/server-client.ts';
import { ManualClock } from '../unit/main/signin/manual-clock.ts';
import { signInParts } from '../unit/main/signin/sign-in-parts.ts';
import type { SignInParts } from '../unit/main/signin/sign-in-parts.ts';

let server: LocalServer;
let clock: ManualClock;
let parts: SignInParts;
let team: Team;

beforeAll(async () => {
  server = await startLocalServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  clock = new ManualClock(new Date());
  parts = await signInParts(clock);
  team = await newTeam(server, { o: 'owner', a: 'admin', v: 'viewer' });
});
afterEach(async () => {
  parts.vault.lock();
  await parts.dispose();
});

type Followed = ReturnType<typeof followAsApp>;

/** Follows with a context of the team, once the stream has begun. */
async function follow(name = 'o'): Promise<Followed & { contextId: string }> {
  const followed = followAsApp(parts, clock);
  const contextId = await addSession(parts, server, team.person(name), team.slug);
  await begun(followed);
  clock.advance(200);
  // What was read before the stream began is of a time that it does not know.
  expect(followed.told.splice(0)).toEqual([{ contextId, lists: organizationLists }]);
  return { ...followed, contextId };
}

async function begun({ streams }: Followed, count = 1): Promise<void> {
  await expect.poll(() => streams.answered.length).toBe(count);
  // What tells where to go on from is the first that comes.
  await expect.poll(() => streams.text.split('id: ').length).toBeGreaterThan(count);
}

/** What the window is told after something was done by somebody else, all of it together. */
async function toldOf({ streams, told }: Followed, deed: () => Promise<unknown>): Promise<string[]> {
  const before = { events: streams.events, told: told.length };
  await deed();
  await expect.poll(() => streams.events).toBeGreaterThan(before.events);
  clock.advance(200);
  return told.slice(before.told).flatMap(({ lists }) => lists);
}

const project = (name: string): Promise<unknown> =>
  call(server, '/v1/projects', { token: team.person('o').token, body: { name } });
const invite = (email: string): Promise<unknown> =>
  call(server, `/v1/orgs/${team.slug}/invitations`, {
    token: team.person('o').token,
    body: { emails: [email] },
  });

describe('what others do in the organization', () => {
  it('is told by the lists that are others now', async () => {
    const followed = await follow();
    expect(await toldOf(followed, () => invite('new@people.example'))).toEqual(['invitations']);
    expect(await toldOf(followed, () => project('shop'))).toEqual(expect.arrayContaining(['projects']));
    const member = `/v1/orgs/${team.slug}/members/${team.person('v').id}`;
    const promote = () =>
      call(server, member, { method: 'PATCH', token: team.person('o').token, body: { role: 'member' } });
    expect(await toldOf(followed, promote)).toEqual(['members']);
    const { contextId } = followed;
    expect(new Set(followed.told.map((each) => each.contextId))).toEqual(new Set([contextId]));
    const named = { method: 'PATCH', token: team.person('o').token, body: { name: 'Renamed' } };
    expect(await toldOf(followed, () => call(server, `/v1/orgs/${team.slug}`, named))).toEqual([
      'organization',
    ]);
  });

  it('is told together where it happens together', async () => {
    const followed = await follow();
    for (const index of [1, 2, 3]) await invite(`new-${String(index)}@people.example`);
    await project('web');
    await expect.poll(() => followed.streams.text).toContain('project.changed.v1');
    clock.advance(200);
    expect(followed.told).toHaveLength(1);
    expect(followed.told[0]?.lists).toEqual(expect.arrayContaining(['invitations', 'projects']));
  });

  it('is told also of the time in which the stream was cut', async () => {
    const followed = await follow();
    await toldOf(followed, () => project('first'));
    followed.streams.cut();
    await expect.poll(() => followed.streams.count).toBe(0);
    await expect.poll(() => clock.pending).toBeGreaterThan(0);
    await invite('meanwhile@people.example');
    const lists = await toldOf(followed, async () => {
      clock.advance(5000);
      await begun(followed, 2);
    });
    expect(lists).toContain('invitations');
    expect(followed.streams.asked[1]).toMatchObject({ 'last-event-id': expect.any(String) as string });
  });

  it('is everything where the service does not know any more what came after', async () => {
    const followed = await follow();
    await toldOf(followed, () => project('first'));
    followed.streams.cut();
    await expect.poll(() => clock.pending).toBeGreaterThan(0);
    await server.context.write({}, (tx) => tx.deleteFrom('events').execute());
    const lists = await toldOf(followed, async () => {
      clock.advance(5000);
      await begun(followed, 2);
    });
    expect(lists).toEqual(expect.arrayContaining(['organization', 'members', 'api-keys', 'branches']));
  });

  it('is everything, once, when nobody answers any more, and once more when somebody does again', async () => {
    const followed = await follow();
    await toldOf(followed, () => project('first'));
    followed.told.length = 0;
    followed.streams.down = true;
    followed.streams.cut();
    const asked = async (count: number): Promise<void> => {
      await expect.poll(() => followed.streams.asked.length).toBe(count);
      await expect.poll(() => clock.pending).toBeGreaterThan(0);
    };
    await expect.poll(() => followed.streams.count).toBe(0);
    for (const count of [2, 3, 4]) {
      await expect.poll(() => clock.pending).toBeGreaterThan(0);
      clock.advance(10_000);
      await asked(count);
    }
    clock.advance(200);
    expect(followed.told).toEqual([{ contextId: followed.contextId, lists: organizationLists }]);
    followed.streams.down = false;
    clock.advance(60_000);
    await begun(followed, 2);
    clock.advance(200);
    expect(followed.told.slice(1)).toEqual([{ contextId: followed.contextId, lists: organizationLists }]);
  });

  it('is of the organization that the context acts in, and of the current context', async () => {
    const followed = await follow();
    const app = appOrganization(parts, clock);
    const { slug } = await app.orgs.create(followed.contextId, 'Other', `${team.slug}-other`);
    await app.orgs.switchTo({ contextId: followed.contextId, org: slug });
    await begun(followed, 2);
    expect(followed.streams.count).toBe(1);
    const second = await addSession(parts, server, team.person('v'), team.slug);
    expect(followed.streams.answered).toHaveLength(2);
    parts.contexts.setCurrent(second);
    await begun(followed, 3);
    await toldOf(followed, () => project('seen'));
    expect(followed.told.at(-1)?.contextId).toBe(second);
  });
});

describe('the stream', () => {
  it('ends with a lock, and begins again with the unlock', async () => {
    const followed = await follow();
    parts.vault.lock();
    await expect.poll(() => followed.streams.count).toBe(0);
    clock.advance(3_600_000);
    expect(followed.streams.answered).toHaveLength(1);
    clock.set(new Date());
    await parts.unlock();
    await begun(followed, 2);
  });

  it('is taken for dead once it is silent for 45 seconds, and opened again', async () => {
    const followed = await follow();
    clock.advance(44_000);
    expect(followed.streams.count).toBe(1);
    clock.advance(2000);
    await expect.poll(() => followed.streams.count).toBe(0);
    await expect.poll(() => clock.pending).toBeGreaterThan(0);
    clock.advance(5000);
    await begun(followed, 2);
  });

  it('is not asked for again where the credential may not, until the context changes', async () => {
    const owner = await addSession(parts, server, team.person('o'), team.slug);
    const app = appOrganization(parts, clock);
    const { id } = await app.projects.create(owner, 'shop', 'main');
    const scope = { kind: 'project' as const, ids: [id] };
    const { heldId } = await app.apiKeys.create(owner, {
      name: 'ci',
      scope,
      capability: 'read',
      expiresAt: null,
    });
    const narrow = await app.apiKeys.saveAsContext(heldId, 'Narrow');
    parts.contexts.setCurrent(narrow.id);
    const followed = followAsApp(parts, clock);
    parts.contexts.announce();
    await expect.poll(() => followed.streams.answered).toEqual([403]);
    clock.advance(3_600_000);
    parts.contexts.announce();
    expect(followed.streams.asked).toHaveLength(1);
    parts.contexts.setCurrent(owner);
    await expect.poll(() => followed.streams.answered).toEqual([403, 200]);
  });

  it('is tried for more and more seldom while the service does not answer', async () => {
    const gone = await startLocalServer();
    const away = await newTeam(gone, { o: 'owner' });
    await addSession(parts, gone, away.person('o'), away.slug);
    await gone.stop();
    const followed = followAsApp(parts, clock);
    parts.contexts.announce();
    const tries = async (count: number): Promise<void> => {
      await expect.poll(() => followed.streams.asked.length).toBe(count);
      await expect.poll(() => clock.pending).toBeGreaterThan(0);
    };
    for (const [index, ms] of [1200, 2400, 4800, 9600].entries()) {
      await tries(index + 1);
      clock.advance(ms);
    }
    await tries(5);
    // Another second is not enough any more.
    clock.advance(1200);
    expect(followed.streams.asked).toHaveLength(5);
  });

  it('goes to no service that is not known', async () => {
    const services = new KnownServices({ vault: parts.vault, ask: () => Promise.resolve(true), clock });
    const streams = knownStreams(fetchStreams(fetch), services);
    const request = { method: 'GET', timeoutMs: 1000, signal: new AbortController().signal } as const;
    const refused = streams.open({ ...request, url: `${server.origin}/v1/events` });
    await expect(refused).rejects.toThrow('not a known service');
  });
});

describe('whatever answers', () => {
  let hostile: Server;
  let answer: { status: number; type: string; body: string; endless?: true } = {
    status: 200,
    type: '',
    body: '',
  };
  let origin: string;
  beforeAll(async () => {
    hostile = createServer((_request, response) => {
      response.writeHead(answer.status, { 'content-type': answer.type, location: 'http://127.0.0.1:1/' });
      response.write(answer.body);
      if (answer.status !== 200 && answer.endless !== true) response.end();
    });
    await new Promise<void>((resolve) => hostile.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${String((hostile.address() as AddressInfo).port)}`;
  });
  afterAll(() => {
    hostile.closeAllConnections();
    hostile.close();
  });

  /** Follows with a context of the hostile service, once it was asked. */
  async function followHostile(given: typeof answer): Promise<Followed & { contextId: string }> {
    answer = given;
    const contextId = await addSession(parts, server, team.person('o'), team.slug);
    parts.vault.sql().run('UPDATE contexts SET origin = ?, host = ?', origin, new URL(origin).host);
    const followed = followAsApp(parts, clock);
    parts.contexts.announce();
    await expect.poll(() => followed.streams.asked.length).toBeGreaterThan(0);
    return { ...followed, contextId };
  }

  const event = (facts: object): string => `data: ${JSON.stringify(facts)}\n\n`;

  it.each([
    ['a page', { status: 200, type: 'text/html', body: '<p>Sign in to the network</p>' }],
    ['a redirect', { status: 302, type: 'text/plain', body: '' }],
    [
      'a line without an end',
      { status: 200, type: 'text/event-stream', body: `data: ${'x'.repeat(200_000)}` },
    ],
    ['no JSON', { status: 200, type: 'text/event-stream', body: 'data: {]\n\n' }],
    ['an event of another shape', { status: 200, type: 'text/event-stream', body: event({ type: 7 }) }],
    [
      'an event of a later service',
      {
        ...{ status: 200, type: 'text/event-stream' },
        body: event({
          ...{
            id: '01JD0000000000000000000000',
            type: 'weather.changed.v1',
            source: 'x',
            org_id: 'o',
            data: {},
          },
          at: '2026-11-24T12:00:00.000Z',
        }),
      },
    ],
  ])('with %s, nothing is told and nothing breaks', async (_what, given) => {
    const { told, contextId } = await followHostile(given);
    await expect.poll(() => clock.pending).toBeGreaterThan(0);
    clock.advance(60_000);
    // At most that a stream has begun: nothing of what it says.
    expect(told.filter(({ lists }) => lists.length < organizationLists.length)).toEqual([]);
    expect(parts.contexts.get(contextId).id).toBe(contextId);
  });

  it.each([
    [
      'that is more than anybody reads',
      { status: 200, type: 'text/event-stream', body: ':\n'.repeat(600_000) },
      0,
    ],
    ['that refuses without an end', { status: 403, type: 'text/plain', body: '{', endless: true }, 10_000],
  ] as const)('with one %s, is hung up on and asked again later', async (_what, given, after) => {
    const { streams } = await followHostile(given);
    await expect.poll(() => streams.text).not.toBe('');
    clock.advance(after);
    await expect.poll(() => streams.count).toBe(0);
    await expect.poll(() => clock.pending).toBeGreaterThan(0);
    clock.advance(5000);
    await expect.poll(() => streams.asked.length).toBe(2);
  });
});
