import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fetchHttpClient } from '../../../../main/adapters/http-client.ts';
import { ServiceCalls } from '../../../../main/core/service/service-calls.ts';
import { ManualClock } from '../signin/manual-clock.ts';
import { signInParts, type SignInParts } from '../signin/sign-in-parts.ts';
import { jwtSession } from './credential-parts.ts';
import { refusedBy, SessionService, userId } from './session-service.ts';

const start = new Date('2026-11-24T08:00:00.000Z');
const minute = 60_000;
const hour = 60 * minute;

let clock: ManualClock;
let service: SessionService;
let parts: SignInParts;
let calls: ServiceCalls;
let id: string;

beforeEach(async () => {
  clock = new ManualClock(start);
  [service, parts] = await Promise.all([SessionService.start(), signInParts(clock)]);
  calls = new ServiceCalls({ http: fetchHttpClient(fetch), clock, contexts: parts.contexts });
  const by = jwtSession(service.token(0));
  const chosen = { address: service.origin, name: 'Work', setUpPodman: false, setUpDocker: false };
  ({ id } = await parts.contexts.additions.addSignedIn({ ...chosen, signedIn: { userId, org: 'acme', by } }));
});
afterEach(async () => {
  await Promise.all([service.stop(), parts.dispose()]);
});

const ask = (): Promise<unknown> => calls.ask(id, { method: 'GET', path: '/v1/orgs' }, z.unknown());
const signIn = (): string => parts.contexts.summary(id).signIn.state;
const sessions = (): unknown[] => parts.vault.sql().all('SELECT id FROM sessions');

describe('a session', () => {
  it('is what signs the context in, and ends when its service said', () => {
    expect(parts.contexts.summary(id)).toMatchObject({
      ...{ state: 'active', credential: 'session', maxTokenTtl: null, org: 'acme' },
      endsAt: new Date(start.getTime() + 12 * hour).toISOString(),
    });
    expect(parts.logged()).toContain('session.started | Work');
  });

  it('signs requests in by its token as long as that lasts, but for the last minute', async () => {
    await ask();
    clock.advance(14 * minute);
    await ask();
    expect(service.taken()).toEqual(['GET /v1/orgs token 0', 'GET /v1/orgs token 0']);
    clock.advance(1);
    await ask();
    expect(service.taken()).toEqual(['POST /v1/auth/refresh token 0', 'GET /v1/orgs token 1']);
    await ask();
    expect(service.taken()).toEqual(['GET /v1/orgs token 1']);
  });

  it('is renewed once for all who wait', async () => {
    clock.advance(hour);
    const { arrived, release } = service.hold();
    const all = Promise.all(Array.from({ length: 20 }, ask));
    await arrived;
    release();
    await all;
    const asked = service.taken();
    expect(asked.filter((each) => each.includes('refresh'))).toEqual(['POST /v1/auth/refresh token 0']);
    expect(asked.filter((each) => each === 'GET /v1/orgs token 1')).toHaveLength(20);
  });

  it('fails once for all who wait, and is tried again by the next', async () => {
    clock.advance(hour);
    service.refreshes = [{ status: 503, body: {} }];
    const { arrived, release } = service.hold();
    const all = Promise.allSettled(Array.from({ length: 5 }, ask));
    await arrived;
    release();
    expect((await all).every(({ status }) => status === 'rejected')).toBe(true);
    await ask();
    expect(service.taken().filter((each) => each.includes('refresh'))).toHaveLength(2);
  });

  it('keeps its renewed token over a lock, sealed, and its new end', async () => {
    clock.advance(hour);
    await ask();
    parts.vault.lock();
    await parts.unlock();
    service.taken();
    await ask();
    expect(service.taken()).toEqual(['GET /v1/orgs token 1']);
    expect(parts.contexts.summary(id).endsAt).toBe(new Date(clock.now().getTime() + 6 * hour).toISOString());
    const [row] = parts.vault.sql().all<{ sealed_token: Buffer }>('SELECT sealed_token FROM sessions');
    expect(row?.sealed_token.includes(Buffer.from(service.token(1)))).toBe(false);
  });

  it('that is renewed while the vault is locked keeps the token that it had, which is renewed later', async () => {
    clock.advance(hour);
    const { arrived, release } = service.hold();
    const asked = ask();
    await arrived;
    parts.vault.lock();
    release();
    await expect(asked).rejects.toMatchObject({ code: 'vault_locked' });
    await parts.unlock();
    service.taken();
    await ask();
    expect(service.taken()).toEqual(['POST /v1/auth/refresh token 0', 'GET /v1/orgs token 2']);
  });

  it('that is gone meanwhile takes no token', async () => {
    clock.advance(hour);
    const { arrived, release } = service.hold();
    const asked = ask();
    await arrived;
    parts.contexts.remove(id);
    release();
    await expect(asked).rejects.toMatchObject({ code: 'session_expired' });
    expect(sessions()).toEqual([]);
  });
});

describe('the end of a session', () => {
  it.each(['session_expired', 'token_invalid'])(
    'is what its service says (%s), and deletes nothing',
    async (code) => {
      clock.advance(hour);
      service.refreshes = [refusedBy(code)];
      await expect(ask()).rejects.toMatchObject({ code: 'session_expired' });
      expect(signIn()).toBe('expired');
      service.taken();
      await expect(ask(), 'nobody is asked any more').rejects.toMatchObject({ code: 'session_expired' });
      expect(service.taken()).toEqual([]);
      expect(sessions()).toHaveLength(1);
      expect(parts.contexts.summary(id)).toMatchObject({ state: 'active', userId, org: 'acme' });
    },
  );

  it('is known at once where it was ended elsewhere', async () => {
    service.others = [refusedBy('session_expired')];
    await expect(ask()).rejects.toMatchObject({ code: 'session_expired' });
    expect(signIn()).toBe('expired');
  });

  it('needs no request where the computer slept past it, and is none when the clock was wrong', async () => {
    clock.set(new Date(start.getTime() + 13 * hour));
    expect(signIn()).toBe('expired');
    await expect(ask()).rejects.toMatchObject({ code: 'session_expired' });
    expect(service.taken()).toEqual([]);
    clock.set(new Date(start.getTime() + minute));
    await ask();
    expect(signIn()).toBe('signed_in');
  });

  it('is not the end of its token: a computer that slept goes on', async () => {
    clock.set(new Date(start.getTime() + 11 * hour));
    await ask();
    expect(service.taken()).toEqual(['POST /v1/auth/refresh token 0', 'GET /v1/orgs token 1']);
  });

  it('is not to be offline, nor what something else answers', async () => {
    clock.advance(hour);
    for (const [answer, code, state] of [
      [null, 'server_unreachable', 'unreachable'],
      [{ status: 503, body: {} }, 'server_unreachable', 'unreachable'],
      [{ status: 429, body: {} }, 'server_unreachable', 'unreachable'],
      [{ status: 200, body: '<html>' }, 'not_a_keyhold_server', 'foreign'],
      [{ status: 302, body: '' }, 'not_a_keyhold_server', 'foreign'],
      [{ status: 401, body: 'Unauthorized' }, 'not_a_keyhold_server', 'foreign'],
    ] as const) {
      service.refreshes = [answer];
      await expect(ask()).rejects.toMatchObject({ code });
      expect(signIn()).toBe(state);
    }
    await ask();
    expect(signIn()).toBe('signed_in');
  });
});

describe('the token of a session', () => {
  it('is of use to its end while the service does not renew it', async () => {
    clock.advance(14.5 * minute);
    service.refreshes = [{ status: 503, body: {} }];
    await ask();
    expect(service.taken()).toEqual(['POST /v1/auth/refresh token 0', 'GET /v1/orgs token 0']);
  });

  it('is renewed when the clock was set back: nobody knows how long it lasts', async () => {
    clock.set(new Date(start.getTime() - hour));
    await ask();
    expect(service.taken()).toEqual(['POST /v1/auth/refresh token 0', 'GET /v1/orgs token 1']);
  });

  it('is renewed when the service calls it over, once', async () => {
    service.others = [refusedBy('token_expired')];
    await ask();
    expect(service.taken()).toEqual([
      'GET /v1/orgs token 0',
      'POST /v1/auth/refresh token 0',
      'GET /v1/orgs token 1',
    ]);
    service.others = [refusedBy('token_expired'), refusedBy('token_expired')];
    await expect(ask()).rejects.toMatchObject({ code: 'service_refused' });
    expect(service.taken()).toHaveLength(3);
  });

  it('is renewed for a look at the status as well, whose answer counts', async () => {
    service.others = [refusedBy('token_expired')];
    expect(await parts.contexts.status(id)).toMatchObject({
      ...{ identity: 'Maya Chen', key: null, apiKey: null },
      context: { signIn: { state: 'signed_in' } },
    });
    clock.advance(hour);
    service.refreshes = [{ status: 503, body: {} }];
    expect(await parts.contexts.status(id)).toMatchObject({
      ...{ identity: null, context: { signIn: { state: 'unreachable' } } },
    });
  });

  it.each([
    ['another user', { user: { id: 'u_zzzzzzzzzzzzzzzz' } }, 'not_a_keyhold_server'],
    ['another organization', { org: 'lab' }, 'not_a_keyhold_server'],
    ['no token', { token: '' }, 'not_a_keyhold_server'],
    ['a token that breaks the request', { token: 'a.b.c\r\nx-evil: 1' }, 'not_a_keyhold_server'],
    ['a life that is none', { expires_in: 0 }, 'not_a_keyhold_server'],
  ])('is not kept from an answer with %s', async (_, renewed, code) => {
    clock.advance(hour);
    service.renewed = renewed;
    await expect(ask()).rejects.toMatchObject({ code });
    service.renewed = {};
    service.taken();
    await ask();
    expect(service.taken()[0]).toBe('POST /v1/auth/refresh token 0');
  });

  it('lasts no longer than a clock can show', async () => {
    clock.advance(hour);
    service.renewed = { expires_in: 1e300, session_expires_in: 1e300 };
    await ask();
    expect(parts.contexts.summary(id).endsAt).toMatch(/^2126-/);
  });

  it('of an account that waits for approval signs in, and may do nothing', async () => {
    service.others = [refusedBy('alpha_pending', 403)];
    await expect(ask()).rejects.toMatchObject({ code: 'approval_pending' });
    expect(signIn()).toBe('waiting');
    clock.advance(hour);
    service.refreshes = [refusedBy('alpha_pending', 403)];
    await expect(ask()).rejects.toMatchObject({ code: 'approval_pending' });
    expect(signIn()).toBe('waiting');
  });

  it('is what a registry gets: a fresh one for programs, of a minute at most', async () => {
    const login = (): Promise<unknown> => parts.tokens.registryToken(id, 'kheeper.example', 'podman');
    expect(await login()).toEqual({ username: userId, secret: service.token(0) });
    clock.advance(minute + 1);
    expect(await login()).toEqual({ username: userId, secret: service.token(1) });
    clock.advance(minute - 1);
    expect(await login()).toEqual({ username: userId, secret: service.token(1) });
    expect(parts.tokens.live()).toEqual([]);
    expect((await parts.contexts.status(id)).programUse).toEqual({
      at: clock.now().toISOString(),
      program: 'podman',
    });
  });

  it('is not one of a chosen life', async () => {
    const minted = parts.tokens.mint(id, '1h');
    await expect(minted).rejects.toMatchObject({ code: 'signs_in_otherwise' });
    expect(() => parts.tokens.life(id, '1h')).toThrow(
      expect.objectContaining({ code: 'signs_in_otherwise' }),
    );
  });
});

describe('another organization', () => {
  const org = (): string | null => parts.contexts.get(id).org;

  it('is what a session acts in from the token that its service gives for it', async () => {
    await parts.contexts.changes.actIn(id, 'lab');
    expect(org()).toBe('lab');
    expect(parts.logged()).toContain('context.edited | Work | organization lab, was acme');
    service.taken();
    await ask();
    expect(service.taken()).toEqual(['GET /v1/orgs token 1']);
    await parts.contexts.changes.actIn(id, 'lab');
    expect(service.taken(), 'it does').toEqual([]);
  });

  it('is not acted in when the service says no, or nothing', async () => {
    for (const [answer, code] of [
      [refusedBy('not_found', 404), 'not_allowed'],
      [null, 'server_unreachable'],
    ] as const) {
      service.refreshes = [answer];
      await expect(parts.contexts.changes.actIn(id, 'lab')).rejects.toMatchObject({ code });
    }
    service.renewed = { org: null };
    const answered = parts.contexts.changes.actIn(id, 'lab');
    await expect(answered).rejects.toMatchObject({ code: 'not_a_keyhold_server' });
    expect(org()).toBe('acme');
  });

  it('waits for a renewal that runs, so that its token is the last', async () => {
    // The service calls the token over, which the app takes for good.
    service.others = [refusedBy('token_expired')];
    const { arrived, release } = service.hold();
    const asked = ask();
    await arrived;
    const switched = parts.contexts.changes.actIn(id, 'lab');
    release();
    await Promise.all([asked, switched]);
    expect(service.taken().filter((each) => each.startsWith('POST'))).toEqual([
      'POST /v1/auth/refresh token 0',
      'POST /v1/auth/switch-org token 1',
    ]);
    await ask();
    expect(service.taken()).toEqual(['GET /v1/orgs token 2']);
  });

  it('is not that of another context of the same user', async () => {
    const by = jwtSession(service.token(7), 900, 900);
    const chosen = { address: service.origin, setUpPodman: false, setUpDocker: false };
    const add = (name: string, other: string): Promise<unknown> =>
      parts.contexts.additions.addSignedIn({ ...chosen, name, signedIn: { userId, org: other, by } });
    await expect(add('Again', 'acme')).rejects.toMatchObject({ code: 'already_added' });
    await add('Lab', 'lab');
    service.taken();
    const moved = parts.contexts.changes.actIn(id, 'lab');
    await expect(moved).rejects.toMatchObject({ code: 'already_added' });
    expect(service.taken(), 'the service is not asked for a token').toEqual([]);
    const { arrived, release } = service.hold();
    const raced = parts.contexts.changes.actIn(id, 'dev');
    const refused = expect(raced).rejects.toMatchObject({ code: 'already_added' });
    await arrived;
    await add('Dev', 'dev');
    release();
    await refused;
    expect(org()).toBe('acme');
  });
});
