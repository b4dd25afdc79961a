import { describe, expect, it } from 'vitest';
import { ipcContract } from '../../../../contracts/ipc/index.ts';
import { RequestService } from '../../../../main/core/access/request-service.ts';
import { jonas, now, place, refusal, standIn, type Reply } from './stand-in-service.ts';

let requests: RequestService;
const service = standIn((parts) => {
  requests = new RequestService(parts);
});

const end = '2026-06-01T00:00:00.000Z';
const request = (facts: object = {}) => ({
  ...{
    id: 'req_1',
    repository: 'acme/api',
    actions: ['write', 'later'],
    until: null,
    reason: 'For the release',
  },
  ...{ asked_at: now.toISOString(), state: 'open', decided: null, later: 1 },
  by: { reference: 'user:u_a', name: 'jonas', email: 'jonas@acme.example', active: true },
  ...facts,
});
const change = { principal: jonas, repository: 'acme/api', actions: ['read', 'write'] };
const page = (all: object[], next?: string): Reply => ({ status: 200, body: { requests: all, next } });
const done: Reply = { status: 200, body: request() };
const asked = { repository: 'acme/api', actions: ['write' as const], until: null, reason: 'For the release' };
const given = { replaces: null, actions: ['write' as const], until: null };

describe('own requests', () => {
  it('are read page by page, without those of states that this version does not know', async () => {
    const decided = { by: 'maya', at: now.toISOString(), words: 'No\u202e.' };
    service.reply = (_, path) =>
      path.includes('after=2')
        ? page([request({ id: 'req_3', state: 'full_moon' })])
        : page([request(), request({ id: 'req_2', state: 'declined', decided })], '2');
    const told = await requests.mine('c');
    ipcContract.calls.accessRequests.mine.response.parse({ requests: told });
    expect(told).toMatchObject([
      { id: 'req_1', actions: ['write'], state: 'open', decided: null },
      { id: 'req_2', decided: { by: 'maya', words: 'No\\u{202e}.' } },
    ]);
    expect(service.asked.map(({ url }) => new URL(url).search)).toEqual(['?mine=true', '?mine=true&after=2']);
  });

  it('have an end where a service has none', async () => {
    service.reply = () => page([], 'more');
    expect(await requests.mine('c')).toEqual([]);
    expect(service.asked).toHaveLength(10);
    service.reply = () => page(Array.from({ length: 600 }, () => request()));
    expect(await requests.mine('c')).toHaveLength(500);
    service.reply = () => page([], 'x'.repeat(256));
    await expect(requests.mine('c')).rejects.toMatchObject({ code: 'not_a_keyhold_server' });
  });
});

it('waiting requests are told with what approving them would change, as far as this version knows it', async () => {
  service.reply = () =>
    page([
      request({ change, replaces: { actions: ['read', 'later'], until: end } }),
      request({ id: 'req_2', until: end, change: { ...change, expires_at: end } }),
      request({ id: 'req_3', until: now.toISOString(), change }),
      request({ id: 'req_4', change: { ...change, actions: ['read', 'later'] } }),
      request({ id: 'req_5' }),
    ]);
  const told = await requests.waiting(place);
  ipcContract.calls.accessRequests.waiting.response.parse(told);
  expect(told).toMatchObject({
    isWhole: true,
    requests: [
      { change: { ...change, expiresAt: null }, replaces: { actions: ['read'], until: end } },
      { change: { ...change, expiresAt: end }, replaces: null },
      ...[{ change: null }, { change: null }, { change: null }],
    ],
  });
});

describe('the count of waiting requests', () => {
  const organizations = (count: number, next?: string): Reply => {
    const all = Array.from({ length: count }, (_, index) => ({ slug: `org-${String(index)}`, name: 'Org' }));
    return { status: 200, body: { organizations: all, next } };
  };

  it('has each organization, also of which nobody tells any more', async () => {
    service.reply = (_, path) => {
      if (path.includes('/organizations')) return organizations(3);
      if (path.includes('org=org-1')) return refusal(403, 'role_insufficient');
      return path.includes('org=org-2') ? page([{}, {}], 'more') : page([{}]);
    };
    const told = await requests.counts('c');
    ipcContract.calls.accessRequests.counts.response.parse(told);
    expect(told).toMatchObject({ organizations: [{ open: 1 }, { open: 0 }, { open: 2 }], isWhole: false });
    service.reply = (_, path) => (path.includes('/organizations') ? organizations(2) : page([{}]));
    expect(await requests.counts('c')).toMatchObject({ isWhole: true });
  });

  it('takes one request for each of fifty organizations', async () => {
    service.reply = (_, path) => (path.includes('/organizations') ? organizations(60) : page([{}]));
    const told = await requests.counts('c');
    expect([told.organizations.length, told.isWhole, service.asked.length]).toEqual([60, false, 51]);
    expect(told.organizations.map(({ open }) => open)).toEqual([
      ...Array.from({ length: 50 }, () => 1),
      ...Array.from({ length: 10 }, () => 0),
    ]);
  });

  it('fails where the service does', async () => {
    service.reply = (_, path) => (path.includes('/organizations') ? organizations(2) : 'lost');
    await expect(requests.counts('c')).rejects.toMatchObject({ code: 'server_unreachable' });
  });
});

describe('asking', () => {
  it('is logged, and an end that has come is not asked for', async () => {
    service.reply = () => ({ status: 201, body: request() });
    expect(await requests.ask('c', { ...asked, until: end })).toBe('req_1');
    expect(service.asked[0]?.body).toEqual({ ...asked, until: end });
    expect(service.noted).toEqual(['access.asked acme/api, write']);
    const past = { ...asked, until: now.toISOString() };
    await expect(requests.ask('c', past)).rejects.toMatchObject({ code: 'expiry_passed' });
    await expect(requests.approve('c', 'req_1', { ...given, until: past.until })).rejects.toMatchObject({
      code: 'expiry_passed',
    });
    expect(service.asked).toHaveLength(1);
    service.reply = () => refusal(409, 'conflict');
    await expect(requests.ask('c', asked)).rejects.toMatchObject({ code: 'too_many_requests_open' });
  });
});

type Deed = 'ask' | 'approve' | 'decline' | 'withdraw';
const deeds: Record<Deed, () => Promise<unknown>> = {
  ask: () => requests.ask('c', asked),
  approve: () => requests.approve('c', 'req_1', given),
  decline: () => requests.decline('c', 'req_1', 'Not now'),
  withdraw: () => requests.withdraw('c', 'req_1'),
};
const because = (what: string): Reply => refusal(409, 'conflict', { because: what });

describe('a refusal', () => {
  it.each<[Deed, Reply, string]>([
    ['approve', because('request_approved'), 'request_gone'],
    ['approve', because('request_declined'), 'request_gone'],
    ['approve', because('account_closed'), 'nobody_found'],
    ['approve', because('access_changed'), 'access_changed_meanwhile'],
    ['approve', because('full_moon'), 'access_changed_meanwhile'],
    ['approve', refusal(404, 'not_found'), 'request_gone'],
    ['approve', refusal(403, 'role_insufficient'), 'repository_admin_needed'],
    ['decline', because('request_declined'), 'request_gone'],
    ['decline', refusal(404, 'not_found'), 'request_gone'],
    ['withdraw', refusal(404, 'not_found'), 'request_gone'],
  ])('of %s is told by what is in the way: %j', async (deed, reply, code) => {
    service.reply = () => reply;
    await expect(deeds[deed]()).rejects.toMatchObject({ code });
    expect([service.asked.length, service.noted]).toEqual([1, []]);
  });
});

describe('a lost answer', () => {
  /** The first answer is lost; what the second says. */
  const thenAnswered = (second: Reply): void => {
    service.reply = () => (service.asked.length === 1 ? 'lost' : second);
  };
  it.each<[Deed, Reply]>([
    ['ask', { status: 201, body: request() }],
    ['approve', done],
    ['approve', because('request_approved')],
    ['decline', done],
    ['decline', because('request_declined')],
    ['withdraw', { status: 204, body: null }],
    ['withdraw', refusal(404, 'not_found')],
  ])('to %s is known by a second try: %j', async (deed, second) => {
    thenAnswered(second);
    await deeds[deed]();
    expect(new Set(service.paths).size).toBe(1);
    expect([service.asked.length, service.noted.length]).toEqual([2, 1]);
  });

  it.each<[Deed, Reply, string]>([
    ['approve', because('request_declined'), 'request_gone'],
    ['approve', because('access_changed'), 'access_changed_meanwhile'],
    ['decline', because('request_approved'), 'request_gone'],
  ])('to %s was not heard where the second says so: %j', async (deed, second, code) => {
    thenAnswered(second);
    await expect(deeds[deed]()).rejects.toMatchObject({ code });
    expect(service.noted).toEqual([]);
  });

  it.each(Object.entries(deeds))('to %s is not told as not done', async (_, deed) => {
    for (const second of ['lost', { status: 500, body: {} }, refusal(429, 'rate_limited')] as const) {
      service.asked = [];
      thenAnswered(second);
      await expect(deed()).rejects.toMatchObject({ code: 'maybe_done' });
      expect(service.asked).toHaveLength(2);
    }
    service.asked = [];
    service.reply = () => refusal(429, 'rate_limited');
    await expect(deed()).rejects.toMatchObject({ code: 'server_unreachable' });
    expect([service.asked.length, service.noted]).toEqual([1, []]);
  });
});

it('the log names whom a decision is about, as far as a list did', async () => {
  service.reply = () => page([request()]);
  await requests.waiting(place);
  service.reply = () => done;
  await requests.approve('c', 'req_1', given);
  await requests.decline('c', 'req_2', 'Not now');
  expect(service.noted).toEqual([
    'access.request_approved jonas, acme/api, write',
    'access.request_declined req_2',
  ]);
});
