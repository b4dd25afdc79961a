import { compactVerify, decodeJwt, decodeProtectedHeader, importJWK } from 'jose';
import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OddService, userId } from '../contexts/odd-service.ts';
import { ManualClock } from '../signin/manual-clock.ts';
import { signInParts } from '../signin/sign-in-parts.ts';
import type { SignInParts } from '../signin/sign-in-parts.ts';

const start = new Date('2026-11-24T12:00:00.000Z');
const now = start.getTime() / 1000;
let clock: ManualClock;
let service: OddService;
let parts: SignInParts;
let id: string;
let kid: string;

beforeEach(async () => {
  clock = new ManualClock(start);
  [service, parts] = await Promise.all([OddService.start(), signInParts(clock)]);
  ({ id } = await parts.add({ address: service.host, userId }));
  parts.contexts.markActive(id);
  kid = parts.keys.current(id)?.kid ?? '';
});
afterEach(async () => {
  await Promise.all([service.stop(), parts.dispose()]);
});

const gone = expect.objectContaining({ code: 'token_gone' }) as Error;

describe('a minted token', () => {
  it('is signed by the context’s key for its user and origin, back-dated by 30 s', async () => {
    const minted = await parts.tokens.mint(id, '1h');
    const token = parts.tokens.text(minted.tokenId, 'raw');
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'Ed25519', typ: 'JWT', kid });
    const claims = {
      iss: userId,
      sub: userId,
      aud: service.origin,
      iat: now - 30,
      nbf: now - 30,
      exp: now + 3600,
    };
    expect(decodeJwt(token)).toEqual({ ...claims, jti: minted.jti });
    await compactVerify(token, await importJWK({ ...parts.keys.publicJwk(kid) }, 'Ed25519'));
    expect(minted).toEqual({
      tokenId: minted.tokenId,
      contextId: id,
      subject: userId,
      audience: service.origin,
      kid,
      algorithm: 'Ed25519',
      jti: minted.jti,
      issuedAt: '2026-11-24T11:59:30.000Z',
      expiresAt: '2026-11-24T13:00:00.000Z',
      key: { state: 'live' },
    });
    expect(parts.keys.current(id)?.lastUsedAt).toBe(start.toISOString());
  });

  it('lives no longer by its own dates than the service allows, the back-dating included', async () => {
    const { tokenId } = await parts.tokens.mint(id, '24h');
    const { iat = 0, exp = 0 } = decodeJwt(parts.tokens.text(tokenId, 'raw'));
    expect(iat).toBe(now - 30);
    expect(exp - iat).toBe(86_400);
  });

  it.each(['', '3600', 'soon', '59s', '0h', '24h1s', '25h', '999999999999999h'])(
    'is refused a life of %j, with the service’s limit',
    async (ttl) => {
      await expect(parts.tokens.mint(id, ttl)).rejects.toMatchObject({
        code: 'invalid_ttl',
        details: { maxSeconds: 86_400 },
      });
    },
  );

  it('may live from a minute on', async () => {
    const { expiresAt } = await parts.tokens.mint(id, '1m');
    expect(expiresAt).toBe('2026-11-24T12:01:00.000Z');
  });

  it('is not made for a pending context, an unknown one or with the vault locked', async () => {
    const pending = await parts.add({ address: service.host, userId: `${userId}2`, name: 'Pending' });
    await expect(parts.tokens.mint(pending.id, '1h')).rejects.toMatchObject({ code: 'key_not_registered' });
    await expect(parts.tokens.mint(pending.id.replace(/^./, 'x'), '1h')).rejects.toMatchObject({
      code: 'context_not_found',
    });
    parts.vault.lock();
    await expect(parts.tokens.mint(id, '1h')).rejects.toMatchObject({ code: 'vault_locked' });
  });

  it('is copied as itself, as a header field or as a curl command that a shell runs as meant', async () => {
    const { tokenId } = await parts.tokens.mint(id, '1h');
    const token = parts.tokens.text(tokenId, 'raw');
    expect(parts.tokens.text(tokenId, 'header')).toBe(`Authorization: Bearer ${token}`);
    const words = execFileSync('sh', [
      '-c',
      `curl() { printf '%s\\n' "$@"; }; ${parts.tokens.text(tokenId, 'curl')}`,
    ]);
    expect(words.toString().trim().split('\n')).toEqual([
      '-H',
      `Authorization: Bearer ${token}`,
      `${service.origin}/v1/whoami`,
    ]);
  });

  it('is shown once, and can be copied after that', async () => {
    const { tokenId } = await parts.tokens.mint(id, '1h');
    const shown = parts.tokens.reveal(tokenId);
    expect(() => parts.tokens.reveal(tokenId)).toThrow(gone);
    expect(parts.tokens.text(tokenId, 'raw')).toBe(shown);
  });

  it('is gone when it has expired, when the vault was locked and when its context was removed', async () => {
    const short = await parts.tokens.mint(id, '1m');
    const long = await parts.tokens.mint(id, '1h');
    clock.advance(60_000);
    expect(() => parts.tokens.text(short.tokenId, 'raw')).toThrow(gone);
    expect(() => parts.tokens.reveal(short.tokenId)).toThrow(gone);
    expect(parts.tokens.text(long.tokenId, 'raw')).not.toBe('');
    parts.vault.lock();
    await parts.unlock();
    expect(() => parts.tokens.text(long.tokenId, 'raw')).toThrow(gone);

    const last = await parts.tokens.mint(id, '1h');
    parts.contexts.remove(id);
    expect(() => parts.tokens.text(last.tokenId, 'raw')).toThrow(gone);
  });

  it('makes room for new ones after twenty', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 21; i += 1) ids.push((await parts.tokens.mint(id, '1h')).tokenId);
    const [first = '', second = ''] = ids;
    expect(() => parts.tokens.text(first, 'raw')).toThrow(gone);
    expect(parts.tokens.text(second, 'raw')).not.toBe('');
  });

  it('leaves a trace of each use in the activity, but not itself', async () => {
    const { tokenId } = await parts.tokens.mint(id, '1h30m');
    const token = parts.tokens.text(tokenId, 'curl').split(/['\s]+/)[4] ?? '';
    expect(parts.tokens.reveal(tokenId)).toBe(token);
    const short = kid.slice(0, 8);
    expect(parts.logged().slice(-3)).toEqual([
      `token.minted | Work | 1h30m, key ${short}`,
      `token.copied | Work | curl, key ${short}`,
      `token.revealed | Work | key ${short}`,
    ]);
    const [, , signature = ''] = token.split('.');
    expect(JSON.stringify(parts.vault.sql().all('SELECT * FROM activity'))).not.toContain(signature);
  });
});

describe('a registry token', () => {
  it('is an API token of 15 minutes with the user id as user name', async () => {
    const { username, secret } = await parts.tokens.registryToken(id, 'kheeper.example');
    expect(username).toBe(userId);
    expect(decodeProtectedHeader(secret)).toEqual({ alg: 'Ed25519', typ: 'JWT', kid });
    expect(decodeJwt(secret)).toMatchObject({
      sub: userId,
      aud: service.origin,
      iat: now - 30,
      exp: now + 900,
    });
    expect(parts.keys.current(id)?.lastUsedAt).toBe(start.toISOString());
  });

  it('has a bot’s name without a colon, which no user name of HTTP may have', async () => {
    const bot = await parts.add({ address: service.host, userId: 'bot:acme/ci', name: 'Bot' });
    parts.contexts.markActive(bot.id);
    const { username, secret } = await parts.tokens.registryToken(bot.id, 'kheeper.example');
    expect(username).toBe('acme/ci');
    expect(decodeJwt(secret)).toMatchObject({ iss: 'bot:acme/ci', sub: 'bot:acme/ci' });
  });

  it('is a new one each time', async () => {
    const first = await parts.tokens.registryToken(id, 'kheeper.example');
    expect((await parts.tokens.registryToken(id, 'kheeper.example')).secret).not.toBe(first.secret);
  });

  it('lives shorter where the service allows less', async () => {
    service.description = { max_token_ttl: 300 };
    const strict = await parts.add({ address: service.host, userId: `${userId}2`, name: 'Strict' });
    parts.contexts.markActive(strict.id);
    const { iat = 0, exp = 0 } = decodeJwt(
      (await parts.tokens.registryToken(strict.id, 'kheeper.example')).secret,
    );
    expect(exp - iat).toBe(300);
  });

  it('is not made for a pending context', async () => {
    const pending = await parts.add({ address: service.host, userId: `${userId}2`, name: 'Pending' });
    await expect(parts.tokens.registryToken(pending.id, 'kheeper.example')).rejects.toMatchObject({
      code: 'key_not_registered',
    });
  });
});
