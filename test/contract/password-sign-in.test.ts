import { describe, expect, it, onTestFinished } from 'vitest';
import { artifactKeeperSettings } from '../../reference-server/config/artifact-keeper.ts';
import { ldapSettings } from '../../reference-server/config/ldap.ts';
import { asked, passwordRigs } from '../support/password-rig.ts';
import { cheapHash } from '../support/demo-seed.ts';
import { startLocalServer } from '../support/local-server.ts';
import { filesHolding } from '../support/search-bytes.ts';

const rig = passwordRigs();

const names = (): string[] =>
  rig()
    .parts.contexts.list()
    .map(({ name }) => name);

function newContext(name: string) {
  const { host: address } = rig().server;
  return { kind: 'new', name, address, setUpPodman: false, setUpDocker: false } as const;
}

/** Gives a user a password that has to be changed. */
async function given(username: string, password: string): Promise<void> {
  await rig().change(username, { password_hash: await cheapHash(password), must_change_password: 1 });
}

describe('a sign-in with a password', () => {
  it('adds a context that is signed in, and keeps the refresh token alone, sealed', async () => {
    const { parts, server } = rig();
    const answer = await rig().signIn('maya');
    expect(answer).toMatchObject({
      ...{ kind: 'signed_in', who: 'Maya Chen', confirmed: true },
      setUps: { podman: 'done', docker: 'not_asked' },
    });
    expect(rig().http.requests, 'what it gave signs in').not.toContain(asked.refresh);
    expect(parts.contexts.current()).toMatchObject({
      ...{ name: 'Work', userId: server.user('maya').id, credential: 'session', org: null },
      setUpPodman: true,
    });
    parts.vault.close();
    const needles = new Map([
      ['the password', Buffer.from(server.user('maya').password)],
      ['a JWT', Buffer.from('eyJhbGciOi')],
    ]);
    expect(filesHolding(parts.folder, needles)).toEqual([]);
  });

  it('is refused with the words for each reason, and adds nothing', async () => {
    const wrong = { code: 'password_wrong' };
    await expect(rig().signIn('maya', { password: 'wrong' })).rejects.toMatchObject(wrong);
    await expect(rig().signIn('maya', { username: 'nobody' })).rejects.toMatchObject(wrong);
    rig().http.fault = (request) => (request === asked.login ? 'not_sent' : null);
    await expect(rig().signIn('maya')).rejects.toMatchObject({ code: 'server_unreachable' });
    expect(names()).toEqual([]);
    expect(await rig().sessionsOf('maya')).toBe(0);
  });

  it('is all that a server of this form of API alone takes, and is enough there', async () => {
    const alone = await startLocalServer({ dialects: ['artifact-keeper'] });
    onTestFinished(async () => {
      await alone.stop();
    });
    const { username, password } = alone.user('jonas');
    const target = { ...newContext('Alone'), address: alone.host };
    const id = await rig().context('maya', { target, username, password });
    const { parts } = rig();
    const { capabilities } = parts.contexts.summary(id);
    expect(capabilities).not.toContain('members');
    expect(capabilities).toEqual(expect.arrayContaining(['audit', 'directory']));
    expect(await parts.contexts.status(id)).toMatchObject({
      ...{ identity: 'Jonas Weber', role: 'user', org: null },
      context: { signIn: { state: 'signed_in' }, userId: alone.user('jonas').id },
    });
    parts.vault.lock();
    await parts.unlock();
    await alone.context.write({}, (tx) => tx.deleteFrom('sessions').execute());
    await parts.contexts.status(id);
    expect(parts.contexts.summary(id).signIn.state).toBe('expired');
  });

  it('is told when the next try is taken after five wrong ones', async () => {
    const attempt = () => rig().signIn('maya', { username: 'somebody-else' });
    for (let tries = 0; tries < 5; tries += 1)
      await expect(attempt()).rejects.toMatchObject({ code: 'password_wrong' });
    const error = await attempt().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'sign_in_limited' });
    const { retryAfterMs } = (error as { details: { retryAfterMs: number } }).details;
    expect(retryAfterMs).toBeGreaterThan(0);
    expect(retryAfterMs).toBeLessThanOrEqual(300_000);
  });

  it('is told that nobody can check the password where the directory is away', async () => {
    const ldap = ldapSettings({ url: 'ldap://127.0.0.1:1', base_dn: 'dc=example,dc=com' }, undefined);
    const away = await startLocalServer({ artifactKeeper: artifactKeeperSettings({}, ldap) });
    onTestFinished(async () => {
      await away.stop();
    });
    const target = { ...newContext('Away'), address: away.host };
    const refused = rig().signIn('maya', { target, username: 'lena' });
    await expect(refused).rejects.toMatchObject({ code: 'sign_in_unavailable' });
  });

  it('asks nobody where the name is taken, or passwords are not taken', async () => {
    await rig().signIn('maya');
    rig().http.requests.length = 0;
    await expect(rig().signIn('jonas')).rejects.toMatchObject({ code: 'name_taken' });
    expect(rig().http.requests).toEqual([]);
    rig().speakOnly('kisenon');
    await expect(rig().signIn('jonas', { target: newContext('Other') })).rejects.toMatchObject({
      code: 'sign_in_not_offered',
    });
    expect(rig().http.requests).not.toContain(asked.login);
  });

  it('gives back what cannot be kept', async () => {
    const { parts, http } = rig();
    http.answer = (request, response) => {
      if (request === 'GET /api/v1/auth/me') parts.vault.lock();
      return response;
    };
    await expect(rig().signIn('maya')).rejects.toMatchObject({ code: 'sign_in_dropped' });
    expect(await rig().sessionsOf('maya')).toBe(0);
    http.answer = (_request, response) => response;
    await parts.unlock();
    http.fault = (request) => (request === 'GET /api/v1/auth/me' ? 'not_sent' : null);
    await expect(rig().signIn('maya')).rejects.toMatchObject({ code: 'server_unreachable' });
    expect(await rig().sessionsOf('maya')).toBe(0);
    expect(names()).toEqual([]);
  });

  it('again signs the same context in, and nobody else to it', async () => {
    const { parts } = rig();
    const id = await rig().context('maya');
    const before = { username: 'maya', lasting: true };
    expect(parts.credentials.sessionBefore(id)).toEqual(before);
    const target = { kind: 'context', contextId: id } as const;
    await expect(rig().signIn('jonas', { target })).rejects.toMatchObject({ code: 'other_account' });
    expect(await rig().sessionsOf('jonas')).toBe(0);
    expect(await rig().context('maya', { target, username: 'maya@acme.example' })).toBe(id);
    expect(parts.credentials.sessionBefore(id), 'whatever they typed').toEqual(before);
    expect(await rig().sessionsOf('maya'), 'the one before was ended').toBe(1);
    expect(parts.credentials.unrevoked.list()).toEqual([]);
  });
});

describe('a password that has to be changed', () => {
  const current = 'given-by-somebody-1';
  const newPassword = 'chosen by myself 2';

  it('is asked for another one, and signs in once that is chosen', async () => {
    await given('priya', current);
    expect(await rig().signIn('priya', { password: current })).toEqual({ kind: 'new_password' });
    expect(await rig().sessionsOf('priya'), 'nothing waits at the server').toBe(0);
    expect(names()).toEqual([]);
    const answer = await rig().signIn('priya', { password: current, newPassword });
    expect(answer).toMatchObject({ kind: 'signed_in', confirmed: true });
    await expect(rig().signIn('priya', { password: current, target: again() })).rejects.toMatchObject({
      code: 'password_wrong',
    });
    expect(await rig().signIn('priya', { password: newPassword, target: again() })).toMatchObject({
      kind: 'signed_in',
    });
  });

  it('is kept where the service does not take the new one, whose words are told', async () => {
    await given('priya', current);
    const refused = rig().signIn('priya', { password: current, newPassword: 'short' });
    await expect(refused).rejects.toMatchObject({
      ...{ code: 'service_refused', details: { said: expect.stringContaining('8 characters') as string } },
    });
    expect(await rig().sessionsOf('priya')).toBe(0);
    expect(await rig().signIn('priya', { password: current })).toEqual({ kind: 'new_password' });
  });

  it('is said to be changed where the sign-in after it fails', async () => {
    await given('priya', current);
    const { http } = rig();
    http.fault = (request) =>
      request === asked.login && http.requests.some((each) => each.endsWith('/password')) ? 'not_sent' : null;
    const changed = rig().signIn('priya', { password: current, newPassword });
    await expect(changed).rejects.toMatchObject({ code: 'password_changed' });
    http.fault = () => null;
    expect(await rig().signIn('priya', { password: newPassword })).toMatchObject({ kind: 'signed_in' });
  });

  it('whose change is not answered is tried, and goes on where it is set', async () => {
    await given('priya', current);
    rig().http.fault = (request) => (request.endsWith('/password') ? 'answer_lost' : null);
    expect(await rig().signIn('priya', { password: current, newPassword })).toMatchObject({
      ...{ kind: 'signed_in', confirmed: true },
    });
    expect(await rig().sessionsOf('priya')).toBe(1);
  });

  it('whose change did not come to the service stays, to be tried again', async () => {
    await given('priya', current);
    rig().http.fault = (request) => (request.endsWith('/password') ? 'not_sent' : null);
    const lost = rig().signIn('priya', { password: current, newPassword });
    await expect(lost).rejects.toMatchObject({ code: 'server_unreachable' });
    expect(await rig().sessionsOf('priya')).toBe(0);
    rig().http.fault = () => null;
    expect(await rig().signIn('priya', { password: current })).toEqual({ kind: 'new_password' });
  });

  it('of which nobody can tell whether it is set is said to be perhaps', async () => {
    await given('priya', current);
    const { http } = rig();
    http.fault = (request) => {
      if (request.endsWith('/password')) return 'answer_lost';
      const isAfter = http.requests.some((each) => each.endsWith('/password'));
      return isAfter && request === asked.login ? 'not_sent' : null;
    };
    const lost = rig().signIn('priya', { password: current, newPassword });
    await expect(lost).rejects.toMatchObject({ code: 'password_maybe_changed' });
    http.fault = () => null;
    expect(await rig().signIn('priya', { password: newPassword })).toMatchObject({ kind: 'signed_in' });
  });

  it('that is asked for later is said by each request, and cured by signing in again', async () => {
    const password = 'chosen before all that';
    await rig().change('priya', { password_hash: await cheapHash(password), must_change_password: 0 });
    const id = await rig().context('priya', { password });
    await rig().change('priya', { must_change_password: 1 });
    const ask = rig().calls.tell(id, { method: 'DELETE', path: '/v1/keys/none' });
    await expect(ask).rejects.toMatchObject({ code: 'password_change_required' });
    const target = { kind: 'context', contextId: id } as const;
    expect(await rig().context('priya', { password, newPassword, target })).toBe(id);
    expect(rig().parts.contexts.summary(id).signIn.state).toBe('signed_in');
  });
});

function again() {
  const [context] = rig().parts.contexts.list();
  return { kind: 'context', contextId: context?.id ?? '' } as const;
}
