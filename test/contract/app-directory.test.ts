import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { artifactKeeperSettings } from '../../reference-server/config/artifact-keeper.ts';
import { ldapSettings, type LdapSettings } from '../../reference-server/config/ldap.ts';
import { addSession, appOrganization, byAccessToken } from '../support/app-organization.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { newTeam, type Team } from '../support/organization.ts';
import { baseDn, noSlapd, reader, startSlapd } from '../support/slapd.ts';
import type { TestDirectory } from '../support/slapd.ts';
import { ManualClock } from '../unit/main/signin/manual-clock.ts';
import { signInParts } from '../unit/main/signin/sign-in-parts.ts';
import type { SignInParts } from '../unit/main/signin/sign-in-parts.ts';

let server: LocalServer;
let parts: SignInParts;
let app: ReturnType<typeof appOrganization>;
let team: Team;
/** A context of an administrator of the server. */
let admin: string;

beforeEach(async () => {
  const clock = new ManualClock(new Date());
  parts = await signInParts(clock);
});
afterEach(async () => {
  await server.stop();
  await parts.dispose();
});

async function start(ldap: LdapSettings | null): Promise<void> {
  server = await startLocalServer({ artifactKeeper: artifactKeeperSettings({}, ldap) });
  app = appOrganization(parts, new ManualClock(new Date()), undefined, byAccessToken(server, parts));
  team = await newTeam(server, { root: 'owner', m: 'member' });
  const { id } = team.person('root');
  await server.context.write({}, (tx) =>
    tx.updateTable('users').set({ role: 'admin' }).where('id', '=', id).execute(),
  );
  admin = await addSession(parts, server, team.person('root'), team.slug);
}

it('a server without a directory has none in the app, and nothing reads it', async () => {
  await start(null);
  expect(await app.directory.status(admin)).toEqual({ passwords: true, directory: null, providers: [] });
  await expect(app.directory.sync(admin)).rejects.toMatchObject({ code: 'service_refused' });
  await expect(app.directory.test(admin)).rejects.toMatchObject({ code: 'service_refused' });
  const member = await addSession(parts, server, team.person('m'), team.slug);
  await expect(app.directory.status(member)).rejects.toMatchObject({ code: 'not_allowed' });
});

describe.skipIf(noSlapd !== null)('a directory', () => {
  let directory: TestDirectory;
  beforeAll(async () => {
    directory = await startSlapd([{ uid: 'lena', password: 'directory-lena' }]);
  });
  afterAll(() => directory.stop());
  const settings = (password: string): LdapSettings => ({
    ...ldapSettings({ base_dn: baseDn, bind_dn: reader.dn, bind_password: password }, undefined),
    url: directory.url,
  });

  it('is tested and read by the app, which says what came of it', async () => {
    await start(settings(reader.password));
    expect(await app.directory.test(admin)).toMatchObject({ works: true });
    await app.directory.sync(admin);
    let status = await app.directory.status(admin);
    while (status.directory?.running === true) status = await app.directory.status(admin);
    expect(status.directory).toMatchObject({
      ...{ host: new URL(directory.url).host, baseDn, groups: false, syncSeconds: null },
      lastSync: { problem: null, counts: { people: 1, disabled: 0 } },
    });
    expect(parts.logged().at(-1)).toContain('directory.sync_begun');
  });

  it('that does not let the server in says so in a sentence, without the password', async () => {
    await start(settings('not-the-password'));
    const { works, message } = await app.directory.test(admin);
    expect(works).toBe(false);
    expect(message).toMatch(/^The directory .*\.$/);
    expect(message).not.toContain('not-the-password');
  });
});
