import { writeFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { keysPath, publicKeyListSchema } from '../../contracts/server-api/keys.ts';
import { whoamiPath } from '../../contracts/server-api/whoami.ts';
import type { SignOutProgress } from '../../contracts/ipc/sign-out.ts';
import type { HttpClient } from '../../main/core/ports/http.ts';
import { registerContext } from '../support/register-context.ts';
import { call, errorCode, signIn } from '../support/server-client.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { TestServer } from '../support/server.ts';
import { signOutParts } from '../unit/main/signin/sign-out-parts.ts';
import type { SignOutParts } from '../unit/main/signin/sign-out-parts.ts';

let server: TestServer;
let parts: SignOutParts;
/** Called with each request that revokes; the request waits for what it answers. */
let beforeRevoking: () => Promise<void>;

const watched = (http: HttpClient): HttpClient => ({
  request: async (request) => {
    await beforeRevoking();
    return http.request(request);
  },
});

beforeAll(async () => {
  server = await startLocalServer();
});
afterAll(async () => {
  await server.stop();
});
beforeEach(async () => {
  beforeRevoking = () => Promise.resolve();
  parts = await signOutParts(watched);
});
afterEach(async () => {
  await parts.dispose();
});

/** A context that is registered at a server, with Podman or Docker set up if it is asked for. */
async function signedIn(
  username: string,
  options: { at?: TestServer; podman?: boolean; docker?: boolean } = {},
): Promise<string> {
  const { at = server, podman = false, docker = false } = options;
  const { id } = await parts.parts.add({
    address: at.host,
    userId: at.user(username).id,
    name: `${username} at ${at.host}`,
    setUpDocker: docker,
  });
  await registerContext(parts.parts, id, at, await signIn(at, username));
  if (podman) await parts.registries.setUp(id, 'podman');
  if (docker) await parts.registries.setUp(id, 'docker');
  return id;
}

/** Contexts of users that no server knows. */
async function addPending(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let number = 0; number < count; number += 1) {
    const facts = { userId: `u_${'a'.repeat(16 + number)}`, name: `Pending ${String(number)}` };
    ids.push((await parts.parts.add({ address: server.host, ...facts })).id);
  }
  return ids;
}

/** Holds up all requests that revoke, until they are let go. */
function holdRequests(): { begun: (count: number) => Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const arrived: (() => void)[] = [];
  let count = 0;
  beforeRevoking = async () => {
    count += 1;
    for (const tell of arrived) tell();
    await gate;
  };
  return {
    begun: (wanted) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (count >= wanted) resolve();
        };
        arrived.push(look);
        look();
      }),
    open,
  };
}

async function kidsAt(at: TestServer, username: string): Promise<string[]> {
  const { body } = await call(at, keysPath, { token: await signIn(at, username) });
  return publicKeyListSchema.parse(body).keys.map(({ kid }) => kid);
}

describe('signing out of a context', () => {
  it('revokes the key on the server, undoes Podman’s set-up and deletes the key', async () => {
    const id = await signedIn('maya', { podman: true });
    const { kid = '', fingerprint, label } = parts.parts.keys.current(id) ?? {};
    const { tokenId } = await parts.parts.tokens.mint(id, '1h');
    const token = parts.parts.tokens.text(tokenId, 'raw');
    expect(await kidsAt(server, 'maya')).toContain(kid);

    const report = await parts.signOut.run(id);
    expect(report).toMatchObject({
      results: [
        {
          context: { id, state: 'signed_out', current: true },
          done: true,
          credentials: [{ kind: 'key', label, fingerprint, revocation: 'revoked' }],
          setUps: { podman: 'undone', docker: 'none' },
        },
      ],
      left: 0,
    });
    expect(await kidsAt(server, 'maya')).not.toContain(kid);
    expect(errorCode(await call(server, whoamiPath, { token }))).toBe('key_revoked');
    expect(await parts.read()).toBeNull();
    expect(parts.parts.keys.list(id)).toEqual([]);
    expect(parts.parts.vault.sql().all('SELECT id FROM keys WHERE kid = ?', kid)).toEqual([]);
    expect(() => parts.parts.tokens.text(tokenId, 'raw')).toThrow(
      expect.objectContaining({ code: 'token_gone' }),
    );
    await expect(parts.parts.tokens.mint(id, '1h')).rejects.toMatchObject({ code: 'key_not_registered' });
    expect(parts.parts.logged().at(-1)).toBe(`context.signed_out | maya at ${server.host} | key revoked`);
  });

  it('asks the service for the keys that are not revoked yet, and deletes all', async () => {
    const id = await signedIn('maya');
    const { keys } = parts.parts;
    const first = keys.current(id);
    keys.endings.retire(first?.id ?? '', 'key revoked', true);
    keys.create(id, 'second');
    await registerContext(parts.parts, id, server, await signIn(server, 'maya'));
    expect(await parts.signOut.run(id)).toMatchObject({
      results: [{ done: true, credentials: [{ label: 'second', revocation: 'revoked' }] }],
    });
    expect(keys.list(id)).toEqual([]);
  });

  it('deletes the key also when the server is gone, and says that it was not revoked', async () => {
    const gone = await startLocalServer();
    const id = await signedIn('maya', { at: gone });
    await gone.stop();
    expect(await parts.signOut.run(id)).toMatchObject({
      results: [
        {
          done: true,
          credentials: [{ revocation: 'unreachable' }],
          setUps: { podman: 'none', docker: 'none' },
        },
      ],
    });
    expect(parts.parts.keys.list(id)).toEqual([]);
    expect(parts.parts.logged().at(-1)).toMatch(/key not revoked: service not reached$/);
  });

  it('takes a key that was revoked before, or never registered, as done', async () => {
    const revoked = await signedIn('maya');
    const { kid = '' } = parts.parts.keys.current(revoked) ?? {};
    const token = await signIn(server, 'maya');
    expect((await call(server, `${keysPath}/${kid}`, { method: 'DELETE', token })).status).toBe(204);
    const user = server.user('priya').id;
    const pending = await parts.parts.add({ address: server.host, userId: user, name: 'Pending' });
    const report = await parts.signOut.run(null);
    expect(report.results.map(({ credentials }) => credentials[0]?.revocation)).toEqual([
      'not_registered',
      'not_registered',
    ]);
    expect(parts.parts.contexts.summary(pending.id).state).toBe('signed_out');
  });

  it('revokes the key of a pending context that the server knows already', async () => {
    const id = await signedIn('maya');
    parts.parts.vault.sql().run('UPDATE keys SET registered_at = NULL WHERE context_id = ?', id);
    expect(await parts.signOut.run(id)).toMatchObject({
      results: [{ credentials: [{ revocation: 'revoked' }] }],
    });
  });

  it('says so when the auth file cannot be changed, and leaves the undo for later', async () => {
    const id = await signedIn('maya', { podman: true });
    const before = await parts.read();
    await parts.write('{ not JSON');
    expect(await parts.signOut.run(id)).toMatchObject({
      results: [
        {
          done: true,
          setUps: { podman: 'failed', docker: 'none' },
          credentials: [{ revocation: 'revoked' }],
        },
      ],
    });
    await parts.write(before ?? '');
    expect(await parts.registries.undo(id, 'podman')).toEqual({ restored: 'exact' });
  });

  it('keeps Podman set up for the other account of the host, which answers once it is chosen', async () => {
    const maya = await signedIn('maya', { podman: true });
    const priya = await signedIn('priya');
    const answering = (): unknown => parts.parts.contexts.accounts.of(server.host);
    expect(answering()).toMatchObject({ id: maya });
    expect(await parts.signOut.run(maya)).toMatchObject({
      results: [{ setUps: { podman: 'kept', docker: 'none' } }],
    });
    expect(answering()).toMatchObject({ id: maya, state: 'signed_out' });
    parts.parts.contexts.useAccount(priya);
    expect(answering()).toMatchObject({ id: priya, state: 'active' });
    expect(JSON.parse((await parts.read()) ?? '')).toEqual({ credHelpers: { [server.host]: 'keyhold' } });
  });

  it('undoes Docker’s set-up as well, and signing in again sets it up as before', async () => {
    const id = await signedIn('maya');
    await parts.registries.setUp(id, 'docker');
    expect(await parts.signOut.run(id)).toMatchObject({
      results: [{ setUps: { podman: 'none', docker: 'undone' } }],
    });
    parts.parts.contexts.signInAgain(id, 'second');
    const { setUpPodman, setUpDocker } = parts.parts.contexts.get(id);
    expect({ setUpPodman, setUpDocker }).toEqual({ setUpPodman: false, setUpDocker: true });
  });

  it('remembers what was asked for where the undo failed', async () => {
    const id = await signedIn('maya', { docker: true });
    const { files } = await parts.registries.list();
    await writeFile(files.docker, '{ not JSON');
    expect(await parts.signOut.run(id)).toMatchObject({
      results: [{ setUps: { podman: 'none', docker: 'failed' } }],
    });
    const { setUpPodman, setUpDocker } = parts.parts.contexts.get(id);
    expect({ setUpPodman, setUpDocker }).toEqual({ setUpPodman: false, setUpDocker: true });
  });

  it('can be followed by signing in again with a new key, and sets Podman up as before', async () => {
    const id = await signedIn('maya', { podman: true });
    const { kid: old } = parts.parts.keys.current(id) ?? {};
    expect(() => parts.parts.registration.token(id)).toThrow(
      expect.objectContaining({ code: 'not_pending' }),
    );
    await parts.signOut.run(id);
    expect(parts.parts.contexts.signInAgain(id, 'second')).toMatchObject({ id, state: 'pending' });
    const { kid, label } = parts.parts.keys.pending(id) ?? {};
    expect(label).toBe('second');
    expect(kid).not.toBe(old);
    expect(parts.parts.contexts.get(id).setUpPodman).toBe(true);
    await registerContext(parts.parts, id, server, await signIn(server, 'maya'));
    expect((await parts.parts.contexts.status(id)).context.signIn.state).toBe('signed_in');
    expect(() => parts.parts.contexts.signInAgain(id, 'third')).toThrow(
      expect.objectContaining({ code: 'not_signed_out' }),
    );
  });
});

describe('signing out of all', () => {
  it('tells how far it is and reports on each, in the order of the contexts', async () => {
    const other = await startLocalServer();
    const ids = [await signedIn('maya'), await signedIn('maya', { at: other }), await signedIn('priya')];
    await other.stop();
    const told: SignOutProgress[] = [];
    parts.signOut.onProgress((progress) => told.push(progress));
    const report = await parts.signOut.run(null);
    expect(
      report.results.map(({ context, credentials }) => [context.id, credentials[0]?.revocation]),
    ).toEqual([
      [ids[0], 'revoked'],
      [ids[1], 'unreachable'],
      [ids[2], 'revoked'],
    ]);
    expect(told.at(0)).toMatchObject({ done: 0, total: 3 });
    expect(told.at(-1)).toEqual({ done: 3, total: 3, current: [] });
    expect((await parts.signOut.run(null)).results).toEqual([]);
  });

  it('undoes Podman’s set-up when all accounts of the host are signed out at once', async () => {
    await signedIn('maya', { podman: true });
    await signedIn('priya');
    const { begun, open } = holdRequests();
    const run = parts.signOut.run(null);
    await begun(2);
    open();
    const { results } = await run;
    expect(results.map(({ setUps }) => setUps.podman).sort()).toEqual(['none', 'undone']);
    expect(await parts.read()).toBeNull();
    expect((await parts.registries.list()).registries.map(({ clients }) => clients.podman.canUndo)).toEqual([
      false,
      false,
    ]);
  });

  it('begins with no further context once it is cancelled, and finishes those that were begun', async () => {
    const ids = [await signedIn('maya'), await signedIn('priya'), ...(await addPending(4))];
    const { begun, open } = holdRequests();
    const run = parts.signOut.run(null);
    await begun(4);
    parts.signOut.cancel();
    open();
    const { results, left } = await run;
    expect(results.map(({ context }) => context.id)).toEqual(ids.slice(0, 4));
    expect(left).toBe(2);
    expect(parts.parts.contexts.list().map(({ state }) => state)).toEqual([
      ...Array.from({ length: 4 }, () => 'signed_out'),
      ...['pending', 'pending'],
    ]);
    expect(parts.parts.keys.list(ids[5] ?? '')).toHaveLength(1);
  });

  it('finishes what was begun before the vault was locked once it is unlocked, and goes no further', async () => {
    const ids = [await signedIn('maya'), ...(await addPending(4))];
    const { kid = '' } = parts.parts.keys.current(ids[0] ?? '') ?? {};
    const { begun, open } = holdRequests();
    const run = parts.signOut.run(null);
    await begun(4);
    parts.parts.vault.lock();
    const toldLocked = vi.fn();
    const stop = parts.signOut.onProgress(toldLocked);
    open();
    await expect(run).rejects.toMatchObject({ code: 'vault_locked' });
    expect(toldLocked).not.toHaveBeenCalled();
    stop();
    expect(await kidsAt(server, 'maya')).not.toContain(kid);
    await parts.parts.unlock();
    const expected = [...Array.from({ length: 4 }, () => 'signed_out'), 'pending'];
    await expect.poll(() => parts.parts.contexts.list().map(({ state }) => state)).toEqual(expected);
    expect(ids.map((id) => parts.parts.keys.list(id).length)).toEqual([0, 0, 0, 0, 1]);
  });
});
