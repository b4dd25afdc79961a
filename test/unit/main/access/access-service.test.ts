import { describe, expect, it } from 'vitest';
import { ipcContract } from '../../../../contracts/ipc/index.ts';
import { AccessLists } from '../../../../main/core/access/access-lists.ts';
import { AccessService } from '../../../../main/core/access/access-service.ts';
import { CredentialAccess } from '../../../../main/core/access/credential-access.ts';
import { broken, change, now, place, principal, refusal, standIn } from './stand-in-service.ts';

let access: AccessService;
let lists: AccessLists;
let credentials: CredentialAccess;
const service = standIn((parts) => {
  access = new AccessService(parts);
  lists = new AccessLists(parts);
  credentials = new CredentialAccess(parts);
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

describe('both sides', () => {
  it('are read page by page, and of more than ten thousand the first', async () => {
    const page = (name: string | null): object[] =>
      Array.from({ length: 1000 }, (_, index) =>
        principal({ reference: `user:${name ?? ''}${String(index)}` }),
      );
    service.reply = ({ url }) => {
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
    expect(service.asked).toHaveLength(11);
    expect(new Set(sides.principals.map(({ reference }) => reference)).size).toBe(10_000);
  });

  it('are not asked for for ever where pages are empty', async () => {
    service.reply = () => ({
      status: 200,
      body: matrix({ principals: [], rows: [], next: { principals: 'x', repositories: 'x' } }),
    });
    expect((await access.sides(place)).isWhole).toBe(false);
    expect(service.asked).toHaveLength(100);
  });

  it('have ten thousand of a page that has more', async () => {
    const repositories = Array.from({ length: 130_000 }, (_, index) => ({
      ...{ name: `acme/r${String(index)}`, public: false },
    }));
    const digits = '0'.repeat(repositories.length);
    const rows = [{ access: digits, direct: digits, via: digits }];
    service.reply = () => ({ status: 200, body: matrix({ repositories, rows }) });
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
      used: [0, 1].map((row) => ({ row, column: 0, pulled: null, pushed: now.toISOString() })),
    });
    service.reply = () => ({ status: 200, body });
    const { principals } = await access.sides(place);
    expect(principals).toMatchObject([{ reference: 'user:u_a', role: 'other' }]);
    const cells = await access.cells(place, part);
    expect(cells).toMatchObject({
      ...{ version: '7', principals: ['user:u_a'], repositories: ['acme/api'], rows: [{ via: '4' }] },
      ...{ ends: [{ row: 0, column: 0 }], used: [{ row: 0, column: 0 }] },
    });
    ipcContract.calls.access.cells.response.parse(cells);
  });
});

describe('a part of the matrix', () => {
  it('begins behind the entries that are told', async () => {
    service.reply = () => ({ status: 200, body: matrix() });
    const after = { kind: 'group' as const, reference: 'group:grp_a', name: 'Über uns & Co' };
    await access.cells(place, {
      principals: { after, count: 40 },
      repositories: { after: 'acme/api', count: 20 },
    });
    expect(Object.fromEntries(new URL(service.asked[0]?.url ?? '').searchParams)).toEqual({
      org: 'acme',
      principals_after: 'group group:grp_a Über uns & Co',
      repositories_after: 'acme/api',
      principals_limit: '40',
      repositories_limit: '20',
    });
  });

  it('tells what was used where that is asked for', async () => {
    const used = [{ row: 0, column: 0, pulled: now.toISOString(), pushed: null }];
    service.reply = ({ url }) => ({ status: 200, body: matrix(url.includes('used=true') ? { used } : {}) });
    expect((await access.cells(place, { ...part, used: true })).used).toEqual(used);
    expect((await access.cells(place, part)).used).toBeUndefined();
  });

  it.each([
    ['a row too few', { rows: [] }],
    ['a row too many', { rows: Array(2).fill({ access: '3', direct: '1', via: '2' }) as unknown[] }],
    ['a digit too few', { rows: [{ access: '', direct: '1', via: '2' }] }],
    ['a digit too many', { rows: [{ access: '3', direct: '11', via: '2' }] }],
    ['a digit that is none', { rows: [{ access: '3', direct: '1', via: 'x' }] }],
    ['a row that is left out', { rows: [null] }],
    ['an end outside', { ends: [{ row: 0, column: 1, direct: null, access: null }] }],
    ['a use outside', { used: [{ row: 1, column: 0, pulled: null, pushed: now.toISOString() }] }],
  ])('with %s is no answer', async (_what, facts) => {
    service.reply = () => ({ status: 200, body: matrix(facts) });
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
    service.reply = () => ({ status: 200, body });
    expect((await access.cells(place, part)).ends).toHaveLength(40_000);
  });
});

describe('a list', () => {
  it('of who can access a repository leaves out who cannot, and has all pages', async () => {
    const end = now.toISOString();
    service.reply = ({ url }) => {
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
    service.reply = () => ({ status: 200, body: matrix() });
    const told = await lists.whatCan(place, 'user:u_a');
    ipcContract.calls.access.whatCan.response.parse(told);
    expect(told).toMatchObject({
      principal: { name: 'jonas' },
      repositories: [{ name: 'acme/api', actions: ['read', 'write'], direct: ['read'], via: ['group'] }],
    });
    expect(new URL(service.asked[0]?.url ?? '').searchParams.get('principal')).toBe('user:u_a');
  });

  it('about another repository or nobody is none', async () => {
    service.reply = () => ({ status: 200, body: matrix({ principals: [], rows: [] }) });
    await expect(lists.whatCan(place, 'user:u_a')).rejects.toMatchObject({ code: 'nobody_found' });
    service.reply = () => ({ status: 200, body: matrix() });
    await expect(lists.whoCan(place, 'acme/web')).rejects.toMatchObject({ code: 'repository_gone' });
  });
});

it.each([
  ['nobody_found', { because: 'principal_gone' }],
  ['repository_gone', { because: 'full_moon' }],
  ['repository_gone', undefined],
])('what is not there for an explanation is told: %s', async (code, details) => {
  service.reply = () => refusal(404, 'not_found', details);
  await expect(access.explain('c', 'user:u_a', 'acme/api')).rejects.toMatchObject({ code });
});

describe('a key or token', () => {
  const holder = principal();
  const repository = { name: 'acme/api', public: false, actions: ['read', 'later'], withheld: ['write'] };

  it('is told with what it can do on all pages, and what it withholds', async () => {
    service.reply = (_, path) =>
      path.includes('after=acme')
        ? { status: 200, body: { holder, repositories: [{ ...repository, name: 'acme/web' }] } }
        : { status: 200, body: { holder, repositories: [repository], next: 'acme/api' } };
    const told = await credentials.can('c', 'api-key:ak_1');
    ipcContract.calls.access.credentialCan.response.parse(told);
    expect(told).toMatchObject({
      ...{ holder: { name: 'jonas' }, isWhole: true },
      repositories: [{ name: 'acme/api', actions: ['read'], withheld: ['write'] }, { name: 'acme/web' }],
    });
    expect(new URL(service.asked[0]?.url ?? '').search).toBe('?credential=api-key%3Aak_1');
  });

  it('that is not there is told apart from a repository', async () => {
    service.reply = () => refusal(404, 'not_found');
    const gone = { code: 'credential_gone' };
    await expect(credentials.can('c', 'api-key:ak_1')).rejects.toMatchObject(gone);
    await expect(credentials.explain('c', 'api-key:ak_1', 'acme/api')).rejects.toMatchObject({
      code: 'repository_gone',
    });
    service.reply = () => refusal(404, 'not_found', { because: 'credential_gone' });
    await expect(credentials.explain('c', 'api-key:ak_1', 'acme/api')).rejects.toMatchObject(gone);
  });
});

it('a page does not go on behind a place of any length', async () => {
  service.reply = () => ({ status: 200, body: matrix({ next: { principals: 'x'.repeat(601) } }) });
  await expect(access.sides(place)).rejects.toMatchObject(broken);
});

it('reasons and actions that this version does not know are told as such, or left out', async () => {
  const grant = { kind: 'grant', id: 'g_1', group: { id: 'grp_a', name: 'developers' }, given_by: 'mara' };
  const by = [
    { kind: 'moon', phase: 'full' },
    { kind: 'role', org: 'acme', role: 'captain' },
    { ...grant, actions: ['write', 'later'], given_at: now.toISOString(), until: null },
    { kind: 'public', later: true },
    { kind: 'limit' },
  ];
  const because = ['write', 'later'].map((action) => ({ action, allowed: true, by, until: null }));
  const body = {
    ...{ principal: principal(), repository: 'acme/api', actions: ['later', 'write'], because, version: '7' },
  };
  service.reply = () => ({ status: 200, body });
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
          { kind: 'limit' },
        ],
      },
    ],
  });
  const odd = { ...body, because: [{ ...because[0], by: [{ ...grant, actions: 7 }] }] };
  service.reply = () => ({ status: 200, body: odd });
  await expect(access.explain('c', 'user:u_a', 'acme/api')).rejects.toMatchObject(broken);
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
  service.reply = () => ({ status: 200, body });
  const preview = await access.preview(place, [change]);
  ipcContract.calls.access.preview.response.parse(preview);
  expect(preview).toMatchObject({
    gains: [{ actions: ['write'], by: [{ kind: 'other' }] }],
    refused: [{ code: 'other' }, { code: 'end_passed' }],
    ownAdminLost: ['acme/api'],
  });
});
