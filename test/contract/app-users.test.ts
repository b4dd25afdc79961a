import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addSession, appOrganization } from '../support/app-organization.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { newTeam, type Person, type Team } from '../support/organization.ts';
import { call } from '../support/server-client.ts';
import { ManualClock } from '../unit/main/signin/manual-clock.ts';
import { signInParts } from '../unit/main/signin/sign-in-parts.ts';
import type { SignInParts } from '../unit/main/signin/sign-in-parts.ts';

let server: LocalServer;
let parts: SignInParts;
let app: ReturnType<typeof appOrganization>;
let team: Team;
/** A context of an administrator of the server. */
let admin: string;

beforeAll(async () => {
  server = await startLocalServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  const clock = new ManualClock(new Date());
  parts = await signInParts(clock);
  app = appOrganization(parts, clock);
  team = await newTeam(server, { root: 'owner', other: 'member' });
  await set(team.person('root'), { role: 'admin' });
  admin = await addSession(parts, server, team.person('root'), team.slug);
});
afterEach(() => parts.dispose());

function set({ id }: Person, facts: { role?: 'admin'; password_hash?: string }): Promise<unknown> {
  return server.context.write({}, (tx) => tx.updateTable('users').set(facts).where('id', '=', id).execute());
}

const refused = (work: Promise<unknown>, code: string) => expect(work).rejects.toMatchObject({ code });
const found = async (username: string) =>
  (await app.users.list(admin)).users.find((user) => user.username === username);

async function signsIn(username: string, password: string): Promise<unknown> {
  return (await call(server, '/api/v1/auth/login', { body: { username, password } })).body;
}

let made = 0;
async function makeUser() {
  const username = `made-${String((made += 1))}`;
  const asked = { username, email: `${username}@people.example`, name: null, role: 'user' as const };
  return { username, ...(await app.users.create(admin, asked)) };
}

describe('the users of a server', () => {
  it('are offered to people, not to keys', async () => {
    expect(parts.contexts.summary(admin).capabilities).toContain('users');
    const { capabilities } = await parts.add({ address: server.host, userId: server.user('maya').id });
    expect(capabilities).not.toContain('users');
  });

  it('know who they are, and are listed to administrators alone', async () => {
    const [{ id, username }, other] = [team.person('root'), team.person('other')];
    expect(await app.users.me(admin)).toEqual({ userId: id, username, role: 'admin' });
    const { users, total } = await app.users.list(admin);
    expect(total).toBe(users.length);
    expect(users.find((user) => user.username === other.username)).toMatchObject({
      ...{ id: other.id, role: 'user', status: 'active', mustChangePassword: false },
    });
    const theirs = await addSession(parts, server, other, team.slug);
    expect(await app.users.me(theirs)).toMatchObject({ role: 'user' });
    await refused(app.users.list(theirs), 'not_allowed');
  });

  it('are searched for by the service, of whom only the first come', async () => {
    const { username, user } = await makeUser();
    const other = await makeUser();
    expect(await app.users.list(admin, `${username}@people`)).toMatchObject({
      ...{ users: [{ id: user.id }], total: 1 },
    });
    const { users, total } = await app.users.list(admin, 'made-');
    expect(users.map(({ id }) => id)).toEqual(expect.arrayContaining([user.id, other.user.id]));
    expect(total).toBe(users.length);
    expect(await app.users.list(admin, '%&per_page=1')).toEqual({ users: [], total: 0 });
  });

  it('are made with a password that only its holder sees, once, and that has to be changed', async () => {
    const { username, user, held } = await makeUser();
    expect(user).toMatchObject({ name: username, role: 'user', mustChangePassword: true });
    const heldId = held?.heldId ?? '';
    await app.told.copy(heldId);
    const password = app.told.reveal(heldId);
    expect(app.copied()).toBe(password);
    expect(() => app.told.reveal(heldId)).toThrow('secret_gone');
    expect(await signsIn(username, password)).toMatchObject({ must_change_password: true });
    app.told.close(heldId);
    await refused(app.told.copy(heldId), 'secret_gone');
    const log = parts.logged().join('\n');
    expect(log).toContain(`user.created | ${parts.contexts.get(admin).name} | ${username}, user`);
    expect(log).toContain('user.password_revealed');
    expect(log).not.toContain(password);
  });

  it('whose name or address is taken are not made', async () => {
    const { username } = await makeUser();
    const other = { username: `${username}-2`, email: `${username}-2@people.example`, name: null };
    await refused(app.users.create(admin, { ...other, username, role: 'user' }), 'username_taken');
    const email = `${username}@people.example`;
    await refused(app.users.create(admin, { ...other, email, role: 'user' }), 'email_taken');
    expect(await found(other.username)).toBeUndefined();
  });

  it('are changed, disabled and enabled again', async () => {
    const { username, user } = await makeUser();
    const place = { contextId: admin, userId: user.id };
    await app.users.change(place, { name: 'Neuer Name', role: 'viewer' });
    expect(await found(username)).toMatchObject({ name: 'Neuer Name', role: 'viewer', status: 'active' });
    await app.users.change(place, { active: false });
    expect(await found(username)).toMatchObject({ name: 'Neuer Name', role: 'viewer', status: 'disabled' });
    await app.users.change(place, { active: true, role: 'admin' });
    expect(await found(username)).toMatchObject({ role: 'admin', status: 'active' });
    expect(
      parts
        .logged()
        .filter((line) => line.startsWith('user.'))
        .map((line) => line.split(' ')[0]),
    ).toEqual([...['user.created', 'user.changed', 'user.disabled', 'user.enabled', 'user.changed']]);
    await refused(app.users.change(place, { email: team.person('other').email }), 'email_taken');
    await refused(app.users.change({ ...place, userId: 'u_aaaaaaaaaaaaaaaa' }, { name: 'x' }), 'user_gone');
  });

  it('get another password, unless they have none there', async () => {
    const { username, user, held } = await makeUser();
    const first = app.told.reveal(held?.heldId ?? '');
    const { heldId } = await app.users.resetPassword({ contextId: admin, userId: user.id });
    const second = app.told.reveal(heldId);
    expect(await signsIn(username, first)).toMatchObject({ code: 'AUTH_ERROR' });
    expect(await signsIn(username, second)).toMatchObject({ must_change_password: true });
    await app.users.forcePasswordChange({ contextId: admin, userId: user.id });
    const elsewhere = { contextId: admin, userId: team.person('other').id };
    await refused(app.users.resetPassword(elsewhere), 'password_elsewhere');
    await refused(app.users.forcePasswordChange(elsewhere), 'password_elsewhere');
  });

  it('lose the passwords that were held when the vault locks', async () => {
    const { held } = await makeUser();
    parts.vault.lock();
    await parts.unlock();
    expect(() => app.told.reveal(held?.heldId ?? '')).toThrow('secret_gone');
  });

  it('are asked for in the name of a session that is renewed, or that has ended', async () => {
    const { id } = team.person('root');
    await server.context.write({}, (tx) => tx.deleteFrom('sessions').where('user_id', '=', id).execute());
    await refused(app.users.list(admin), 'session_expired');
  });
});
