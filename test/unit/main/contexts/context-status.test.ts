import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../signin/manual-clock.ts';
import { signInParts } from '../signin/sign-in-parts.ts';
import type { SignInParts } from '../signin/sign-in-parts.ts';
import { known, OddService, unknownKey, userId } from './odd-service.ts';

const start = new Date('2026-11-24T12:00:00.000Z');
let clock: ManualClock;
let service: OddService;
let parts: SignInParts;

beforeEach(async () => {
  clock = new ManualClock(start);
  [service, parts] = await Promise.all([OddService.start(), signInParts(clock)]);
});
afterEach(async () => {
  await Promise.all([service.stop(), parts.dispose()]);
});

describe('the status of a context', () => {
  async function activeContext(): Promise<string> {
    const { id } = await parts.add({ address: service.host, userId });
    parts.contexts.markActive(id);
    return id;
  }

  it('is told of again when the clock was set back', async () => {
    const id = await activeContext();
    const kid = parts.keys.signingKid(id) ?? '';
    let told = 0;
    parts.contexts.signIns.onChange(() => (told += 1));
    const { signIns } = parts.contexts;
    signIns.note(id, kid, 'signed_in');
    signIns.note(id, kid, 'signed_in');
    expect(told, 'a moment later').toBe(1);
    clock.set(new Date(start.getTime() - 3_600_000));
    signIns.note(id, kid, 'signed_in');
    expect(told).toBe(2);
  });

  it('says as whom we are signed in, and marks the key as used', async () => {
    const id = await activeContext();
    const { date } = { date: new Date(start.getTime() + 5000).toUTCString() };
    service.whoami = [{ ...known(), headers: { date } }];
    expect(await parts.contexts.status(id)).toMatchObject({
      context: {
        id,
        state: 'active',
        signIn: {
          state: 'signed_in',
          since: start.toISOString(),
          checkedAt: start.toISOString(),
          seenAt: start.toISOString(),
        },
      },
      identity: 'Maya Chen',
      org: 'acme',
      role: 'owner',
      key: { label: 'laptop', lastUsedAt: start.toISOString() },
      clockSkewSeconds: 5,
    });
  });

  it('asks with a token of two minutes for this user and origin only', async () => {
    const id = await activeContext();
    await parts.contexts.status(id);
    const now = start.getTime() / 1000;
    const [token = ''] = service.tokens;
    const kid = parts.keys.current(id)?.kid;
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'Ed25519', typ: 'JWT', kid });
    expect(decodeJwt(token)).toEqual({
      iss: userId,
      sub: userId,
      aud: service.origin,
      iat: now - 30,
      nbf: now - 30,
      exp: now + 120,
      jti: expect.any(String) as string,
    });
  });

  it.each([
    ['a key that is not registered', unknownKey, 'not_accepted'],
    [
      'a key that was revoked',
      { status: 401, body: { error: { code: 'key_revoked', message: '' } } },
      'not_accepted',
    ],
    [
      'a token that is refused for something else',
      { status: 401, body: { error: { code: 'token_invalid', message: '' } } },
      'refused',
    ],
    ['a key of another user', known('u_zzzzzzzzzzzzzzzz'), 'not_accepted'],
    ['a failing service', { status: 503, body: {} }, 'unreachable'],
    ['a service that has too much to do', { status: 429, body: {} }, 'unreachable'],
    ['a connection that breaks', null, 'unreachable'],
    ['a sign-in page in between', { status: 200, body: '<html>' }, 'foreign'],
    ['a 401 of something else', { status: 401, body: 'Unauthorized' }, 'foreign'],
    ['a redirect', { status: 302, body: '', headers: { location: '/' } }, 'foreign'],
  ] as const)('for %s', async (_, answer, state) => {
    const id = await activeContext();
    service.whoami = [answer];
    const status = await parts.contexts.status(id);
    expect(status).toMatchObject({
      context: { signIn: { state, checkedAt: start.toISOString(), seenAt: null } },
      identity: null,
      role: null,
      key: { lastUsedAt: null },
    });
  });

  it('brings what the service speaks by now, and tells of it once', async () => {
    const id = await activeContext();
    let told = 0;
    parts.contexts.onChange(() => (told += 1));
    service.description = { dialects: ['keyhold', 'kisenon'] };
    expect((await parts.contexts.status(id)).context.capabilities).toContain('projects');
    await parts.contexts.status(id);
    expect(told).toBe(1);
    service.description = { dialects: ['kisenon'] };
    expect((await parts.contexts.status(id)).context.capabilities).not.toContain('bots');
    expect(parts.contexts.get(id).dialects).toEqual(['kisenon']);
  });

  it.each([
    ['cannot be reached', { status: 503, body: {} }],
    ['is behind a sign-in page', { status: 200, body: '<html>' }],
    ['speaks nothing that is known', { status: 200, body: { dialects: ['later'] } }],
  ])('changes nothing about what the service speaks while it %s', async (_, answer) => {
    service.description = { dialects: ['kisenon'] };
    const id = await activeContext();
    service.instead = answer;
    await parts.contexts.status(id);
    expect(parts.contexts.get(id).dialects).toEqual(['kisenon']);
  });

  it('writes nothing of a context that was removed, or once the vault was locked, meanwhile', async () => {
    const id = await activeContext();
    service.description = { dialects: ['kisenon'] };
    const asked = parts.contexts.status(id).catch(() => undefined);
    parts.vault.lock();
    await asked;
    await parts.unlock();
    expect(parts.contexts.get(id).dialects).toEqual(['keyhold']);
    const again = parts.contexts.status(id);
    parts.contexts.remove(id);
    await expect(again).rejects.toMatchObject({ code: 'context_not_found' });
  });

  it('of a pending context is not asked for', async () => {
    const { id } = await parts.add({ address: service.host, userId });
    expect(await parts.contexts.status(id)).toMatchObject({ context: { signIn: { state: 'unknown' } } });
    expect(service.tokens).toEqual([]);
  });

  it('is not asked for while the vault is locked', async () => {
    const id = await activeContext();
    parts.vault.lock();
    await expect(parts.contexts.status(id)).rejects.toMatchObject({ code: 'vault_locked' });
    expect(service.tokens).toEqual([]);
  });

  it('leaves no trace of an answer that comes once the vault is locked', async () => {
    const id = await activeContext();
    const asked = parts.contexts.status(id).catch(() => undefined);
    parts.vault.lock();
    await asked;
    await parts.unlock();
    expect(service.tokens).toHaveLength(1);
    expect(parts.contexts.summary(id).signIn).toEqual({
      state: 'unknown',
      since: null,
      checkedAt: null,
      seenAt: null,
    });
    expect(parts.keys.current(id)?.lastUsedAt).toBeNull();
  });
});
