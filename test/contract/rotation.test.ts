import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Rotation } from '../../contracts/domain/rotation.ts';
import { keysPath, publicKeyListSchema } from '../../contracts/server-api/keys.ts';
import { fileLogger } from '../../main/adapters/logger.ts';
import { systemRandom } from '../../main/adapters/random.ts';
import { revokeKey } from '../../main/core/credentials/keys/revoke-key.ts';
import { RotationService } from '../../main/core/credentials/keys/rotation/rotation-service.ts';
import { FaultyHttp, type Fault } from '../support/faulty-http.ts';
import { call, signIn } from '../support/server-client.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { TestServer } from '../support/server.ts';
import { ManualClock } from '../unit/main/signin/manual-clock.ts';
import { signInParts } from '../unit/main/signin/sign-in-parts.ts';
import type { SignInParts } from '../unit/main/signin/sign-in-parts.ts';

let server: TestServer;
let session: string;
let clock: ManualClock;
let http: FaultyHttp;
let parts: SignInParts;
let rotations: RotationService;
let id: string;
/** Ends what the rotations before a restart hear. */
let detach: (() => void) | undefined;

beforeAll(async () => {
  server = await startLocalServer();
  session = await signIn(server, 'maya');
});
afterAll(async () => {
  await server.stop();
});
beforeEach(async () => {
  clock = new ManualClock(new Date());
  http = new FaultyHttp();
  parts = await signInParts(clock, 'silent', http);
  rotations = newRotations();
  ({ id } = await parts.add({ address: server.host, userId: server.user('maya').id }));
  await paste();
  const registered = parts.until(({ phase }) => phase === 'registered');
  parts.registration.wait(id);
  await registered;
  http.requests.length = 0;
});
afterEach(async () => {
  await parts.dispose();
});

/** As the app builds it, also after a restart: what it knows comes from the vault. */
function newRotations(): RotationService {
  const logger = fileLogger('/nonexistent', 'silent');
  const made = new RotationService({ ...parts, http, clock, random: systemRandom, logger });
  detach?.();
  detach = parts.registration.onWait(({ phase, contextId }) => {
    if (phase === 'registered') made.registered(contextId);
  });
  return made;
}

/** Pastes the registration token of the pending key into the dashboard's API. */
async function paste(): Promise<void> {
  const registration_token = parts.registration.token(id);
  const { status } = await call(server, keysPath, { token: session, body: { registration_token } });
  expect(status).toBe(201);
}

/** Resolves with the first state that is wanted, now or later. */
function until(wanted: (state: Rotation | null) => boolean): Promise<Rotation | null> {
  return new Promise((resolve) => {
    const look = (): boolean => {
      const state = rotations.state(id);
      if (!wanted(state)) return false;
      resolve(state);
      return true;
    };
    if (look()) return;
    const stop = rotations.onChange(() => {
      if (look()) stop();
    });
  });
}

const standing = (state: Rotation | null): boolean => state !== null && !state.running;

/** Starts or goes on, and gives where it comes to a stand. */
async function rotate(byPasting = false): Promise<Rotation | null> {
  await rotations.rotate(id, byPasting);
  return await until(standing);
}

/** Whether the credential that Podman would be given now is good at the server. */
async function helperWorks(): Promise<boolean> {
  const { secret } = await parts.tokens.registryToken(id, server.host);
  return (await call(server, '/v1/whoami', { token: secret })).status === 200;
}

async function registeredKids(): Promise<string[]> {
  const { body } = await call(server, keysPath, { token: session });
  return publicKeyListSchema.parse(body).keys.map(({ kid }) => kid);
}

const currentKid = (): string | undefined => parts.keys.current(id)?.kid;

describe('a rotation', () => {
  it('replaces the key: made, registered by the old one, proved, the old one revoked', async () => {
    const old = parts.keys.current(id);
    const seen = new Set<string>();
    rotations.onChange(() => seen.add(rotations.state(id)?.step ?? ''));
    expect(await rotate()).toMatchObject({ step: 'done', mode: 'service', problem: null, canUndo: false });
    expect([...seen]).toEqual(['register', 'verify', 'retire', 'done']);
    expect(http.requests).toEqual([
      'GET /.well-known/keyhold',
      'POST /v1/keys/rotate',
      'GET /v1/whoami',
      `DELETE /v1/keys/${old?.kid ?? ''}`,
    ]);
    const [newKey, oldKey] = parts.keys.list(id);
    expect(newKey).toMatchObject({ label: 'laptop', state: 'active', signs: true, source: 'made' });
    expect(oldKey).toMatchObject({ id: old?.id, state: 'revoked', signs: false });
    const kids = await registeredKids();
    expect(kids).toContain(newKey?.kid);
    expect(kids).not.toContain(old?.kid);
    expect(parts.logged().slice(-4)).toEqual([
      expect.stringMatching(/^key\.created \| Work \| laptop/) as string,
      'key.registered | Work | laptop',
      'key.revoked | Work | laptop: key revoked',
      'key.rotated | Work | laptop',
    ]);
    expect(await helperWorks()).toBe(true);
  });

  it('is no longer shown once it was looked at', async () => {
    await rotate();
    rotations.stop(id);
    expect(rotations.state(id)).toBeNull();
  });

  it('keeps the age limit of the old key', async () => {
    parts.keys.setAge(parts.keys.current(id)?.id ?? '', 90);
    await rotate();
    const { createdAt, expiresAt } = parts.keys.current(id) ?? { createdAt: '', expiresAt: '' };
    expect(Date.parse(expiresAt ?? '') - Date.parse(createdAt)).toBe(90 * 86_400_000);
  });

  it('can be done again and again', async () => {
    await rotate();
    await rotate();
    expect(rotations.state(id)?.step).toBe('done');
    expect(parts.keys.list(id).map(({ state }) => state)).toEqual(['active', 'revoked', 'revoked']);
  });

  it('brings back a context whose key has expired', async () => {
    parts.keys.setAge(parts.keys.current(id)?.id ?? '', 30);
    // The server's clock is the real one: the key's limit is moved instead of the time.
    const past = new Date(clock.now().getTime() - 1000).toISOString();
    parts.vault.sql().run('UPDATE keys SET expires_at = ?', past);
    await expect(parts.tokens.registryToken(id, server.host)).rejects.toMatchObject({ code: 'key_expired' });
    expect(await parts.contexts.status(id)).toMatchObject({ context: { signIn: { state: 'expired' } } });
    expect(await rotate()).toMatchObject({ step: 'done' });
    expect(await helperWorks()).toBe(true);
  });

  it('does not begin when the service cannot be reached, or there is no key', async () => {
    http.fault = () => 'not_sent';
    await expect(rotations.rotate(id, false)).rejects.toMatchObject({ code: 'server_unreachable' });
    expect(rotations.state(id)).toBeNull();
    expect(parts.keys.list(id)).toHaveLength(1);
    parts.keys.endings.retire(parts.keys.current(id)?.id ?? '', 'key revoked', true);
    await expect(rotations.rotate(id, false)).rejects.toMatchObject({ code: 'key_not_registered' });
  });

  it('makes one new key when it is asked for twice at once', async () => {
    await Promise.all([rotations.rotate(id, false), rotations.rotate(id, false)]);
    await until(standing);
    expect(parts.keys.list(id)).toHaveLength(2);
  });
});

const faults: [string, RegExp, Fault, Rotation['step']][] = [
  ['the rotation is not sent', /rotate/, 'not_sent', 'register'],
  ['the answer to the rotation is lost', /rotate/, 'answer_lost', 'register'],
  ['the proof is not sent', /whoami/, 'not_sent', 'verify'],
  ['the answer to the proof is lost', /whoami/, 'answer_lost', 'verify'],
  ['the revocation is not sent', /DELETE/, 'not_sent', 'retire'],
  ['the answer to the revocation is lost', /DELETE/, 'answer_lost', 'retire'],
];

describe.each(faults)('when %s', (_name, pattern, fault, step) => {
  beforeEach(async () => {
    http.fault = (request) => (pattern.test(request) ? fault : null);
    expect(await rotate()).toMatchObject({ step, problem: 'server_unreachable' });
    http.fault = () => null;
  });

  it('a key works, and the rotation can be gone on with', async () => {
    expect(await helperWorks()).toBe(true);
    expect(await rotate()).toMatchObject({ step: 'done' });
    expect(await helperWorks()).toBe(true);
    expect(parts.keys.list(id).map(({ state }) => state)).toEqual(['active', 'revoked']);
  });

  it('it can be gone on with after a restart', async () => {
    parts.vault.lock();
    await parts.unlock();
    rotations = newRotations();
    expect(rotations.state(id)).toMatchObject({ step, running: false, problem: 'stopped' });
    expect(await helperWorks()).toBe(true);
    expect(await rotate()).toMatchObject({ step: 'done' });
    expect(await helperWorks()).toBe(true);
  });

  it('it can be undone until the new key has taken over, and the service forgets that key', async () => {
    const old = parts.keys.list(id).at(-1);
    const newKid = parts.keys.list(id)[0]?.kid;
    if (step === 'retire') {
      expect(rotations.state(id)?.canUndo).toBe(false);
      await expect(rotations.undo(id)).rejects.toMatchObject({ code: 'rotation_over' });
    } else {
      const known = step === 'verify' || fault === 'answer_lost';
      expect(await rotations.undo(id)).toBe(known ? 'revoked' : 'not_registered');
      expect(rotations.state(id)).toBeNull();
      expect(parts.keys.list(id).map(({ kid }) => kid)).toEqual([old?.kid]);
      expect(await registeredKids()).not.toContain(newKid);
    }
    expect(await helperWorks()).toBe(true);
  });
});

describe('a rotation that is stopped', () => {
  it('stands where it was, and goes on when it is asked to', async () => {
    const held = new Promise<void>((resolve) => (http.onHeld = resolve));
    http.fault = (request) => (request.includes('rotate') ? 'held' : null);
    await rotations.rotate(id, false);
    await held;
    expect(rotations.state(id)).toMatchObject({ running: true, step: 'register', problem: null });
    rotations.stop(id);
    expect(rotations.state(id)).toMatchObject({ running: false, step: 'register', problem: 'stopped' });
    http.fault = () => null;
    expect(await rotate()).toMatchObject({ step: 'done' });
  });

  it('by the vault’s lock leaves nothing running', async () => {
    const held = new Promise<void>((resolve) => (http.onHeld = resolve));
    http.fault = (request) => (request.includes('rotate') ? 'held' : null);
    await rotations.rotate(id, false);
    await held;
    parts.vault.lock();
    await parts.unlock();
    expect(rotations.state(id)).toMatchObject({ running: false, problem: 'stopped' });
  });
});

describe('when the old key was revoked on the dashboard meanwhile', () => {
  beforeEach(async () => {
    const path = `${keysPath}/${currentKid() ?? ''}`;
    expect((await call(server, path, { method: 'DELETE', token: session })).status).toBe(204);
    expect(await rotate()).toMatchObject({ step: 'register', problem: 'old_key_refused' });
  });

  it('the new key can be registered by pasting its token, and takes over', async () => {
    expect(await rotate(true)).toMatchObject({ mode: 'paste', step: 'register', problem: null });
    await paste();
    parts.registration.checkNow(id);
    expect(await until((state) => state?.step === 'done')).toMatchObject({ mode: 'paste' });
    expect(await helperWorks()).toBe(true);
  });
});

describe('when the new key was revoked on the dashboard before it had signed in', () => {
  it('the old key goes on signing, and the rotation can only be undone', async () => {
    http.fault = (request) => (request.includes('whoami') ? 'not_sent' : null);
    await rotate();
    http.fault = () => null;
    const newKid = parts.keys.pending(id)?.kid ?? '';
    await call(server, `${keysPath}/${newKid}`, { method: 'DELETE', token: session });
    expect(await rotate()).toMatchObject({ step: 'register', problem: 'not_accepted' });
    expect(await rotate()).toMatchObject({ step: 'register', problem: 'refused' });
    expect(await helperWorks()).toBe(true);
    expect(await rotations.undo(id)).toBe('not_registered');
    expect(await rotate()).toMatchObject({ step: 'done' });
  });
});

describe('a service that does not let a key name its successor', () => {
  beforeEach(() => {
    http.answer = (request, response) =>
      request.endsWith('/keyhold')
        ? { ...response, text: response.text.replace('"key_rotation":true', '"key_rotation":false') }
        : response;
  });

  it('is given a registration token to paste; the old key signs until the new one is known', async () => {
    const old = currentKid();
    expect(await rotate()).toMatchObject({ mode: 'paste', step: 'register', problem: null, canUndo: true });
    expect(http.requests).not.toContain('POST /v1/keys/rotate');
    expect(currentKid()).toBe(old);
    expect(await helperWorks()).toBe(true);
    expect(parts.registration.card(id).kid).toBe(parts.keys.pending(id)?.kid);
    await paste();
    parts.registration.checkNow(id);
    await until((state) => state?.step === 'done');
    expect(currentKid()).not.toBe(old);
    expect(await registeredKids()).not.toContain(old);
    expect(await helperWorks()).toBe(true);
  });

  it('is waited for again after a restart', async () => {
    await rotate();
    parts.vault.lock();
    await parts.unlock();
    rotations = newRotations();
    await paste();
    rotations.resumePasted();
    expect(await until((state) => state?.step === 'done')).not.toBeNull();
  });

  it('can be left alone again', async () => {
    const old = currentKid();
    await rotate();
    expect(await rotations.undo(id)).toBe('not_registered');
    expect(parts.keys.list(id).map(({ kid }) => kid)).toEqual([old]);
    expect(() => parts.registration.wait(id)).toThrow('not_pending');
  });
});

describe('a service that will not revoke the old key', () => {
  it('is left with it on request: here it is retired', async () => {
    http.answer = (request, response) =>
      request.startsWith('DELETE')
        ? { ...response, status: 403, text: '{"error":{"code":"session_required","message":"No"}}' }
        : response;
    expect(await rotate()).toMatchObject({ step: 'retire', problem: 'refused' });
    expect(parts.keys.list(id).map(({ state }) => state)).toEqual(['active', 'retiring']);
    rotations.end(id);
    expect(rotations.state(id)?.step).toBe('done');
    expect(parts.keys.list(id).map(({ state }) => state)).toEqual(['active', 'revoked']);
    expect(parts.logged()).toContain('key.revoked | Work | laptop: not revoked by the service');
  });
});

describe('revoking a key', () => {
  const revoke = (keyId: string, anyway = false) =>
    revokeKey({ ...parts, http, clock, random: systemRandom }, keyId, anyway);
  const keyId = (): string => parts.keys.list(id)[0]?.id ?? '';

  it('has the service revoke it and destroys it here', async () => {
    const kid = currentKid();
    expect(await revoke(keyId())).toEqual({ revocation: 'revoked', retired: true });
    expect(await registeredKids()).not.toContain(kid);
    expect(currentKid()).toBeUndefined();
    await expect(parts.tokens.registryToken(id, server.host)).rejects.toMatchObject({
      code: 'key_not_registered',
    });
    expect(await revoke(keyId())).toEqual({ revocation: 'not_registered', retired: true });
  });

  it('keeps a key that the service could not be asked to revoke, unless it shall go anyway', async () => {
    http.fault = () => 'not_sent';
    expect(await revoke(keyId())).toEqual({ revocation: 'unreachable', retired: false });
    expect(currentKid()).toBeDefined();
    expect(await revoke(keyId(), true)).toEqual({ revocation: 'unreachable', retired: true });
    expect(currentKid()).toBeUndefined();
  });

  it('waits for an open rotation of that key', async () => {
    http.fault = (request) => (request.includes('rotate') ? 'not_sent' : null);
    await rotate();
    for (const key of parts.keys.list(id)) {
      await expect(revoke(key.id)).rejects.toMatchObject({ code: 'rotation_open' });
    }
  });

  it('leaves the other keys of the context alone', async () => {
    const first = keyId();
    parts.keys.create(id, 'second');
    await paste();
    const registered = parts.until(({ phase }) => phase === 'registered');
    parts.registration.wait(id);
    expect((await registered).setUps).toEqual({ podman: 'unchanged', docker: 'unchanged' });
    const second = currentKid();
    await revoke(first);
    expect(currentKid()).toBe(second);
    expect(await helperWorks()).toBe(true);
  });
});
