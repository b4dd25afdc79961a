import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WaitState } from '../../../../contracts/ipc/signin.ts';
import { known, OddService, unknownKey, userId } from '../contexts/odd-service.ts';
import { ManualClock } from './manual-clock.ts';
import { signInParts } from './sign-in-parts.ts';
import type { SignInParts } from './sign-in-parts.ts';

const start = new Date('2026-11-24T12:00:00.000Z');
let clock: ManualClock;
let service: OddService;
let parts: SignInParts;
let id: string;

beforeEach(async () => {
  clock = new ManualClock(start);
  [service, parts] = await Promise.all([OddService.start(), signInParts(clock)]);
  ({ id } = await parts.add({ address: service.host, userId }));
});
afterEach(async () => {
  await Promise.all([service.stop(), parts.dispose()]);
});

const isPlanned = ({ nextTryAt }: WaitState): boolean => nextTryAt !== null;
const isOver = ({ phase }: WaitState): boolean => phase === 'registered' || phase === 'wrong_user';

it('of a context whose user was corrected names the right one from then on', async () => {
  const before = parts.registration.card(id);
  await firstTry();
  parts.contexts.correctUser(id, `${userId}2`);
  parts.registration.restart(id);
  const after = parts.registration.card(id);
  expect(before.userId).toBe(userId);
  expect(after).toMatchObject({ userId: `${userId}2`, kid: before.kid });
  expect(after.jti).not.toBe(before.jti);
  service.whoami = [known(`${userId}2`)];
  const over = parts.until(isOver);
  parts.registration.checkNow(id);
  expect(await over).toMatchObject({ phase: 'registered' });
});

/** Starts the wait and lets the first try end. */
async function firstTry(): Promise<WaitState> {
  const planned = parts.until(isPlanned);
  parts.registration.wait(id);
  return planned;
}

/** Goes to the planned time and lets the try there end. */
async function nextTry(): Promise<WaitState> {
  const ended = parts.until((state) => isPlanned(state) || isOver(state));
  clock.advance(pauseMs());
  return ended;
}

function pauseMs(): number {
  return Date.parse(parts.registration.state(id).nextTryAt ?? '') - clock.now().getTime();
}

describe('waiting for the registration', () => {
  it('asks at once, then after about 1, 2, 4, 8 and 15 seconds', async () => {
    expect(parts.registration.state(id).phase).toBe('idle');
    const begun = parts.registration.wait(id);
    expect(begun).toEqual({
      contextId: id,
      phase: 'waiting',
      nextTryAt: null,
      tries: 1,
      setUps: { podman: 'not_asked', docker: 'not_asked' },
    });
    await parts.until(isPlanned);
    for (const seconds of [1, 2, 4, 8, 15, 15]) {
      expect(pauseMs()).toBeGreaterThanOrEqual(seconds * 800);
      expect(pauseMs()).toBeLessThanOrEqual(seconds * 1200);
      expect(await nextTry()).toMatchObject({ phase: 'waiting' });
    }
    expect(parts.registration.state(id).tries).toBe(7);
    expect(service.tokens).toHaveLength(7);
  });

  it('ends when the service knows the key: context, key and activity say so, and set-up is called', async () => {
    const setUp: string[] = [];
    parts.onRegistered = (context) => {
      setUp.push(`${context.name} ${context.state}`);
      return Promise.resolve({ podman: 'done', docker: 'not_asked' });
    };
    await firstTry();
    service.whoami = [known()];
    expect(await nextTry()).toEqual({
      contextId: id,
      phase: 'registered',
      nextTryAt: null,
      tries: 2,
      setUps: { podman: 'done', docker: 'not_asked' },
    });
    expect(setUp).toEqual(['Work active']);
    expect(parts.contexts.get(id).state).toBe('active');
    expect(parts.keys.current(id)?.registeredAt).toBe(clock.now().toISOString());
    expect(parts.logged().filter((line) => line.startsWith('key.registered'))).toHaveLength(1);
    expect(clock.pending).toBe(0);
    expect(parts.registration.wait(id).phase).toBe('registered');
    expect(service.tokens).toHaveLength(2);
  });

  it('counts a set-up that breaks as failed; the key stays registered', async () => {
    parts.onRegistered = () => Promise.reject(new Error('no such folder'));
    service.whoami = [known()];
    const over = parts.until(isOver);
    parts.registration.wait(id);
    expect(await over).toMatchObject({ phase: 'registered', setUps: { podman: 'failed', docker: 'failed' } });
    expect(parts.contexts.get(id).state).toBe('active');
  });

  it('ends when the service takes the key for another user', async () => {
    service.whoami = [known('u_zzzzzzzzzzzzzzzz')];
    const over = parts.until(isOver);
    parts.registration.wait(id);
    expect(await over).toMatchObject({ phase: 'wrong_user', nextTryAt: null });
    expect(clock.pending).toBe(0);
    expect(parts.contexts.get(id).state).toBe('pending');

    service.whoami = [known()];
    const again = parts.until(isOver);
    expect(parts.registration.wait(id)).toMatchObject({ phase: 'waiting', tries: 1 });
    expect(await again).toMatchObject({ phase: 'registered' });
  });

  it('survives that the service is gone, failing, or hidden behind a sign-in page, and says so', async () => {
    service.whoami = [null];
    expect(await firstTry()).toMatchObject({ phase: 'offline', tries: 1 });
    service.whoami = [{ status: 502, body: 'Bad gateway' }];
    expect(await nextTry()).toMatchObject({ phase: 'offline', tries: 2 });
    service.whoami = [{ status: 200, body: '<!doctype html>' }];
    expect(await nextTry()).toMatchObject({ phase: 'offline', tries: 3 });
    service.whoami = [{ status: 302, body: '', headers: { location: '/' } }];
    expect(await nextTry()).toMatchObject({ phase: 'offline', tries: 4 });
    service.whoami = [unknownKey];
    expect(await nextTry()).toMatchObject({ phase: 'waiting', tries: 5 });
    service.whoami = [known()];
    expect(await nextTry()).toMatchObject({ phase: 'registered', tries: 6 });
  });

  it('stays offline while it tries again', async () => {
    service.whoami = [null];
    await firstTry();
    const trying = parts.until(({ nextTryAt }) => nextTryAt === null);
    clock.advance(pauseMs());
    expect(await trying).toMatchObject({ phase: 'offline', tries: 2 });
  });

  it('does not ask before the service wants to be asked again', async () => {
    const inAMinute = new Date(start.getTime() + 60_000).toUTCString();
    service.whoami = [
      { status: 429, body: {}, headers: { 'retry-after': '40' } },
      { status: 503, body: {}, headers: { 'retry-after': inAMinute } },
    ];
    expect(await firstTry()).toMatchObject({ phase: 'offline' });
    expect(pauseMs()).toBe(40_000);
    await nextTry();
    expect(pauseMs()).toBe(20_000);
  });

  it('asks at once when told to, and then goes on as before', async () => {
    await firstTry();
    const planned = parts.until(isPlanned);
    expect(parts.registration.checkNow(id)).toMatchObject({ phase: 'waiting', nextTryAt: null, tries: 2 });
    await planned;
    expect(clock.pending).toBe(1);
    expect(service.tokens).toHaveLength(2);
  });

  it('starts by being told to ask now', async () => {
    const planned = parts.until(isPlanned);
    expect(parts.registration.checkNow(id)).toMatchObject({ phase: 'waiting', tries: 1 });
    await planned;
  });

  it('asks once at a time, however often it is told to', async () => {
    const planned = parts.until(isPlanned);
    parts.registration.wait(id);
    parts.registration.wait(id);
    expect(parts.registration.checkNow(id).tries).toBe(1);
    await planned;
    parts.registration.wait(id);
    expect(clock.pending).toBe(1);
    expect(service.tokens).toHaveLength(1);
  });

  it('asks with a fresh token each time', async () => {
    await firstTry();
    await nextTry();
    await nextTry();
    expect(service.tokens).toHaveLength(3);
    expect(new Set(service.tokens).size).toBe(3);
  });

  it('ends when cancelled, between two tries', async () => {
    await firstTry();
    expect(parts.registration.cancel(id)).toMatchObject({ phase: 'idle', nextTryAt: null });
    expect(clock.pending).toBe(0);
    expect(parts.registration.cancel(id).phase).toBe('idle');
    expect(parts.registration.cancel('00000000-0000-4000-8000-000000000000').phase).toBe('idle');
  });

  it('ends when cancelled during a try, whose answer then counts for nothing', async () => {
    service.whoami = [known()];
    parts.registration.wait(id);
    expect(parts.registration.cancel(id).phase).toBe('idle');
    service.whoami = [unknownKey];
    await firstTry();
    expect(parts.contexts.get(id).state).toBe('pending');
    expect(parts.registration.state(id)).toMatchObject({ phase: 'waiting', tries: 1 });
  });

  it('refuses a context that is not pending, and one that is not there', () => {
    parts.contexts.markActive(id);
    expect(() => parts.registration.wait(id)).toThrow(expect.objectContaining({ code: 'not_pending' }));
    expect(() => parts.registration.checkNow(id)).toThrow(expect.objectContaining({ code: 'not_pending' }));
    parts.contexts.remove(id);
    expect(() => parts.registration.wait(id)).toThrow(expect.objectContaining({ code: 'context_not_found' }));
  });

  it('ends when the context is removed', async () => {
    await firstTry();
    parts.contexts.remove(id);
    expect(clock.pending).toBe(0);
    expect(parts.registration.state(id).phase).toBe('idle');
  });
});

describe('waiting and the lock', () => {
  it('stops when the vault is locked and goes on after unlocking', async () => {
    await firstTry();
    const idle = parts.until(({ phase }) => phase === 'idle');
    parts.vault.lock();
    await idle;
    expect(clock.pending).toBe(0);

    await parts.unlock();
    service.whoami = [known()];
    const over = parts.until(isOver);
    parts.registration.resumePending();
    expect(await over).toMatchObject({ contextId: id, phase: 'registered' });
  });

  it('resumes every pending context but those that the user cancelled', async () => {
    const active = await parts.add({ address: service.host, userId: `${userId}2`, name: 'Active' });
    parts.contexts.markActive(active.id);
    const other = await parts.add({ address: service.host, userId: `${userId}3`, name: 'Other' });
    await firstTry();
    parts.registration.cancel(id);
    parts.vault.lock();
    await parts.unlock();

    const planned = parts.until(isPlanned);
    parts.registration.resumePending();
    expect((await planned).contextId).toBe(other.id);
    expect(clock.pending).toBe(1);
    expect(parts.registration.state(id).phase).toBe('idle');

    await firstTry();
    expect(parts.registration.state(id).phase).toBe('waiting');
  });

  it('does not ask with the vault locked', async () => {
    parts.vault.lock();
    const idle = parts.until(({ phase }) => phase === 'idle');
    parts.registration.wait(id);
    await idle;
    expect(service.tokens).toEqual([]);
    expect(clock.pending).toBe(0);
  });
});
