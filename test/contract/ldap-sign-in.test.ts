import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { meSchema, tokenPairSchema } from '../../contracts/server-api/artifact-keeper/session.ts';
import { LdapDirectory } from '../../reference-server/auth/ldap/directory.ts';
import { DirectoryProblem } from '../../reference-server/auth/ldap/problems.ts';
import { artifactKeeperSettings } from '../../reference-server/config/artifact-keeper.ts';
import { ldapSettings } from '../../reference-server/config/ldap.ts';
import type { LdapSettings } from '../../reference-server/config/ldap.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { call } from '../support/server-client.ts';
import { baseDn, certificateOf, noSlapd, reader, startSlapd } from '../support/slapd.ts';
import type { TestDirectory } from '../support/slapd.ts';

const strange = 'Bob (ops) *\\Lee, "x"+y';
const people = [
  { uid: 'lena', password: 'directory-lena', mail: 'jonas@acme.example' },
  { uid: 'Tom.B', password: 'directory-tom' },
  { uid: 'jonas', password: 'directory-jonas' },
  { uid: 'root', password: 'directory-root' },
  { uid: 'an(na)*', password: 'directory-anna' },
  { uid: 'bob', cn: strange, password: 'directory-bob' },
];
const referral = `dn: ou=elsewhere,${baseDn}\nobjectClass: referral\nobjectClass: extensibleObject\nou: elsewhere\nref: ldap://127.0.0.1:1/${baseDn}\n`;

let directory: TestDirectory;
if (noSlapd === null) {
  beforeAll(async () => {
    directory = await startSlapd(people, referral);
  });
  afterAll(() => directory.stop());
}

const settingsOf = (change: Partial<LdapSettings> = {}): LdapSettings => ({
  ...ldapSettings({ base_dn: baseDn, bind_dn: reader.dn, bind_password: reader.password }, undefined),
  url: directory.url,
  ...change,
});
const directoryOf = (change?: Partial<LdapSettings>) => new LdapDirectory(settingsOf(change));

describe.skipIf(noSlapd !== null)('a directory', () => {
  it.each([
    ['plain', () => ({})],
    ['read by nobody in particular', () => ({ reader: null })],
    ['ldaps', () => ({ url: directory.secureUrl, ca: certificateOf(directory) })],
    ['StartTLS', () => ({ startTls: true, ca: certificateOf(directory) })],
  ])('knows its people by their passwords: %s', async (_how, change) => {
    const asked = directoryOf(change());
    const lena = await asked.personOf('lena', 'directory-lena');
    expect(lena).toMatchObject({ dn: `uid=lena,ou=people,${baseDn}`, username: 'lena', name: 'lena' });
    expect(lena?.subject).toMatch(/^id:[0-9a-f-]{36}$/);
    expect(await asked.personOf('lena', 'directory-tom')).toBeNull();
    expect(await asked.personOf('nobody', 'directory-lena')).toBeNull();
  });

  it.each([
    ['ldaps', () => ({ url: directory.secureUrl })],
    ['StartTLS', () => ({ startTls: true })],
  ])('whose certificate nobody vouches for is sent nothing: %s', async (_how, change) => {
    await expect(directoryOf(change()).personOf('lena', 'directory-lena')).rejects.toThrow(DirectoryProblem);
  });

  it('finds nobody by signs that mean something in filters', async () => {
    const asked = directoryOf();
    for (const name of [
      '*',
      'l*',
      'lena)(uid=*',
      'lena)(|(uid=*',
      '\\6cena',
      'lena\0',
      '\\',
      '(',
      ')',
      '\0',
    ]) {
      expect(await asked.personOf(name, 'directory-lena'), name).toBeNull();
    }
    const everywhere = directoryOf({ userFilter: '(|(uid={username})(cn={0}))' });
    expect(await everywhere.personOf(strange, 'directory-bob')).toMatchObject({ username: 'bob' });
    expect(await everywhere.personOf('Bob*', 'directory-bob')).toBeNull();
    // What such a person is called cannot be a user name here.
    expect(await asked.personOf('an(na)*', 'directory-anna')).toBeNull();
  });

  it('is not asked about passwords that it would take from everybody', async () => {
    const asked = directoryOf();
    for (const password of ['', '\0', '\0directory-lena']) {
      expect(await asked.personOf('lena', password)).toBeNull();
    }
  });

  it('takes the first of many, and follows nothing elsewhere', async () => {
    const many = directoryOf({ userFilter: '(|(uid={username})(objectClass=inetOrgPerson))' });
    expect(await many.personOf('nobody', 'directory-lena')).toMatchObject({ username: 'lena' });
    const elsewhere = directoryOf({ baseDn: `ou=elsewhere,${baseDn}` });
    await expect(elsewhere.personOf('lena', 'directory-lena')).rejects.toThrow('LDAP result 10');
  });

  it('says when it refuses the bind DN', async () => {
    const wrong = directoryOf({ reader: { ...reader, password: 'wrong' } });
    await expect(wrong.personOf('lena', 'directory-lena')).rejects.toThrow('does not know the bind DN');
  });
});

describe('a directory that is no use', () => {
  const open = new Set<Server>();
  afterEach(() => {
    for (const server of open) server.close();
    open.clear();
  });

  async function serverThat(
    does: (socket: Socket) => void,
  ): Promise<{ asked: LdapDirectory; seen: Socket[] }> {
    const seen: Socket[] = [];
    const server = createServer((socket) => {
      seen.push(socket.on('error', () => undefined));
      does(socket);
    }).listen(0, '127.0.0.1');
    open.add(server);
    await once(server, 'listening');
    const url = `ldap://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    const settings = { ...ldapSettings({ base_dn: baseDn }, undefined), url };
    return { asked: new LdapDirectory(settings, { signIn: 200, sync: 200 }), seen };
  }

  it.each([
    ['hangs', 'has not answered within 0.2 seconds', (socket: Socket) => socket.resume()],
    ['hangs up', 'cannot be reached', (socket: Socket) => socket.end()],
    ['says what is no LDAP', '', (socket: Socket) => socket.write('HTTP/1.1 200 OK\r\n\r\n')],
    [
      'answers without an end',
      '',
      (socket: Socket) => {
        const more = (): void => {
          while (!socket.destroyed && socket.write(Buffer.alloc(65_536, 0x30)));
        };
        socket.on('drain', more);
        more();
      },
    ],
  ])('because it %s is given up, and left alone for a while', async (_what, words, does) => {
    const { asked, seen } = await serverThat(does);
    await expect(asked.personOf('lena', 'x')).rejects.toThrow(DirectoryProblem);
    await expect(asked.personOf('lena', 'x')).rejects.toThrow(words);
    expect(seen).toHaveLength(1);
  });
});

describe.skipIf(noSlapd !== null)('sign-in by a directory', () => {
  let server: LocalServer;
  beforeAll(async () => {
    server = await startLocalServer({ artifactKeeper: artifactKeeperSettings({}, settingsOf()) });
  });
  afterAll(() => server.stop());
  afterEach(() => {
    vi.restoreAllMocks();
  });

  const login = (username: string, password: string) =>
    call(server, '/api/v1/auth/login', { body: { username, password } });
  async function me(username: string, password: string) {
    const { body } = await login(username, password);
    const token = tokenPairSchema.parse(body).access_token;
    return meSchema.parse((await call(server, '/api/v1/auth/me', { token })).body);
  }

  it('makes an account at the first one, which is found again whatever the name looks like', async () => {
    const first = await me('tom.b', 'directory-tom');
    expect(first).toMatchObject({ username: 'tom.b', display_name: 'Tom.B', role: 'user' });
    expect(await me('TOM.B', 'directory-tom')).toEqual(first);
    expect((await login('tom.b', 'directory-lena')).status).toBe(401);
  });

  it('joins no account by an e-mail address', async () => {
    const lena = await me('lena', 'directory-lena');
    expect(lena.id).not.toBe(server.user('jonas').id);
    expect(lena.email).toBe('lena@directory.invalid');
  });

  it('gives no account of this server away, and no name of its own', async () => {
    expect((await login('jonas', 'directory-jonas')).status).toBe(401);
    expect((await login('root', 'directory-root')).status).toBe(401);
    expect((await login('jonas', server.user('jonas').password)).status).toBe(200);
  });

  it('takes no empty password', async () => {
    expect((await login('lena', '')).status).not.toBe(200);
    expect((await login('lena', '\0')).status).not.toBe(200);
  });

  it('is refused to accounts that are closed', async () => {
    const { id } = await me('bob', 'directory-bob');
    await server.context.write({}, (tx) =>
      tx.updateTable('users').set({ status: 'disabled' }).where('id', '=', id).execute(),
    );
    expect((await login('bob', 'directory-bob')).body).toEqual((await login('bob', 'wrong')).body);
  });

  it('that cannot be asked is told so alike for everybody, and people of this server sign in', async () => {
    const away = await startLocalServer({
      artifactKeeper: artifactKeeperSettings({}, settingsOf({ url: 'ldap://127.0.0.1:1' })),
    });
    try {
      const at = (username: string, password: string) =>
        call(away, '/api/v1/auth/login', { body: { username, password } });
      const refused = [
        await at('lena', 'directory-lena'),
        await at('jonas', 'wrong'),
        await at('nobody', 'x'),
      ];
      for (const { status, body } of refused) {
        expect({ status, body }).toEqual({ status: 502, body: refused[0]?.body });
      }
      expect((await at('jonas', away.user('jonas').password)).status).toBe(200);
    } finally {
      await away.stop();
    }
  });
});
