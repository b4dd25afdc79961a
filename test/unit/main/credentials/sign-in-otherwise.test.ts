import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GivenCredential } from '../../../../main/core/credentials/credentials.ts';
import { ManualClock } from '../signin/manual-clock.ts';
import { signInParts, type SignInParts } from '../signin/sign-in-parts.ts';
import { nothingRevoked } from '../signin/sign-out-parts.ts';
import { testApiKey, testPasted, testSession } from './credential-parts.ts';
import { refusedBy, SessionService, userId } from './session-service.ts';

let clock: ManualClock;
let service: SessionService;
let parts: SignInParts;

beforeEach(async () => {
  clock = new ManualClock(new Date('2026-11-24T08:00:00.000Z'));
  [service, parts] = await Promise.all([SessionService.start(), signInParts(clock)]);
});
afterEach(async () => {
  await Promise.all([service.stop(), parts.dispose()]);
});

const again: GivenCredential = { ...testApiKey, secret: 'nsk_second', keyId: 'key_second', label: 'second' };

async function addBy(by: GivenCredential | 'key', name = 'Work', org = 'acme'): Promise<string> {
  const chosen = { address: service.origin, name, setUpPodman: false, setUpDocker: false };
  if (by === 'key') {
    const { id } = await parts.contexts.additions.add({ ...chosen, userId, keyLabel: 'laptop' });
    parts.contexts.markActive(id);
    return id;
  }
  return (await parts.contexts.additions.addSignedIn({ ...chosen, signedIn: { userId, org, by } })).id;
}

const signInBy = (id: string, by: GivenCredential, org: string | null = 'acme', user = userId) =>
  parts.contexts.changes.signInBy(id, { userId: user, org, by });

/** How many rows there are of each kind. */
function rows(): unknown {
  const count = (table: string): number => parts.vault.sql().all(`SELECT 1 FROM ${table}`).length;
  return { keys: count('keys'), apiKeys: count('api_keys'), sessions: count('sessions') };
}

describe('signing a context in another way', () => {
  it.each([
    ['a key', 'key', again, /^DELETE \/v1\/keys\/[\w-]{43} a key$/],
    ['an API key', testApiKey, testSession, /^DELETE \/v1\/api-keys\/key_\w+ nsk_/],
    ['an API key, by another one', testApiKey, again, /^DELETE \/v1\/api-keys\/key_\w+ nsk_Ab3d/],
    ['a session', testSession, again, /^POST \/v1\/auth\/logout /],
  ] as const)('revokes and deletes %s, and the context stays the same', async (_, before, by, request) => {
    const id = await addBy(before);
    const context = parts.contexts.get(id);
    const ended: string[] = [];
    const old = parts.credentials.idOf(context);
    parts.credentials.onEnd((each) => ended.push(each));
    expect(await signInBy(id, by)).toMatchObject([{ revocation: 'revoked' }]);
    expect(service.taken()).toEqual([expect.stringMatching(request) as string]);
    expect(parts.contexts.get(id)).toMatchObject({
      ...{ id, name: 'Work', userId, createdAt: context.createdAt, current: true },
      ...{ credential: by.kind, state: 'active', org: 'acme' },
    });
    expect(ended).toEqual([old]);
    expect(parts.credentials.idOf(parts.contexts.get(id))).not.toBe(old);
    expect(rows()).toEqual({
      ...{ keys: 0, apiKeys: Number(by.kind === 'api-key'), sessions: Number(by.kind === 'session') },
    });
    expect(parts.logged().at(-1)).toMatch(/^context\.edited \| Work \| ((API )?key revoked|session ended)$/);
  });

  it('leaves a token as it is at its service, says when that ends, and asks nobody', async () => {
    const id = await addBy(testPasted);
    expect(await signInBy(id, testApiKey)).toEqual([
      {
        ...{ kind: 'pasted', label: null, fingerprint: null, revocation: 'not_possible' },
        endsAt: testPasted.endsAt,
      },
    ]);
    expect(service.taken()).toEqual([]);
    expect(parts.credentials.unrevoked.list()).toEqual([]);
    expect(parts.vault.sql().all('SELECT 1 FROM pasted_tokens')).toEqual([]);
    expect(parts.logged().at(-1)).toBe(
      `context.edited | Work | token deleted here; it ends at ${testPasted.endsAt}`,
    );
  });

  it('takes a token in the place of a key, which is revoked', async () => {
    const id = await addBy('key');
    expect(await signInBy(id, testPasted)).toMatchObject([{ kind: 'key', revocation: 'revoked' }]);
    expect(parts.contexts.get(id)).toMatchObject({ credential: 'pasted', endsAt: testPasted.endsAt });
  });

  it('knows of a key that its service confirmed to be revoked', async () => {
    const id = await addBy('key');
    const kid = parts.keys.signingKid(id) ?? '';
    await signInBy(id, testApiKey);
    expect(parts.keys.validity(kid)).toMatchObject({ state: 'revoked' });
  });

  it('says what could not be revoked, and keeps the new one', async () => {
    const id = await addBy('key');
    const kid = parts.keys.signingKid(id) ?? '';
    service.others = [null];
    expect(await signInBy(id, testApiKey)).toMatchObject([{ kind: 'key', revocation: 'unreachable' }]);
    expect(parts.contexts.get(id).credential).toBe('api-key');
    expect(parts.keys.validity(kid)).toMatchObject({ state: 'deleted' });
  });

  it('ends a session whose token is over by a new one', async () => {
    const id = await addBy(testSession);
    clock.advance(60 * 60_000);
    service.others = [refusedBy('token_expired')];
    expect(await signInBy(id, again)).toMatchObject([{ revocation: 'revoked' }]);
    expect(service.taken().map((each) => each.split(' ')[1])).toEqual([
      ...['/v1/auth/logout', '/v1/auth/refresh', '/v1/auth/logout'],
    ]);
  });

  it('asks for nothing where the session is over', async () => {
    const id = await addBy(testSession);
    parts.vault.sql().run('UPDATE sessions SET is_over = 1');
    expect(await signInBy(id, testSession)).toEqual([]);
    expect(service.taken()).toEqual([]);
    expect(parts.contexts.summary(id).signIn.state).toBe('unknown');
  });

  it('is refused for another user, and for the organization of another context', async () => {
    const id = await addBy(testSession);
    await addBy('key', 'Home');
    parts.vault.sql().run(`UPDATE contexts SET org = 'lab' WHERE name = 'Home'`);
    await expect(signInBy(id, again, 'acme', 'u_zzzzzzzzzzzzzzzz')).rejects.toMatchObject({
      code: 'other_account',
    });
    await expect(signInBy(id, testSession, 'lab')).rejects.toMatchObject({ code: 'already_added' });
    expect(parts.contexts.get(id)).toMatchObject({ credential: 'session', org: 'acme' });
    expect(rows()).toEqual({ keys: 1, apiKeys: 0, sessions: 1 });
  });

  it('changes nothing where the vault is locked', async () => {
    const id = await addBy(testApiKey);
    parts.vault.lock();
    await expect(signInBy(id, again)).rejects.toMatchObject({ code: 'vault_locked' });
    await parts.unlock();
    expect(parts.contexts.get(id).credential).toBe('api-key');
    expect(service.taken()).toEqual([]);
  });

  it('brings a context back that was signed out, and one whose key waited', async () => {
    const id = await addBy('key');
    const noClients = { podman: false, docker: false };
    parts.contexts.markSignedOut(id, noClients, nothingRevoked);
    await signInBy(id, testSession, 'lab');
    expect(parts.contexts.get(id)).toMatchObject({ state: 'active', org: 'lab' });
    const chosen = { address: service.origin, name: 'Waits', setUpPodman: false, setUpDocker: false };
    const waits = await parts.contexts.additions.add({ ...chosen, userId, keyLabel: 'laptop' });
    await signInBy(waits.id, testApiKey, null);
    expect(parts.contexts.pending()).toEqual([]);
  });
});

describe('a context that was signed out of an API key', () => {
  const noClients = { podman: false, docker: false };

  it('signs in again by a key, where its service takes keys', async () => {
    const id = await addBy(testApiKey);
    parts.contexts.markSignedOut(id, noClients, nothingRevoked);
    expect(parts.contexts.signInAgain(id, 'laptop')).toMatchObject({ state: 'pending', maxTokenTtl: 86_400 });
  });

  it('does not, where it takes none', async () => {
    const id = await addBy(testApiKey);
    parts.contexts.markSignedOut(id, noClients, nothingRevoked);
    parts.vault.sql().run('DELETE FROM key_terms');
    expect(parts.contexts.summary(id)).toMatchObject({ state: 'signed_out', maxTokenTtl: null });
    expect(() => parts.contexts.signInAgain(id, 'laptop')).toThrow(
      expect.objectContaining({ code: 'sign_in_not_offered' }),
    );
  });
});

describe('a key', () => {
  it('names the organization that its context acts in, in each token', async () => {
    const id = await addBy('key');
    const claims = async (): Promise<unknown> => {
      const { headers } = await parts.credentials.authorize(parts.contexts.get(id));
      const [, middle = ''] = headers['authorization']?.split('.') ?? [];
      return JSON.parse(Buffer.from(middle, 'base64url').toString());
    };
    expect(await claims()).not.toHaveProperty('org');
    await parts.contexts.changes.actIn(id, 'lab');
    expect(await claims()).toMatchObject({ org: 'lab', sub: userId });
    expect(service.taken(), 'nobody is asked').toEqual([]);
    expect(parts.logged()).toContain('context.edited | Work | organization lab, was not chosen');
  });
});
