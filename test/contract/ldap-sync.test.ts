import { Attribute, Change, Client } from 'ldapts';
import type { Entry } from 'ldapts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { groupDetailsSchema, groupListSchema } from '../../contracts/server-api/artifact-keeper/groups.ts';
import { tokenPairSchema } from '../../contracts/server-api/artifact-keeper/session.ts';
import { createdTokenSchema, ownTokensPath } from '../../contracts/server-api/artifact-keeper/tokens.ts';
import { LdapDirectory } from '../../reference-server/auth/ldap/directory.ts';
import { syncDirectory } from '../../reference-server/auth/ldap/sync.ts';
import { artifactKeeperSettings } from '../../reference-server/config/artifact-keeper.ts';
import { ldapSettings } from '../../reference-server/config/ldap.ts';
import type { LdapSettings } from '../../reference-server/config/ldap.ts';
import { openDirectoryGateway } from '../support/directory-gateway.ts';
import type { DirectoryGateway } from '../support/directory-gateway.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { newPerson } from '../support/organization.ts';
import type { Person } from '../support/organization.ts';
import { call } from '../support/server-client.ts';
import { addPerson, baseDn, changeDirectory, groupOfNames, inGroups, inPeople } from '../support/slapd.ts';
import { noSlapd, peopleDn, posixGroup, reader, startSlapd } from '../support/slapd.ts';
import type { TestDirectory } from '../support/slapd.ts';

const crowd = 10_000;
const strange = 'Bob (ops) *\\Lee, "x"+y';
const someone = (name: string) => ({ uid: name, password: `directory-${name.toLowerCase()}` });
const bobDn = inPeople('cn=Bob (ops) *\\\\Lee\\, \\"x\\"\\+y');

let directory: TestDirectory;
let gateway: DirectoryGateway;
let server: LocalServer;
let root: Person;

const settingsOf = (change: Partial<LdapSettings> = {}): LdapSettings => ({
  ...ldapSettings(
    {
      ...{ base_dn: peopleDn, bind_dn: reader.dn, bind_password: reader.password },
      ...{ group_filter: '(|(memberUid={username})(member={dn}))', group_base_dn: `ou=groups,${baseDn}` },
    },
    undefined,
  ),
  url: gateway.url,
  ...change,
});
const patience = { signIn: 5000, sync: 20_000 };
/** Another way to ask the directory that the accounts are of. */
function directoryOf(change?: Partial<LdapSettings>, within = patience): LdapDirectory {
  const asked = new LdapDirectory(settingsOf(change), within);
  return Object.defineProperty(asked, 'issuer', { value: `ldap:${peopleDn}` });
}

const login = (username: string) =>
  call(server, '/api/v1/auth/login', { body: { username, password: `directory-${username.toLowerCase()}` } });
async function signIn(username: string): Promise<string> {
  const { status, body } = await login(username);
  expect([username, status]).toEqual([username, 200]);
  return tokenPairSchema.parse(body).access_token;
}

async function mint(token: string): Promise<string> {
  const body = { name: 'CI', scopes: ['repository:read'] };
  return createdTokenSchema.parse((await call(server, ownTokensPath, { token, body })).body).token;
}

const sync = (asked = directoryOf()) => syncDirectory(server.context, asked, new AbortController().signal);

async function userNamed(username: string) {
  return server.context.db
    .selectFrom('users')
    .selectAll()
    .where('username', '=', username)
    .executeTakeFirstOrThrow();
}
const statusOf = async (username: string) => (await userNamed(username)).status;

/** Names of the groups that somebody is in, as its own API says. */
async function groupsOf(username: string): Promise<string[]> {
  const list = await call(server, '/api/v1/groups?organization=main&per_page=100', { token: root.token });
  const names: string[] = [];
  for (const { id, name, source } of groupListSchema.parse(list.body).items) {
    const details = await call(server, `/api/v1/groups/${id}?per_page=100`, { token: root.token });
    const { items } = groupDetailsSchema.parse(details.body).members;
    if (items.some((member) => member.username === username)) names.push(`${source ?? 'here'}/${name}`);
  }
  return names.toSorted();
}

/** Everything that a sync may change. */
async function standing(): Promise<unknown> {
  const { db } = server.context;
  const users = db.selectFrom('users').select(['username', 'status']).orderBy('username').execute();
  const members = db.selectFrom('group_members').selectAll().orderBy('group_id').orderBy('user_id').execute();
  const sessions = db.selectFrom('sessions').select('token_hash').orderBy('token_hash').execute();
  return Promise.all([users, members, sessions]);
}

const remove = (dn: string) => changeDirectory(directory, (client) => client.del(dn));
const add = (name: string) => addPerson(directory, name);
const changeGroup = (name: string, operation: 'add' | 'delete' | 'replace', type: string, values: string[]) =>
  changeDirectory(directory, (client) =>
    client.modify(inGroups(name), new Change({ operation, modification: new Attribute({ type, values }) })),
  );

/** Has lists of the directory come in a way that slapd does not give them. */
function changeLists(change: (entries: Entry[]) => Entry[]): void {
  const whole = Reflect.get(Client.prototype, 'searchPaginated');
  vi.spyOn(Client.prototype, 'searchPaginated').mockImplementation(async function* (this: Client, ...args) {
    for await (const page of whole.apply(this, args)) {
      yield { ...page, searchEntries: change(page.searchEntries) };
    }
  });
}

async function setSubject(username: string, subject: string): Promise<void> {
  const { id } = await userNamed(username);
  await server.context.write({}, (tx) =>
    tx.updateTable('external_identities').set({ subject }).where('user_id', '=', id).execute(),
  );
}

async function makeAdministrator(username: string, isOne = true): Promise<void> {
  const role = isOne ? 'admin' : 'user';
  await server.context.write({}, (tx) =>
    tx.updateTable('users').set({ role }).where('username', '=', username).execute(),
  );
}

if (noSlapd === null) {
  beforeAll(async () => {
    const names = ['lena', 'Tom', 'ines', 'ada', 'kim'];
    const many = Array.from({ length: crowd }, (_, at) => `many-${String(at)}`);
    directory = await startSlapd(
      [...names.map(someone), { ...someone('bob'), cn: strange }],
      [
        `dn: ou=crowd,${baseDn}\nobjectClass: organizationalUnit\nou: crowd\n`,
        ...many.map((uid) => `dn: uid=${uid},ou=crowd,${baseDn}\nobjectClass: account\nuid: ${uid}\n`),
        `dn: ou=groups,${baseDn}\nobjectClass: organizationalUnit\nou: groups\n`,
        groupOfNames('developers', inPeople('uid=lena'), bobDn),
        posixGroup('operators', 1, 'lena', 'Tom'),
        posixGroup('everybody', 2, ...names, ...many),
        // In each other, and one in itself.
        groupOfNames('chicken', inGroups('egg'), inPeople('uid=ines')),
        groupOfNames('egg', inGroups('chicken'), inGroups('egg')),
        `dn: ou=empty,${baseDn}\nobjectClass: organizationalUnit\nou: empty\n`,
        `dn: ou=elsewhere,${baseDn}\nobjectClass: referral\nobjectClass: extensibleObject\nou: elsewhere\nref: ldap://127.0.0.1:1/${baseDn}\n`,
      ].join('\n'),
    );
    gateway = await openDirectoryGateway(directory.url);
  });
  afterAll(async () => {
    gateway.stop();
    await directory.stop();
  });
}

async function startServer(): Promise<void> {
  gateway.passes = Infinity;
  server = await startLocalServer({ artifactKeeper: artifactKeeperSettings({}, settingsOf()) });
  root = await newPerson(server, { role: 'admin' });
}

describe.skipIf(noSlapd !== null)('a directory', () => {
  it.each([
    ['(memberUid={username})', ['operators', 'everybody']],
    ['(memberUid={1})', ['operators', 'everybody']],
    ['(member={dn})', ['developers']],
    ['(member={0})', ['developers']],
    ['(objectClass=groupOfNames)', ['developers']],
    ['(&(objectClass=posixGroup)(!(cn=everybody)))', ['operators']],
    ['(cn=*)', ['developers', 'operators', 'everybody']],
    ['(|(cn={1}*)(member=*))', ['developers', 'chicken', 'egg']],
  ])('is asked for groups by %s', async (filter, names) => {
    const asked = directoryOf({ groups: { filter, baseDn: `ou=groups,${baseDn}`, attribute: 'cn' } });
    const lena = await asked.personOf('lena', 'directory-lena');
    const groups = lena === null ? null : await asked.groupsOf(lena);
    expect(groups?.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
  });

  it('that hangs over groups is asked for passwords all the same', async () => {
    const asked = directoryOf({}, { signIn: 300, sync: 300 });
    const person = await asked.personOf('lena', 'directory-lena');
    Object.assign(gateway, { passes: 0, then: 'hang' });
    if (person === null) throw new Error('Nobody signed in.');
    await expect(asked.groupsOf(person)).rejects.toThrow('has not answered within 0.3 seconds');
    gateway.passes = Infinity;
    expect(await asked.personOf('lena', 'directory-lena')).toEqual(person);
  });
});

describe.skipIf(noSlapd !== null)('a directory that gives no whole answer', () => {
  let before: unknown;
  beforeAll(async () => {
    await startServer();
    await signIn('lena');
    await signIn('kim');
    before = await standing();
  });
  afterEach(() => {
    gateway.passes = Infinity;
  });
  afterAll(() => server.stop());

  it.each<[string, () => Partial<LdapSettings>, string]>([
    [
      'shows nobody',
      () => ({ userFilter: '(&(uid={username})(uid=none))' }),
      'shows nobody who could sign in',
    ],
    ['has no such place', () => ({ baseDn: `ou=none,${baseDn}` }), 'has no such place'],
    ['has an empty place', () => ({ baseDn: `ou=empty,${baseDn}` }), 'shows nobody who could sign in'],
    ['sends elsewhere', () => ({ baseDn: `ou=elsewhere,${baseDn}` }), 'sends elsewhere'],
    ['shows a part', () => ({ baseDn, reader: null }), 'shows a part only'],
    [
      'knows no such reader',
      () => ({ reader: { ...reader, password: 'wrong' } }),
      'does not know the bind DN',
    ],
    ['is away', () => ({ url: 'ldap://127.0.0.1:1' }), 'cannot be reached (ECONNREFUSED)'],
    [
      'has no place of groups',
      () => ({ groups: { filter: '(cn=*)', baseDn: `ou=none,${baseDn}`, attribute: 'cn' } }),
      'has no such place',
    ],
  ])('that %s changes nothing', async (_what, change, words) => {
    await expect(sync(directoryOf(change()))).rejects.toThrow(words);
    expect(await standing()).toEqual(before);
  });

  it('that shows no ids any more changes nothing', async () => {
    changeLists((entries) => entries.map(({ dn, uid = '' }) => ({ dn, uid })));
    await expect(sync()).rejects.toThrow('has stopped to show entryUUID and objectGUID');
    vi.restoreAllMocks();
    expect(await standing()).toEqual(before);
  });

  it.each([
    ...[0, 100, 20_000, 500_000].map((passes) => ({ passes, then: 'cut' as const })),
    ...[0, 20_000].map((passes) => ({ passes, then: 'hang' as const })),
  ])('that goes away in the middle changes nothing: %j', async (way) => {
    Object.assign(gateway, way);
    const within = way.then === 'cut' ? patience : { signIn: 300, sync: 300 };
    await expect(sync(directoryOf({ baseDn }, within))).rejects.toThrow(
      way.then === 'cut' ? /cannot be reached|cut the connection/ : 'has not answered within 0.3 seconds',
    );
    expect(await standing()).toEqual(before);
  });
});

describe.skipIf(noSlapd !== null)('a directory that is followed', () => {
  beforeEach(startServer);
  afterEach(async () => {
    vi.restoreAllMocks();
    await server.stop();
  });

  it('brings its groups at sign-in, in circles too, which nobody changes here', async () => {
    await signIn('lena');
    expect(await groupsOf('lena')).toEqual(['ldap/developers', 'ldap/everybody', 'ldap/operators']);
    await signIn('ines');
    expect(await groupsOf('ines')).toEqual(['ldap/chicken', 'ldap/everybody']);
    await signIn('bob');
    expect(await groupsOf('bob')).toEqual(['ldap/developers']);
    // Its name is looked for as the directory writes it.
    await signIn('TOM');
    expect(await groupsOf('tom')).toEqual(['ldap/everybody', 'ldap/operators']);
    const { id } = await server.context.db
      .selectFrom('groups')
      .select('id')
      .where('name', '=', 'developers')
      .executeTakeFirstOrThrow();
    const body = { user_ids: [root.id] };
    const changed = await call(server, `/api/v1/groups/${id}/members`, { token: root.token, body });
    expect(changed.status).toBe(409);
  });

  it('that gives no groups lets people in, who keep those that they had', async () => {
    await signIn('lena');
    const before = await groupsOf('lena');
    const broken = directoryOf({
      groups: { filter: '(cn=*)', baseDn: `ou=none,${baseDn}`, attribute: 'cn' },
    });
    vi.spyOn(LdapDirectory.prototype, 'groupsOf').mockImplementation((person) => {
      vi.restoreAllMocks();
      return broken.groupsOf(person);
    });
    await signIn('lena');
    expect(await groupsOf('lena')).toEqual(before);
    const said = await server.context.db
      .selectFrom('audit_events')
      .select('details')
      .where('action', '=', 'group.unread')
      .executeTakeFirstOrThrow();
    expect(said.details).toContain('has no such place');
  });

  it('has who left disabled, and all that they were signed in with ended', async () => {
    await add('mia');
    const token = await signIn('mia');
    const apiToken = await mint(token);
    const session = (
      await call(server, '/v1/auth/login', { body: { username: 'mia', password: 'directory-mia' } })
    ).body as { token: string };
    const bought = await fetch(`${server.origin}/v2/token`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const { token: registryToken } = (await bought.json()) as { token: string };
    const doors = async () => {
      const asked = [
        ...[token, apiToken].map((each) => call(server, '/api/v1/auth/me', { token: each })),
        call(server, '/v1/whoami', { token: session.token }),
        call(server, '/v2/', { token: registryToken }),
      ];
      return (await Promise.all(asked)).map(({ status }) => status);
    };
    expect(await doors()).toEqual([200, 200, 200, 200]);
    await remove(inPeople('uid=mia'));
    expect(await sync()).toMatchObject({ accounts: 1, disabled: 1, enabled: 0, memberships_removed: 0 });
    expect(await statusOf('mia')).toBe('disabled');
    expect(await doors()).toEqual([401, 401, 401, 401]);
    const rows = await server.context.db.selectFrom('sessions').selectAll().execute();
    expect(rows.filter(({ user_id: id }) => id !== root.id)).toEqual([]);
    expect(await sync()).toMatchObject({ disabled: 0 });
  });

  it('enables who is back, unless an administrator has decided meanwhile', async () => {
    const before: Record<string, string> = {};
    for (const name of ['kim', 'ada', 'tom']) await signIn(name);
    for (const name of ['kim', 'ada', 'tom']) before[name] = (await userNamed(name)).id;
    const byAdministrator = async (name: string, is_active: boolean) => {
      const path = `/api/v1/users/${before[name] ?? ''}`;
      const answer = await call(server, path, { method: 'PATCH', token: root.token, body: { is_active } });
      expect(answer.status).toBe(200);
    };
    const apiToken = await mint(await signIn('kim'));
    await byAdministrator('tom', false);
    const gone = directoryOf({ userFilter: '(&(uid={username})(|(uid=tom)(uid=lena)))' });
    expect(await sync(gone)).toMatchObject({ disabled: 2 });
    await byAdministrator('ada', false);
    expect(await sync()).toMatchObject({ disabled: 0, enabled: 1 });
    expect([await statusOf('kim'), await statusOf('ada'), await statusOf('tom')]).toEqual([
      ...['active', 'disabled', 'disabled'],
    ]);
    await signIn('kim');
    expect(await groupsOf('kim')).toEqual(['ldap/everybody']);
    expect((await call(server, '/api/v1/auth/me', { token: apiToken })).status).toBe(401);
  });

  it('keeps the last administrator, and says so; where there is another one it does not', async () => {
    for (const name of ['kim', 'ada']) {
      await signIn(name);
      await makeAdministrator(name);
    }
    await makeAdministrator(root.username, false);
    const gone = directoryOf({ userFilter: '(&(uid={username})(uid=lena))' });
    expect(await sync(gone)).toMatchObject({ disabled: 0, administrators_kept: ['kim', 'ada'] });
    const [said] = await server.context.db
      .selectFrom('audit_events')
      .select(['target', 'outcome', 'details'])
      .where('action', '=', 'user.disabled')
      .execute();
    expect(said).toMatchObject({ target: 'kim', outcome: 'failure' });
    await makeAdministrator(root.username);
    expect(await sync(gone)).toMatchObject({ disabled: 2, administrators_kept: [] });
  });

  it('whose list lacks somebody without a word is asked about them once more', async () => {
    await signIn('lena');
    await signIn('kim');
    changeLists((entries) => entries.filter(({ dn }) => !dn.startsWith('uid=kim')));
    expect(await sync()).toMatchObject({ accounts: 2, disabled: 0 });
    vi.restoreAllMocks();
    // Of before the directory showed ids.
    await setSubject('lena', `dn:${inPeople('uid=lena')}`);
    expect(await sync()).toMatchObject({ accounts: 2, disabled: 0 });
    expect(await groupsOf('lena')).toEqual(['ldap/developers', 'ldap/everybody', 'ldap/operators']);
    await setSubject('lena', `dn:${inPeople('uid=nobody')}`);
    expect(await sync()).toMatchObject({ accounts: 2, disabled: 1 });
  });

  it('has memberships follow, and groups that nobody needs end', async () => {
    await signIn('lena');
    await signIn('ines');
    await changeGroup('operators', 'delete', 'memberUid', ['lena']);
    await changeGroup('operators', 'add', 'memberUid', ['ines']);
    await changeGroup('chicken', 'replace', 'member', [inGroups('egg')]);
    const counts = await sync();
    await changeGroup('operators', 'delete', 'memberUid', ['ines']);
    await changeGroup('operators', 'add', 'memberUid', ['lena']);
    await changeGroup('chicken', 'replace', 'member', [inGroups('egg'), inPeople('uid=ines')]);
    expect(counts).toMatchObject({ people: 6, memberships_added: 1, memberships_removed: 2 });
    expect(await groupsOf('lena')).toEqual(['ldap/developers', 'ldap/everybody']);
    expect(await groupsOf('ines')).toEqual(['ldap/everybody', 'ldap/operators']);
    const left = await server.context.db.selectFrom('groups').select('name').orderBy('name').execute();
    expect(left.map(({ name }) => name)).toEqual(['developers', 'everybody', 'operators']);
  });

  it('that was read before somebody’s sign-in takes nothing of what that brought', async () => {
    await signIn('lena');
    await signIn('tom');
    await changeGroup('operators', 'delete', 'memberUid', ['lena', 'Tom']);
    const asked = directoryOf();
    const read = asked.snapshot.bind(asked);
    vi.spyOn(asked, 'snapshot').mockImplementation(async (...args) => {
      const snapshot = await read(...args);
      await changeGroup('operators', 'add', 'memberUid', ['lena', 'Tom']);
      await signIn('lena');
      return snapshot;
    });
    expect(await sync(asked)).toMatchObject({ accounts: 1, memberships_removed: 1 });
    expect(await groupsOf('lena')).toEqual(['ldap/developers', 'ldap/everybody', 'ldap/operators']);
    expect(await groupsOf('tom')).toEqual(['ldap/everybody']);
    expect(await sync()).toMatchObject({ accounts: 2, memberships_added: 1 });
  });

  it('gets no group of this server by its name', async () => {
    const body = { name: 'operators' };
    expect((await call(server, '/api/v1/groups', { token: root.token, body })).status).toBe(201);
    await signIn('lena');
    expect(await groupsOf('lena')).toEqual(['ldap/developers', 'ldap/everybody']);
    expect(await sync()).toMatchObject({ groups_refused: ['operators'] });
    expect(await groupsOf('lena')).toEqual(['ldap/developers', 'ldap/everybody']);
  });

  it('may have ten thousand people, all in one group', async () => {
    await signIn('lena');
    await changeGroup('everybody', 'delete', 'memberUid', ['kim']);
    await signIn('kim');
    await changeGroup('everybody', 'add', 'memberUid', ['kim']);
    const counts = await sync(directoryOf({ baseDn }));
    expect(counts).toMatchObject({ people: crowd + 6, accounts: 2, disabled: 0, memberships_added: 1 });
    expect(await groupsOf('kim')).toEqual(['ldap/everybody']);
  });
});
