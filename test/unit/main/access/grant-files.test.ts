import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareGrants, type There } from '../../../../main/core/access/grant-files/compare-grants.ts';
import { grantFileText, type GrantFileForm } from '../../../../main/core/access/grant-files/grant-file.ts';
import { PrincipalNames } from '../../../../main/core/access/grant-files/principal-names.ts';
import { readGrantFile } from '../../../../main/core/access/grant-files/read-grant-file.ts';
import { repositoryActionSchema } from '../../../../contracts/server-api/index.ts';

const now = new Date('2026-05-03T10:00:00.000Z');
const end = '2026-06-01T00:00:00.000Z';
const forms: GrantFileForm[] = ['csv', 'json'];

const user = (name: string, id = name) => ({ reference: `user:${id}`, kind: 'user' as const, name });
const bot = { reference: 'bot:acme/ci', kind: 'bot' as const, name: 'ci' };
const group = { reference: 'group:grp_1', kind: 'group' as const, name: 'developers' };
const world = (facts: Partial<There> = {}): There => ({
  organization: 'acme',
  principals: [user('jonas', 'u_1'), user('priya', 'u_2'), group, bot],
  repositories: ['acme/api', 'acme/web'],
  grants: [
    { repository: 'acme/web', reference: 'group:grp_1', actions: ['read', 'write'], until: null },
    { repository: 'acme/web', reference: 'user:u_1', actions: ['read'], until: end },
    { repository: 'acme/api', reference: 'bot:acme/ci', actions: ['admin'], until: null },
  ],
  ...facts,
});

function exported(there: There, form: GrantFileForm): string {
  const names = new PrincipalNames(there.principals, form);
  const of = (reference: string) => there.principals.find((each) => each.reference === reference) ?? bot;
  const grants = there.grants.map(({ reference, ...grant }) => ({
    ...grant,
    principal: names.textOf(of(reference)),
  }));
  return grantFileText(there.organization, grants, form);
}
const compared = (text: string | Buffer, there = world()) =>
  compareGrants(readGrantFile(Buffer.from(text)), there, now);
const table = (...lines: string[]): string => ['repository,principal,actions,until', ...lines].join('\n');
const problemsOf = (text: string, there = world()) =>
  compared(text, there).problems.first.map(({ at, code, text: words }) => `${String(at)} ${code} ${words}`);

describe('a file of grants', () => {
  it('has them in one order, one on each line', () => {
    expect(exported(world(), 'csv')).toBe(
      [
        'repository,principal,actions,until\r\n',
        'acme/api,bot:acme/ci,admin,\r\n',
        'acme/web,group:developers,"read|write",\r\n',
        `acme/web,user:jonas,read,${end}\r\n`,
      ].join(''),
    );
    const json = exported(world({ grants: world().grants.toReversed() }), 'json');
    expect(json.split('\n').filter((line) => line.includes('"repository"'))).toHaveLength(3);
    expect(json).toBe(exported(world(), 'json'));
    expect(JSON.parse(json)).toMatchObject({
      ...{ format: 'keyhold-grants', version: 1, organization: 'acme' },
      grants: [
        { repository: 'acme/api', principal: 'bot:acme/ci', actions: ['admin'], until: null },
        { principal: 'group:developers' },
        { principal: 'user:jonas', until: end },
      ],
    });
    expect(JSON.parse(exported(world({ grants: [] }), 'json'))).toMatchObject({ grants: [] });
  });

  it('of what there is changes nothing, whatever people and groups are called', () => {
    const odd = fc.string({
      unit: fc.constantFrom(...Array.from('ab ,;|"\'=@\n\r\u202e\u05d0ü😀\\{')),
      minLength: 1,
    });
    const name = fc.oneof(odd, fc.constantFrom('jonas', '=a', "'=a", 'a', ' a', 'ש'.repeat(300)));
    const kind = fc.constantFrom('user' as const, 'group' as const);
    const actions = fc.subarray(repositoryActionSchema.options, { minLength: 1 });
    const grant = fc.record({ actions, until: fc.constantFrom(null, end) });
    const someone = fc.record({ kind, name, grants: fc.tuple(grant, fc.option(grant)) });
    fc.assert(
      fc.property(fc.array(someone, { maxLength: 8 }), fc.constantFrom(...forms), (people, form) => {
        const principals = people.map((each, index) => ({
          ...{ kind: each.kind, name: each.name, reference: `${each.kind}:id_${String(index)}` },
        }));
        const grants = people.flatMap((each, index) =>
          each.grants.flatMap((given, place) =>
            given === null
              ? []
              : [
                  {
                    ...{ repository: `acme/r${String(place)}`, ...given },
                    reference: `${each.kind}:id_${String(index)}`,
                  },
                ],
          ),
        );
        const there = { organization: 'acme', principals, grants, repositories: ['acme/r0', 'acme/r1'] };
        expect(compared(exported(there, form), there)).toEqual({
          ...{ grants: grants.length, unchanged: grants.length, changes: [], missing: [] },
          problems: { total: 0, first: [] },
        });
      }),
    );
  });

  it('tells what is new, what is other, and what there is beside it', () => {
    const file = table(
      'acme/web,group:developers,read|write,',
      `acme/web,user:priya,write|read,${end}`,
      'acme/api,bot:acme/ci,"read|write|delete|admin",',
    );
    const beside = { repository: 'acme/web', principal: 'user:u_1', actions: [], expiresAt: null };
    expect(compared(file)).toEqual({
      ...{ grants: 3, unchanged: 2, problems: { total: 0, first: [] }, missing: [beside] },
      changes: [
        { principal: 'user:u_2', repository: 'acme/web', actions: ['read', 'write'], expiresAt: end },
      ],
    });
    // Of repositories that it does not name it says nothing.
    expect(compared(table('acme/api,user:priya,read,')).missing).toMatchObject([
      { principal: 'bot:acme/ci', repository: 'acme/api' },
    ]);
    const ends = ['2026-06-01T00:00:00Z', '2026-06-01T02:00:00.000+02:00'];
    for (const until of ends) expect(compared(table(`acme/web,user:jonas,read,${until}`)).unchanged).toBe(1);
    expect(compared(table('acme/web,user:jonas,read,')).changes).toMatchObject([{ expiresAt: null }]);
  });
});

describe('what cannot be used of a file', () => {
  it('is told by its place', () => {
    const lines = [
      'other/web,user:jonas,read,',
      'acme/none,user:jonas,read,',
      'acme/web,user:nobody,read,',
      '',
      'acme/web,user:jonas,pull,',
      'acme/web,user:priya,read,2026-05-03T10:00:00.000Z',
      'acme/web,user:priya,read,31.12.2026',
      'acme/api,user:jonas,read,',
      'acme/api,user:jonas,write,',
      'acme/api',
      'acme/api,user:pr"iya,read,',
      ',,,',
      'acme/api,user:priya,,',
      'acme/web,user:jonas,| |,',
    ];
    expect(problemsOf(table(...lines))).toEqual([
      '1 other_organization other/web',
      '2 no_repository acme/none',
      '3 nobody user:nobody',
      '5 unknown_action pull',
      '6 end_passed 2026-05-03T10:00:00.000Z',
      '7 unreadable 31.12.2026',
      '9 named_twice acme/api user:jonas',
      '10 unreadable acme/api',
      '11 unreadable "',
      '13 unreadable acme/api user:priya  ',
      '14 unreadable acme/web user:jonas | | ',
    ]);
    const { changes, missing, grants } = compared(table(...lines));
    expect(changes).toEqual([
      { principal: 'user:u_1', repository: 'acme/api', actions: ['read'], expiresAt: null },
    ]);
    // What an entry names is not taken for missing, though the entry cannot be used.
    expect([grants, missing.map(({ principal }) => principal)]).toEqual([12, ['group:grp_1', 'bot:acme/ci']]);
  });

  it('is a name that fits several, of whom nobody is missing', () => {
    const twin = { ...group, reference: 'group:grp_2' };
    const grants = [group, twin].map(({ reference }) => ({
      ...{ repository: 'acme/web', reference, actions: ['read' as const], until: null },
    }));
    const there = world({ principals: [group, twin, user('grp_9', 'u_1'), user('x', 'grp_9')], grants });
    const file = table('acme/web,group:developers,read,', 'acme/web,user:grp_9,read,');
    expect(problemsOf(file, there)).toEqual(['1 nobody group:developers', '2 nobody user:grp_9']);
    expect(compared(file, there).missing).toEqual([]);
    expect(compared(table('acme/web,group:grp_2,read,'), there)).toMatchObject({
      ...{ unchanged: 1, missing: [{ principal: 'group:grp_1' }] },
    });
  });

  it('is told of JSON, of another organization as a whole', () => {
    const grant = { repository: 'acme/web', principal: 'user:jonas', actions: ['read'], until: end };
    const file = (facts: object, ...grants: unknown[]) =>
      JSON.stringify({ format: 'keyhold-grants', version: 1, organization: 'acme', grants, ...facts });
    const odd = [7, null, { ...grant, until: 7 }, { ...grant, actions: [] }, { ...grant, actions: 'read' }];
    expect(compared(file({}, { ...grant, note: 'x' }, ...odd))).toMatchObject({
      ...{
        grants: 6,
        unchanged: 1,
        problems: { total: 5 },
      },
    });
    expect(problemsOf(file({}, ...odd)).slice(0, 2)).toEqual(['1 unreadable 7', '2 unreadable null']);
    const deep = file({}, 'deep', grant).replace('"deep"', `${'['.repeat(200_000)}${']'.repeat(200_000)}`);
    expect(compared(deep)).toMatchObject({ unchanged: 1, problems: { first: [{ at: 1, text: '' }] } });
    expect(problemsOf(file({ organization: 'other' }, grant))).toEqual(['1 other_organization acme/web']);
    for (const facts of [{ format: 'other' }, { version: 2 }, { grants: {} }, { organization: null }]) {
      expect(() => compared(file(facts))).toThrow(expect.objectContaining({ code: 'grant_file_unreadable' }));
    }
  });

  it('is counted, and a hundred are told, none in full length', () => {
    const lines = Array.from({ length: 250 }, () => `acme/web,user:${'x'.repeat(5000)}\u202e,read,`);
    const { problems } = compared(table(...lines));
    expect([problems.total, problems.first.length]).toEqual([250, 100]);
    expect(Math.max(...problems.first.map(({ text }) => text.length))).toBe(300);
  });
});

describe('a file that', () => {
  const line = `acme/web,user:jonas,read,${end}`;
  it.each([
    ['begins with a byte order mark', `\ufeff${table(line)}`],
    ['has lines as Windows ends them', table(line, '').replaceAll('\n', '\r\n')],
    ['has semicolons of a spreadsheet', table(line).replaceAll(',', ';')],
    ['has tabs of a spreadsheet', table(line).replaceAll(',', '\t')],
    ['has marks around each field', table(line).replace(/[^,\n]+/g, '"$&"')],
    [
      'has spaces, and columns beside',
      `Until , PRINCIPAL,note,repository,actions\n${end} , user:jonas,x,acme/web, read \n`,
    ],
    ['has empty columns behind', table(`${line},,`, ',,,,,')],
  ])('%s is read all the same', (_, text) => {
    expect(compared(text)).toMatchObject({ grants: 1, unchanged: 1, problems: { total: 0 } });
  });

  it.each([
    ['is empty', ''],
    ['is something else', 'PK\u0003\u0004'],
    ['is no UTF-8', Buffer.from([...Buffer.from(table('acme/web,user:')), 0xff, 0xfe])],
    ['is UTF-16', Buffer.from(`\ufeff${table(line)}`, 'utf16le')],
    ['has no column of ends', 'repository,principal,actions\nacme/web,user:jonas,read'],
    ['has a column twice', table(line).replace('until', 'until,until')],
    ['has an open quotation mark', table(line, '"acme/web,user:priya,read,', line)],
    ['is a list', '[{"repository":"acme/web"}]'],
    ['is JSON that breaks off', '{"format":"keyhold-grants","version":1,'],
  ])('%s is no file of grants', (_, text) => {
    expect(() => compared(text)).toThrow(expect.objectContaining({ code: 'grant_file_unreadable' }));
  });

  it.each(forms)('has fifty thousand grants is read whole, one with more is not: %s', (form) => {
    const repositories = Array.from({ length: 1000 }, (_, index) => `acme/r${String(index)}`);
    const principals = Array.from({ length: 51 }, (_, index) => user(`u${String(index)}`));
    const grants = principals.flatMap(({ reference }) =>
      repositories.map((repository) => ({ repository, reference, actions: ['read' as const], until: null })),
    );
    const there = world({ principals, repositories, grants: grants.slice(0, 50_000) });
    expect(compared(exported(there, form), there)).toMatchObject({ unchanged: 50_000, changes: [] });
    expect(() => compared(exported({ ...there, grants }, form), there)).toThrow(
      expect.objectContaining({ code: 'too_many_grants' }),
    );
  });
});
