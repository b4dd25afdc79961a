import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { perClient } from '../../../../contracts/domain/registry-client.ts';
import { CredentialService } from '../../../../main/agent/credential-service.ts';
import { writeDialects } from '../../../../main/core/contexts/context-store.ts';
import type { NewPasted } from '../../../../main/core/credentials/pasted/pasted-credential.ts';
import { ManualClock } from '../signin/manual-clock.ts';
import { signInParts, type SignInParts } from '../signin/sign-in-parts.ts';
import { testApiKey, testPasted } from './credential-parts.ts';
import { SessionService, userId } from './session-service.ts';

const start = new Date('2026-11-24T08:00:00.000Z');
const hour = 60 * 60_000;
const endsAt = new Date(start.getTime() + hour).toISOString();
const dev: NewPasted = {
  kind: 'pasted',
  form: 'dev-token',
  secret: 'dev-token-of-16-or-more$(id)',
  endsAt: null,
  audience: null,
};

let clock: ManualClock;
let service: SessionService;
let parts: SignInParts;

beforeEach(async () => {
  clock = new ManualClock(start);
  [service, parts] = await Promise.all([SessionService.start(), signInParts(clock)]);
});
afterEach(async () => {
  await Promise.all([service.stop(), parts.dispose()]);
});

async function add(facts: Partial<NewPasted> = {}): Promise<string> {
  const chosen = { address: service.origin, name: 'Work', setUpPodman: false, setUpDocker: false };
  const by = { ...testPasted, endsAt, ...facts };
  return (await parts.contexts.additions.addSignedIn({ ...chosen, signedIn: { userId, org: null, by } })).id;
}

const headersOf = async (id: string) => (await parts.credentials.authorize(parts.contexts.get(id))).headers;

describe('a pasted token', () => {
  it('signs a new context in as it is, and lies sealed in the vault', async () => {
    const id = await add();
    expect(parts.contexts.summary(id)).toMatchObject({
      ...{ state: 'active', credential: 'pasted', maxTokenTtl: null, userId, endsAt },
    });
    expect(await headersOf(id)).toEqual({ 'x-jwt-token': testPasted.secret });
    expect(parts.logged().at(-1)).toBe('pasted.kept | Work');
    const rows = parts.vault.sql().all('SELECT hex(sealed_token) AS sealed FROM pasted_tokens');
    expect(JSON.stringify(rows)).not.toContain(Buffer.from(testPasted.secret).toString('hex').toUpperCase());
  });

  it('of a dev server goes into a field of its own, and to this computer alone', async () => {
    const id = await add(dev);
    expect(await headersOf(id)).toEqual({ 'x-dev-token': dev.secret });
    const elsewhere = { ...parts.contexts.get(id), origin: 'https://keeper.example' };
    await expect(parts.credentials.authorize(elsewhere)).rejects.toMatchObject({
      code: 'dev_token_elsewhere',
    });
  });

  it('is not sent once it is over, and is shown so', async () => {
    const id = await add();
    const credentialId = parts.credentials.idOf(parts.contexts.get(id));
    clock.advance(hour - 1);
    await headersOf(id);
    clock.advance(1);
    await expect(headersOf(id)).rejects.toMatchObject({ code: 'pasted_expired' });
    expect(parts.contexts.summary(id).signIn.state).toBe('expired');
    expect(parts.credentials.validityOf(credentialId)).toEqual({ state: 'expired', at: endsAt });
  });

  it('is not sent where it ends while a request is made ready', async () => {
    const id = await add();
    const { origin } = parts.contexts.get(id);
    const asked = parts.credentials.authorize({ ...parts.contexts.get(id), origin });
    clock.advance(hour);
    await expect(asked.then(() => headersOf(id))).rejects.toMatchObject({ code: 'pasted_expired' });
  });

  it('never signs in at a registry, makes no tokens, and is for no organization', async () => {
    const id = await add();
    const refused = { code: 'signs_in_otherwise' };
    await expect(parts.tokens.registryToken(id, 'kheeper.example', 'podman')).rejects.toMatchObject(refused);
    await expect(parts.tokens.mint(id, '1h')).rejects.toMatchObject(refused);
    await expect(parts.contexts.changes.actIn(id, 'lab')).rejects.toMatchObject({ code: 'beyond_scope' });
    expect(service.taken()).toEqual([]);
  });

  it.each([
    ['raw', testPasted.secret],
    ['header', `X-JWT-TOKEN: ${testPasted.secret}`],
    ['curl', `curl -H 'X-JWT-TOKEN: ${testPasted.secret}' 'ORIGIN/v1/keeper/control/me'`],
    ['httpie', `http --ignore-stdin 'ORIGIN/v1/keeper/control/me' 'X-JWT-TOKEN:${testPasted.secret}'`],
    [
      'fetch',
      `await (await fetch('ORIGIN/v1/keeper/control/me', { headers: { 'x-jwt-token': '${testPasted.secret}' } })).json()`,
    ],
  ] as const)('is copied in the form %s by its own field', async (form, line) => {
    const id = await add();
    expect(await parts.tokens.credentialText(id, form)).toBe(line.replace('ORIGIN', service.origin));
  });

  it.each(['netrc', 'env'] as const)('is not copied as %s, which is for bearers', async (form) => {
    const id = await add();
    const copied = parts.tokens.credentialText(id, form);
    await expect(copied).rejects.toMatchObject({ code: 'signs_in_otherwise' });
  });

  it.each([
    ['with a line feed', { secret: `${testPasted.secret}\r\nx: y` }],
    ['with two parts', { secret: 'a.b' }],
    ['without a signature', { secret: 'a.b.' }],
    ['that is encrypted', { secret: 'a.b.c.d.e' }],
    ['with padding', { secret: 'a=.b.c' }],
    ['without end', { secret: `a.b.${'c'.repeat(16 * 1024)}` }],
    ['that says of no end', { endsAt: null }],
    ['of a dev server with a quote', { ...dev, secret: "sixteen-or-more'more" }],
    ['of a dev server with a space', { ...dev, secret: 'sixteen or more, all' }],
    ['of a dev server with a letter of no field', { ...dev, secret: 'sixteen-or-moré-all' }],
    ['of a dev server with an end', { ...dev, endsAt }],
  ] satisfies [string, Partial<NewPasted>][])('%s is not kept, nor a context for it', async (_, facts) => {
    await expect(add(facts)).rejects.toMatchObject({ code: 'token_no_jwt' });
    expect(parts.contexts.list()).toEqual([]);
  });

  it('is deleted with its context, and needs the vault open', async () => {
    const id = await add();
    const holder = parts.contexts.get(id);
    parts.vault.lock();
    await expect(parts.credentials.authorize(holder)).rejects.toMatchObject({ code: 'vault_locked' });
    await parts.unlock();
    parts.contexts.remove(id);
    expect(parts.vault.sql().all('SELECT 1 FROM pasted_tokens')).toEqual([]);
  });
});

describe('an account of a registry', () => {
  const host = () => new URL(service.origin).host;

  it('is not one that a token signs in, nor one that it signs in from now on', async () => {
    const id = await add();
    expect(parts.contexts.accounts.of(host())).toBeNull();
    expect(parts.contexts.accounts.allOf(host())).toEqual([]);
    expect(parts.contexts.summary(id).hasRegistry).toBe(false);
    expect(() => parts.contexts.useAccount(id)).toThrow(expect.objectContaining({ code: 'no_registry' }));
    await parts.contexts.changes.signInBy(id, { userId, org: null, by: testApiKey });
    expect(parts.contexts.accounts.of(host())?.id).toBe(id);
    await parts.contexts.changes.signInBy(id, { userId, org: null, by: testPasted });
    expect(parts.contexts.accounts.of(host())).toBeNull();
    expect(parts.contexts.accounts.answering()).toEqual([]);
  });

  it('is asked for in vain by programs, as where there is none', async () => {
    await add();
    const helper = new CredentialService({ ...parts, vault: parts.vault });
    expect(await helper.get(host())).toMatchObject({ kind: 'refused', reason: 'unknown_host' });
    expect(helper.list()).toEqual({ kind: 'users', users: {} });
  });
});

describe('a context that is signed out', () => {
  const none = perClient(() => false);
  const sides = async (by: NewPasted | typeof testApiKey) => {
    const chosen = { address: service.origin, name: 'Work', setUpPodman: false, setUpDocker: false };
    const { id } = await parts.contexts.additions.addSignedIn({
      ...chosen,
      signedIn: { userId, org: null, by },
    });
    writeDialects(parts.vault.sql(), id, ['keyhold', 'kisenon', 'tkeeper']);
    const before = parts.contexts.summary(id);
    parts.contexts.markSignedOut(id, none, { credentials: [], words: '', refused: new Set() });
    return { before, after: parts.contexts.summary(id) };
  };

  it('of a keeper’s token is offered the keeper alone, and has its pages', async () => {
    const { before, after } = await sides({ ...testPasted, endsAt });
    expect(after).toMatchObject({
      ...{ state: 'signed_out', credential: null, takesTokens: true },
      ...{ capabilities: ['remote-keys', 'rules'], maxTokenTtl: null, hasRegistry: false },
    });
    expect(after.capabilities).toEqual(before.capabilities);
  });

  it('of something else is offered no keeper', async () => {
    const { after } = await sides(testApiKey);
    expect(after).toMatchObject({ state: 'signed_out', takesTokens: false });
    expect(after.capabilities).toContain('api-keys');
    expect(after.capabilities).not.toContain('remote-keys');
  });
});
