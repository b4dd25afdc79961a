import { beforeEach, describe, expect, it } from 'vitest';
import type { AccessChangeRequest } from '../../../../contracts/ipc/access.ts';
import { ipcContract } from '../../../../contracts/ipc/index.ts';
import { AccessLists } from '../../../../main/core/access/access-lists.ts';
import { AccessService } from '../../../../main/core/access/access-service.ts';
import { BatchService } from '../../../../main/core/access/batch-service.ts';
import { HttpUnreachable, type HttpClient, type HttpRequest } from '../../../../main/core/ports.ts';
import { ServiceCalls } from '../../../../main/core/service/service-calls.ts';

/* Services as no real one is, or is only for a moment: so they are stand-ins. */

type Reply = { status: number; body: unknown } | 'lost';
let asked: HttpRequest[];
let noted: string[];
/** What is answered to a request. */
let reply: (request: HttpRequest, path: string) => Reply;
let access: AccessService;
let lists: AccessLists;
let batches: BatchService;

const place = { contextId: 'c', organization: 'acme' };
const now = new Date('2026-05-03T10:00:00.000Z');
const key = '7c9e6679-7425-40de-944b-0000000000aa';

beforeEach(() => {
  [asked, noted] = [[], []];
  const http: HttpClient = {
    request: (request) => {
      asked.push(request);
      const { pathname, search } = new URL(request.url);
      const replied = reply(request, `${request.method} ${pathname}${search}`);
      if (replied === 'lost') return Promise.reject(new HttpUnreachable('gone'));
      const headers = { 'content-type': 'application/json' };
      return Promise.resolve({ status: replied.status, headers, text: JSON.stringify(replied.body) });
    },
  };
  const authorization = {
    ...{ credentialId: 'c', headers: {}, notAccepted: 'session_expired' as const, renew: null },
    note: () => undefined,
  };
  const contexts = {
    authorize: () => Promise.resolve({ origin: 'https://keyhold.example', authorization }),
    get: () => ({ id: 'c', name: 'Work', origin: 'https://keyhold.example', userId: 'u_a', org: null }),
  };
  const clock = { now: () => now, after: () => () => undefined };
  const service = new ServiceCalls({ http, clock, contexts });
  const activity = {
    append: ({ kind, detail }: { kind: string; detail: string | null }) => {
      noted.push(`${kind} ${detail ?? ''}`);
    },
  };
  access = new AccessService({ service });
  lists = new AccessLists({ service });
  batches = new BatchService({ service, clock, contexts, activity: activity as never });
});

const principal = (facts: object = {}) => ({
  ...{ reference: 'user:u_a', kind: 'user', name: 'jonas', email: 'jonas@acme.example' },
  ...{ role: 'member', active: true, groups: [], later: 1 },
  ...facts,
});
const matrix = (facts: object = {}) => ({
  version: '7',
  principals: [principal()],
  repositories: [{ name: 'acme/api', public: false }],
  rows: [{ access: '3', direct: '1', via: '2' }],
  ends: [],
  next: {},
  ...facts,
});
const part = { principals: { after: null, count: 10 }, repositories: { after: null, count: 10 } };
const change: AccessChangeRequest = {
  ...{ principal: 'user:u_a', repository: 'acme/api', actions: ['write'], expiresAt: null },
};
const batch = { changes: [change], version: '7', key };
const listed = (facts: object = {}) => ({
  batches: [
    {
      ...{ id: 'bat_1', key, made_at: now.toISOString(), made_by: { id: 'u_b', name: 'maya' }, changes: 1 },
      samples: [{ principal: 'jonas', repository: 'acme/api', before: ['later'], after: ['read', 'later'] }],
      ...{ undoes: null, undone_by: null, ...facts },
    },
  ],
});
const made: Reply = { status: 201, body: { id: 'bat_1', version: '8' } };
const refusal = (status: number, code: string, details?: unknown): Reply => ({
  status,
  body: { error: { code, message: 'No.', details } },
});
const broken = { code: 'not_a_keyhold_server' };

describe('both sides', () => {
  it('are read page by page, and of more than ten thousand the first', async () => {
    const page = (name: string | null): object[] =>
      Array.from({ length: 1000 }, (_, index) =>
        principal({ reference: `user:${name ?? ''}${String(index)}` }),
      );
    reply = ({ url }) => {
      const query = new URL(url).searchParams;
      const number = Number(query.get('principals_after') ?? 0);
      const isPeople = query.get('principals_limit') === '1000';
      const principals = isPeople ? page(`${String(number)}-`) : [principal()];
      const rows = principals.map(() => ({ access: '0', direct: '0', via: '0' }));
      const next = isPeople
        ? { principals: String(number + 1), repositories: 'more' }
        : { principals: 'more' };
      return { status: 200, body: matrix({ principals, rows, next }) };
    };
    const sides = await access.sides(place);
    expect([sides.principals.length, sides.repositories.length, sides.isWhole]).toEqual([10_000, 1, false]);
    expect(asked).toHaveLength(11);
    expect(new Set(sides.principals.map(({ reference }) => reference)).size).toBe(10_000);
  });

  it('are not asked for for ever where pages are empty', async () => {
    reply = () => ({
      status: 200,
      body: matrix({ principals: [], rows: [], next: { principals: 'x', repositories: 'x' } }),
    });
    expect((await access.sides(place)).isWhole).toBe(false);
    expect(asked).toHaveLength(100);
  });

  it('have ten thousand of a page that has more', async () => {
    const repositories = Array.from({ length: 130_000 }, (_, index) => ({
      ...{ name: `acme/r${String(index)}`, public: false },
    }));
    const digits = '0'.repeat(repositories.length);
    const rows = [{ access: digits, direct: digits, via: digits }];
    reply = () => ({ status: 200, body: matrix({ repositories, rows }) });
    const sides = await access.sides(place);
    expect([sides.repositories.length, sides.isWhole]).toEqual([10_000, false]);
  });

  it('leave out whom this version does not know, and their rows', async () => {
    const body = matrix({
      principals: [principal({ kind: 'robot', reference: 'robot:1' }), principal({ role: 'captain' })],
      rows: [
        { access: 'f', direct: 'f', via: '0' },
        { access: '1', direct: '0', via: '4' },
      ],
      ends: [
        { row: 0, column: 0, direct: null, access: now.toISOString() },
        { row: 1, column: 0, direct: null, access: now.toISOString() },
      ],
    });
    reply = () => ({ status: 200, body });
    const { principals } = await access.sides(place);
    expect(principals).toMatchObject([{ reference: 'user:u_a', role: null }]);
    const cells = await access.cells(place, part);
    expect(cells).toMatchObject({
      ...{ version: '7', principals: ['user:u_a'], repositories: ['acme/api'] },
      rows: [{ access: '1', via: '4' }],
      ends: [{ row: 0, column: 0 }],
    });
    ipcContract.calls.access.cells.response.parse(cells);
  });
});

describe('a part of the matrix', () => {
  it('begins behind the entries that are told', async () => {
    reply = () => ({ status: 200, body: matrix() });
    const after = { kind: 'group' as const, reference: 'group:grp_a', name: 'Über uns & Co' };
    await access.cells(place, {
      principals: { after, count: 40 },
      repositories: { after: 'acme/api', count: 20 },
    });
    expect(Object.fromEntries(new URL(asked[0]?.url ?? '').searchParams)).toEqual({
      org: 'acme',
      principals_after: 'group group:grp_a Über uns & Co',
      repositories_after: 'acme/api',
      principals_limit: '40',
      repositories_limit: '20',
    });
  });

  it.each([
    ['a row too few', { rows: [] }],
    ['a row too many', { rows: Array(2).fill({ access: '3', direct: '1', via: '2' }) as unknown[] }],
    ['a digit too few', { rows: [{ access: '', direct: '1', via: '2' }] }],
    ['a digit too many', { rows: [{ access: '3', direct: '11', via: '2' }] }],
    ['a digit that is none', { rows: [{ access: '3', direct: '1', via: 'x' }] }],
    ['a row that is left out', { rows: [null] }],
    ['an end outside', { ends: [{ row: 0, column: 1, direct: null, access: null }] }],
  ])('with %s is no answer', async (_what, facts) => {
    reply = () => ({ status: 200, body: matrix(facts) });
    await expect(access.cells(place, part)).rejects.toMatchObject(broken);
  });

  it('may end in each of its 40,000 cells', async () => {
    const names = Array.from({ length: 200 }, (_, index) => `acme/r${String(index)}`);
    const digits = '3'.repeat(200);
    const all = names.flatMap((_, row) =>
      names.map((__, column) => ({ row, column, direct: now.toISOString(), access: now.toISOString() })),
    );
    const body = matrix({
      principals: names.map((name) => principal({ reference: name })),
      repositories: names.map((name) => ({ name, public: false })),
      rows: names.map(() => ({ access: digits, direct: digits, via: digits })),
      ends: all,
    });
    reply = () => ({ status: 200, body });
    expect((await access.cells(place, part)).ends).toHaveLength(40_000);
  });
});

describe('a list', () => {
  it('of who can access a repository leaves out who cannot, and has all pages', async () => {
    const end = now.toISOString();
    reply = ({ url }) => {
      const query = new URL(url).searchParams;
      expect([query.get('repository'), query.get('repositories_limit')]).toEqual(['acme/api', '1']);
      const isFirst = !query.has('principals_after');
      const principals = [0, 1].map((index) =>
        principal({ reference: `user:${isFirst ? 'a' : 'b'}${String(index)}`, groups: ['grp_x'] }),
      );
      const rows = [
        { access: '0', direct: '0', via: '0' },
        { access: isFirst ? '3' : '0', direct: '2', via: 'b' },
      ];
      const ends = [{ row: 1, column: 0, direct: null, access: end }];
      return {
        status: 200,
        body: matrix({ principals, rows, ends, next: isFirst ? { principals: 'a1' } : {} }),
      };
    };
    const told = await lists.whoCan(place, 'acme/api');
    ipcContract.calls.access.whoCan.response.parse(told);
    const via = ['role', 'group', 'denied'];
    expect(told).toMatchObject({
      holders: [
        {
          principal: { reference: 'user:a1', groups: ['group:grp_x'] },
          ...{ actions: ['read', 'write'], direct: ['write'], via, until: end },
        },
        { principal: { reference: 'user:b1' }, actions: [], direct: ['write'] },
      ],
      isWhole: true,
    });
  });

  it('of what somebody can access is about them alone', async () => {
    reply = () => ({ status: 200, body: matrix() });
    const told = await lists.whatCan(place, 'user:u_a');
    ipcContract.calls.access.whatCan.response.parse(told);
    expect(told).toMatchObject({
      principal: { name: 'jonas' },
      repositories: [{ name: 'acme/api', actions: ['read', 'write'], direct: ['read'], via: ['group'] }],
    });
    expect(new URL(asked[0]?.url ?? '').searchParams.get('principal')).toBe('user:u_a');
  });

  it('about another repository or nobody is none', async () => {
    reply = () => ({ status: 200, body: matrix({ principals: [], rows: [] }) });
    await expect(lists.whatCan(place, 'user:u_a')).rejects.toMatchObject({ code: 'nobody_found' });
    reply = () => ({ status: 200, body: matrix() });
    await expect(lists.whoCan(place, 'acme/web')).rejects.toMatchObject({ code: 'repository_gone' });
  });
});

it('reasons and actions that this version does not know are told as such, or left out', async () => {
  const grant = { kind: 'grant', id: 'g_1', group: { id: 'grp_a', name: 'developers' }, given_by: 'mara' };
  const by = [
    { kind: 'moon', phase: 'full' },
    { kind: 'role', org: 'acme', role: 'captain' },
    { ...grant, actions: ['write', 'later'], given_at: now.toISOString(), until: null },
    { kind: 'public', later: true },
  ];
  const because = ['write', 'later'].map((action) => ({ action, allowed: true, by, until: null }));
  const body = {
    ...{ principal: principal(), repository: 'acme/api', actions: ['later', 'write'], because, version: '7' },
  };
  reply = () => ({ status: 200, body });
  const explained = await access.explain('c', 'user:u_a', 'acme/api');
  ipcContract.calls.access.explain.response.parse(explained);
  expect(explained).toMatchObject({
    actions: ['write'],
    because: [
      {
        action: 'write',
        by: [
          { kind: 'other' },
          { kind: 'other' },
          { kind: 'grant', group: 'developers', actions: ['write'], givenBy: 'mara' },
          { kind: 'public' },
        ],
      },
    ],
  });
  const odd = { ...body, because: [{ ...because[0], by: [{ ...grant, actions: 7 }] }] };
  reply = () => ({ status: 200, body: odd });
  await expect(access.explain('c', 'user:u_a', 'acme/api')).rejects.toMatchObject(broken);
});

describe('a batch', () => {
  it('is sent with the version that was seen and a key of its own', async () => {
    reply = () => made;
    expect(await batches.apply(place, batch)).toEqual({ kind: 'done', batchId: 'bat_1' });
    expect(asked[0]?.headers).toMatchObject({ 'if-match': '"7"', 'idempotency-key': key });
    expect(noted).toEqual(['access.batch_made acme: acme/api, write: user:u_a']);
  });

  it('with an end in the past is not sent', async () => {
    const past = { ...batch, changes: [{ ...change, expiresAt: now.toISOString() }] };
    await expect(batches.apply(place, past)).rejects.toMatchObject({ code: 'expiry_passed' });
    expect(asked).toEqual([]);
  });

  it('that somebody else’s changes are in the way of names their cells', async () => {
    const cell = { principal: principal(), repository: 'acme/api', actions: ['later', 'read'] };
    const cells = [{ ...cell, changed_by: 'mara', changed_at: now.toISOString() }];
    reply = () => refusal(412, 'precondition_failed', { cells, later: 1 });
    const outcome = await batches.apply(place, batch);
    ipcContract.calls.access.apply.response.parse(outcome);
    expect(outcome).toMatchObject({
      kind: 'changed_meanwhile',
      cells: [{ repository: 'acme/api', actions: ['read'], changedBy: 'mara' }],
    });
    expect(noted).toEqual([]);
  });

  it.each([
    ['no answer', 'lost' as const],
    ['an answer of something else', { status: 200, body: 'Please sign in' }],
    ['a fault of the service', { status: 500, body: {} }],
  ])('whose answer was lost to %s is looked for by its key', async (_what, lost: Reply) => {
    reply = ({ method }) => (method === 'GET' ? { status: 200, body: listed() } : lost);
    expect(await batches.apply(place, batch)).toEqual({ kind: 'done', batchId: 'bat_1' });
    expect(asked.map(({ method }) => method)).toEqual(['POST', 'GET']);
    expect(noted).toHaveLength(1);
  });

  it('whose answer was lost and that was not made is sent once more, under the same key', async () => {
    let sent = 0;
    reply = ({ method }) => {
      if (method === 'GET') return { status: 200, body: listed({ key: null }) };
      sent += 1;
      return sent === 1 ? 'lost' : made;
    };
    expect(await batches.apply(place, batch)).toEqual({ kind: 'done', batchId: 'bat_1' });
    expect(asked.map(({ headers }) => headers?.['idempotency-key'])).toEqual([key, undefined, key]);
  });

  it('of which the service says nothing more is not said to be made, nor not to be', async () => {
    reply = () => 'lost';
    expect(await batches.apply(place, batch)).toEqual({ kind: 'unknown' });
    reply = ({ method }) => (method === 'GET' ? { status: 200, body: { batches: [] } } : 'lost');
    expect(await batches.apply(place, batch)).toEqual({ kind: 'unknown' });
    expect(noted).toEqual([]);
  });

  it('that the service had no time for was not made', async () => {
    reply = () => refusal(429, 'rate_limited');
    await expect(batches.apply(place, batch)).rejects.toMatchObject({ code: 'server_unreachable' });
    expect(asked).toHaveLength(1);
  });
});

describe('an undo', () => {
  it('is made, is there already, or stands in the way of later changes', async () => {
    reply = () => made;
    expect(await batches.undo(place, 'bat_9')).toEqual({ kind: 'done', batchId: 'bat_1' });
    expect(noted).toEqual(['access.batch_undone acme: bat_1']);
    reply = () => refusal(409, 'conflict');
    expect(await batches.undo(place, 'bat_9')).toEqual({ kind: 'undone_already' });
    const cell = { principal: principal(), repository: 'acme/api', actions: [] };
    const cells = [{ ...cell, changed_by: null, changed_at: now.toISOString() }];
    reply = () => refusal(409, 'conflict', { cells });
    expect(await batches.undo(place, 'bat_9')).toMatchObject({ kind: 'changed_meanwhile', cells: [{}] });
    reply = () => refusal(404, 'not_found');
    await expect(batches.undo(place, 'bat_9')).rejects.toMatchObject({ code: 'batch_gone' });
  });

  it.each(['', '../bat_1', 'b'.repeat(101)])('is not known to be made by the name %j', async (id) => {
    reply = () => ({ status: 201, body: { id, version: '8' } });
    expect(await batches.undo(place, 'bat_9')).toEqual({ kind: 'unknown' });
    reply = ({ method }) => (method === 'GET' ? { status: 200, body: listed({ undone_by: id }) } : 'lost');
    expect(await batches.undo(place, 'bat_1')).toEqual({ kind: 'unknown' });
    expect(noted).toEqual([]);
  });

  it('whose answer was lost is known by the batch that it took back', async () => {
    const undone = { undone_by: 'bat_2' };
    reply = ({ method }) => (method === 'GET' ? { status: 200, body: listed(undone) } : 'lost');
    expect(await batches.undo(place, 'bat_1')).toEqual({ kind: 'done', batchId: 'bat_2' });
    reply = ({ method }) => (method === 'GET' ? { status: 200, body: listed() } : 'lost');
    expect(await batches.undo(place, 'bat_1')).toEqual({ kind: 'unknown' });
  });
});

it('batches are told with what this version knows of them', async () => {
  reply = () => ({ status: 200, body: listed({ undoes: 'bat_0' }) });
  const told = await batches.batches(place);
  ipcContract.calls.access.batches.response.parse({ batches: told });
  expect(told).toMatchObject([
    {
      id: 'bat_1',
      madeBy: 'maya',
      isUndo: true,
      isUndone: false,
      samples: [{ before: [], after: ['read'] }],
    },
  ]);
});

it('a preview names refusals that this version does not know as others', async () => {
  const effect = { principal: principal(), repository: 'acme/api', by: [{ kind: 'moon' }], until: null };
  const body = {
    ...{ version: '7', loses: [], total: { gains: 1, loses: 0 }, own_admin_lost: ['acme/api'] },
    gains: [{ ...effect, actions: ['write', 'later'], before: [], after: ['write'] }],
    refused: [
      { index: 0, code: 'full_moon', message: 'No.' },
      { index: 1, code: 'end_passed', message: 'No.' },
    ],
  };
  reply = () => ({ status: 200, body });
  const preview = await access.preview(place, [change]);
  ipcContract.calls.access.preview.response.parse(preview);
  expect(preview).toMatchObject({
    gains: [{ actions: ['write'], by: [{ kind: 'other' }] }],
    refused: [{ code: 'other' }, { code: 'end_passed' }],
    ownAdminLost: ['acme/api'],
  });
});
