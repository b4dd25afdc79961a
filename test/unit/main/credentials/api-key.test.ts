import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fetchHttpClient } from '../../../../main/adapters/http-client.ts';
import type { NewApiKey } from '../../../../main/core/credentials/api-keys/api-key-credential.ts';
import { ServiceCalls } from '../../../../main/core/service/service-calls.ts';
import { ManualClock } from '../signin/manual-clock.ts';
import { signInParts, type SignInParts } from '../signin/sign-in-parts.ts';
import { testApiKey } from './credential-parts.ts';
import { refusedBy, SessionService, userId } from './session-service.ts';

const start = new Date('2026-11-24T08:00:00.000Z');
const day = 24 * 60 * 60_000;
const inDays = (days: number): string => new Date(start.getTime() + days * day).toISOString();

let clock: ManualClock;
let service: SessionService;
let parts: SignInParts;
let calls: ServiceCalls;

beforeEach(async () => {
  clock = new ManualClock(start);
  [service, parts] = await Promise.all([SessionService.start(), signInParts(clock)]);
  calls = new ServiceCalls({ http: fetchHttpClient(fetch), clock, contexts: parts.contexts });
});
afterEach(async () => {
  await Promise.all([service.stop(), parts.dispose()]);
});

async function add(facts: Partial<NewApiKey> = {}, name = 'Work'): Promise<string> {
  const chosen = { address: service.origin, name, setUpPodman: false, setUpDocker: false };
  const signedIn = { userId, org: 'acme', by: { ...testApiKey, ...facts } };
  return (await parts.contexts.additions.addSignedIn({ ...chosen, signedIn })).id;
}

const ask = (id: string): Promise<unknown> => calls.ask(id, { method: 'GET', path: '/v1/orgs' }, z.unknown());

describe('an API key', () => {
  it('signs a new context in as it is, and lies sealed in the vault', async () => {
    const id = await add({ expiresAt: inDays(30) });
    expect(parts.contexts.summary(id)).toMatchObject({
      ...{ state: 'active', credential: 'api-key', maxTokenTtl: null, userId, org: 'acme' },
      endsAt: inDays(30),
    });
    expect(parts.logged().slice(-2)).toEqual([
      `context.added | Work | ${service.origin}`,
      'api_key.saved | Work | ci laptop',
    ]);
    await ask(id);
    expect(service.taken()).toEqual([`GET /v1/orgs ${testApiKey.secret}`]);
    const rows = JSON.stringify(
      parts.vault.sql().all('SELECT CAST(sealed_key AS TEXT) AS sealed FROM api_keys'),
    );
    expect(rows).not.toContain('nsk_');
  });

  it('is what a registry gets, and is told of as what signs in', async () => {
    const id = await add();
    expect(await parts.tokens.registryToken(id, 'kheeper.example', 'podman')).toEqual({
      ...{ username: userId, secret: testApiKey.secret },
    });
    expect(parts.tokens.live()).toEqual([]);
    expect(await parts.contexts.status(id)).toMatchObject({
      ...{ apiKey: 'ci laptop', key: null, identity: 'Maya Chen' },
      programUse: { at: start.toISOString(), program: 'podman' },
    });
  });

  it('answers for the registry of its host, the first one of several', async () => {
    const [one, two] = [await add({}, 'One'), await add({ keyId: 'key_2' }, 'Two')];
    expect(parts.contexts.accounts.of(new URL(service.origin).host)?.id).toBe(one);
    expect(parts.contexts.list().map(({ id }) => id)).toEqual([one, two]);
  });

  it('makes no tokens, has no successor, and is for one organization', async () => {
    const id = await add();
    const refused = expect.objectContaining({ code: 'signs_in_otherwise' }) as Error;
    await expect(parts.tokens.mint(id, '1h')).rejects.toEqual(refused);
    expect(() => parts.keys.create(id, 'laptop')).toThrow(refused);
    await expect(parts.contexts.changes.actIn(id, 'lab')).rejects.toMatchObject({ code: 'beyond_scope' });
  });

  it('ends when its service said, and is asked for by nobody then', async () => {
    const id = await add({ expiresAt: '2026-11-25T08:00:00Z' });
    expect(parts.contexts.summary(id).signIn.state).toBe('unknown');
    clock.advance(day);
    expect(parts.contexts.summary(id).signIn.state).toBe('expired');
    await expect(ask(id)).rejects.toMatchObject({ code: 'api_key_expired' });
    await expect(parts.tokens.registryToken(id, 'kheeper.example')).rejects.toMatchObject({
      code: 'api_key_expired',
    });
    expect(service.taken()).toEqual([]);
  });

  it('that was revoked at its service is given to no program, and deleted by nobody', async () => {
    const id = await add();
    service.others = [refusedBy('key_revoked')];
    await expect(ask(id)).rejects.toMatchObject({ code: 'api_key_refused' });
    expect(parts.contexts.summary(id)).toMatchObject({ state: 'active', signIn: { state: 'not_accepted' } });
    const given = parts.tokens.registryToken(id, 'kheeper.example');
    await expect(given).rejects.toMatchObject({ code: 'api_key_refused' });
    expect(parts.vault.sql().all('SELECT id FROM api_keys')).toHaveLength(1);
  });

  it.each([
    ['scope_insufficient', 'beyond_scope'],
    ['capability_insufficient', 'beyond_capability'],
    ['role_insufficient', 'not_allowed'],
    ['email_not_allowed', 'email_not_allowed'],
  ])('that is refused by %s stays signed in: %s', async (code, error) => {
    const id = await add();
    await ask(id);
    service.others = [refusedBy(code, 403)];
    await expect(ask(id)).rejects.toMatchObject({ code: error });
    expect(parts.contexts.summary(id).signIn.state).toBe('signed_in');
  });

  it.each([
    ['with a line feed', { secret: 'nsk_a\r\nx-evil: 1' }],
    ['without a character', { secret: '' }],
    ['that ends a quote in a shell', { secret: "nsk_a';id;'" }],
    ['that a shell runs', { secret: 'nsk_$(id)`id`' }],
    ['without end', { secret: 'x'.repeat(5000) }],
    ['without an id', { keyId: '' }],
    ['with an id without end', { keyId: 'x'.repeat(300) }],
  ])('%s is not kept, nor a context for it', async (_, facts) => {
    await expect(add(facts)).rejects.toMatchObject({ code: 'not_a_keyhold_server' });
    expect(parts.contexts.list()).toEqual([]);
  });

  it('is called by one line of what its service calls it', async () => {
    const id = await add({ label: `ci\n${'x'.repeat(100)}\u202e` });
    expect((await parts.contexts.status(id)).apiKey).toMatch(/^ci\\u\{a\}x+…$/);
  });

  it('needs the vault open', async () => {
    const id = await add();
    const holder = parts.contexts.get(id);
    parts.vault.lock();
    await expect(parts.credentials.authorize(holder)).rejects.toMatchObject({ code: 'vault_locked' });
    expect(() => parts.credentials.revocation(holder)).toThrow(
      expect.objectContaining({ code: 'vault_locked' }),
    );
  });
});
