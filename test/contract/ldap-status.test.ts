import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { artifactKeeperErrorSchema } from '../../contracts/server-api/artifact-keeper/errors.ts';
import { ldapStatusSchema, ldapTestResultSchema } from '../../contracts/server-api/artifact-keeper/ldap.ts';
import type { LdapStatus } from '../../contracts/server-api/artifact-keeper/ldap.ts';
import { LdapDirectory } from '../../reference-server/auth/ldap/directory.ts';
import { DirectorySyncs } from '../../reference-server/auth/ldap/syncs.ts';
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
import { baseDn, noSlapd, reader, startSlapd } from '../support/slapd.ts';
import type { TestDirectory } from '../support/slapd.ts';

const paths = {
  status: '/api/v1/admin/ldap/status',
  sync: '/api/v1/admin/ldap/sync',
  test: '/api/v1/admin/ldap/test',
};

let server: LocalServer;
let root: Person;
afterEach(() => server.stop());

async function start(ldap: LdapSettings | null): Promise<void> {
  server = await startLocalServer({ artifactKeeper: artifactKeeperSettings({}, ldap) });
  root = await newPerson(server, { role: 'admin' });
}
const get = async (): Promise<LdapStatus> =>
  ldapStatusSchema.parse((await call(server, paths.status, { token: root.token })).body);
const post = (path: string) => call(server, path, { method: 'POST', token: root.token });

it('a server without a directory says so', async () => {
  await start(null);
  expect(await get()).toMatchObject({ configured: false, host: null, last_sync: null, next_sync_at: null });
  for (const path of [paths.sync, paths.test]) {
    const { status, body } = await post(path);
    expect([status, artifactKeeperErrorSchema.parse(body).code]).toEqual([409, 'CONFLICT']);
    expect(artifactKeeperErrorSchema.parse(body).message).toContain('LDAP_URL');
  }
});

describe.skipIf(noSlapd !== null)('a directory’s status', () => {
  let directory: TestDirectory;
  let gateway: DirectoryGateway;
  beforeAll(async () => {
    directory = await startSlapd([{ uid: 'lena', password: 'directory-lena' }]);
    gateway = await openDirectoryGateway(directory.url);
  });
  afterAll(async () => {
    gateway.stop();
    await directory.stop();
  });
  afterEach(() => {
    gateway.passes = Infinity;
  });
  const settingsOf = (change: Partial<LdapSettings> = {}): LdapSettings => ({
    ...ldapSettings({ base_dn: baseDn, bind_dn: reader.dn, bind_password: reader.password }, undefined),
    url: gateway.url,
    ...change,
  });

  /** Once what began has ended. */
  async function settledStatus(): Promise<LdapStatus> {
    let status = await get();
    while (status.running) status = await get();
    return status;
  }

  it('says how its sync went, by button, and never by which password', async () => {
    await start(settingsOf());
    const host = new URL(gateway.url).host;
    const settings = { configured: true, host, base_dn: baseDn, groups: false, sync_interval: null };
    expect(await get()).toMatchObject({
      ...settings,
      running: false,
      last_sync: null,
      last_success_at: null,
    });
    await call(server, '/api/v1/auth/login', { body: { username: 'lena', password: 'directory-lena' } });
    const begun = await post(paths.sync);
    expect(begun.status).toBe(202);
    expect(ldapStatusSchema.parse(begun.body)).toMatchObject(settings);
    const status = await settledStatus();
    expect(status).toMatchObject({
      last_sync: { problem: null, counts: { people: 1, accounts: 1, disabled: 0 } },
      last_success_at: status.last_sync?.ended_at,
      next_sync_at: null,
    });
    const { body } = await call(server, '/api/v1/admin/audit?resource_type=directory', { token: root.token });
    expect(JSON.stringify(body)).toContain('DIRECTORY_SYNC_BEGUN');
    expect(JSON.stringify([begun.body, status, body])).not.toContain(reader.password);
  });

  it('says what went wrong, and when all was well last', async () => {
    await start(settingsOf());
    await post(paths.sync);
    const { last_success_at: before } = await settledStatus();
    expect(before).not.toBeNull();
    Object.assign(gateway, { passes: 60, then: 'cut' });
    await post(paths.sync);
    const status = await settledStatus();
    expect(status).toMatchObject({ last_success_at: before, last_sync: { counts: null } });
    expect(status.last_sync?.problem).toMatch(
      /^The directory (?:cannot be reached|has cut).*Nothing was changed\.$/,
    );
  });

  it('is of one sync at a time, which ends with the server', async () => {
    await start(settingsOf());
    Object.assign(gateway, { passes: 0, then: 'hang' });
    expect((await post(paths.sync)).status).toBe(202);
    const { status, body } = await post(paths.sync);
    expect([status, artifactKeeperErrorSchema.parse(body).code]).toEqual([409, 'CONFLICT']);
    expect(await get()).toMatchObject({ running: true });
  });

  it.each<[string, Partial<LdapSettings>, boolean, string]>([
    ['all is well', {}, true, 'answers, and shows people'],
    ['the password is wrong', { reader: { ...reader, password: 'x' } }, false, 'does not know the bind DN'],
    ['the place is not there', { baseDn: `ou=none,${baseDn}` }, false, 'has no such place'],
    ['nobody fits', { userFilter: '(&(uid={username})(uid=none))' }, false, 'shows nobody who could sign in'],
    [
      'the place of groups is not there',
      { groups: { filter: '(cn=*)', baseDn: `ou=none,${baseDn}`, attribute: 'cn' } },
      false,
      'has no such place',
    ],
    ['it is away', { url: 'ldap://127.0.0.1:1' }, false, 'cannot be reached (ECONNREFUSED)'],
    ['it has no TLS', { startTls: true }, false, 'has a certificate that is not believed'],
  ])('is tried out: %s', async (_what, change, success, words) => {
    await start(settingsOf(change));
    const { status, body } = await post(paths.test);
    expect(status).toBe(200);
    const result = ldapTestResultSchema.parse(body);
    expect(result.success).toBe(success);
    expect(result.message).toContain(words);
  });

  it('goes by the clock, after a start as well', async () => {
    const settings = settingsOf({ syncSeconds: 3600 });
    await start(settings);
    let time = Date.now();
    const newSyncs = () =>
      new DirectorySyncs(
        { ...server.context, now: () => new Date(time) },
        new LdapDirectory(settings),
        settings,
        { warn: () => undefined, error: () => undefined },
      );
    const syncs = newSyncs();
    const startedAfter = async (seconds: number, those = syncs): Promise<boolean> => {
      time += seconds * 1000;
      const before = (await those.status()).last_sync?.started_at;
      await those.beginIfDue();
      await those.settled();
      return (await those.status()).last_sync?.started_at !== before;
    };
    expect(await startedAfter(0)).toBe(true);
    expect((await syncs.status()).next_sync_at).toBe(new Date(time + 3_600_000).toISOString());
    expect(await startedAfter(3599)).toBe(false);
    expect(await startedAfter(1)).toBe(true);
    expect(await startedAfter(3599, newSyncs())).toBe(false);
    expect(await startedAfter(1, newSyncs())).toBe(true);
  });

  it('of a sync that the end of its server cut off says so', async () => {
    await start(settingsOf());
    const row = { directory: new LdapDirectory(settingsOf()).issuer, started_at: new Date().toISOString() };
    await server.context.write({}, (tx) =>
      tx
        .insertInto('directory_syncs')
        .values({ ...row, ended_at: null, succeeded_at: null, problem: null, counts: '{}' })
        .execute(),
    );
    expect((await get()).last_sync?.problem).toBe('The server ended before the sync did.');
  });
});
