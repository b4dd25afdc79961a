import { SignJWT, decodeJwt } from 'jose';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Caller } from '../../../../reference-server/auth/caller.ts';
import {
  issueRegistryToken,
  registryTokenTtl,
  registryTokenVerifier,
} from '../../../../reference-server/registry/registry-token.ts';
import type { ScopeAccess } from '../../../../reference-server/registry/scopes.ts';
import { newTestContext } from '../../../support/server-context.ts';
import type { TestContext } from '../../../support/server-context.ts';

const caller: Caller = {
  principal: { kind: 'user', id: 'u_test', name: 'test' },
  approved: true,
  mustChangePassword: false,
  credential: { method: 'key', id: 'k', limits: null, ends: null },
  organization: null,
};
const holder = { id: 'u_test', credential: { method: 'key', id: 'k' } };
const access: ScopeAccess[] = [{ type: 'repository', name: 'acme/web', actions: ['pull'] }];

let context: TestContext;
let verify: ReturnType<typeof registryTokenVerifier>;
beforeEach(async () => {
  context = await newTestContext();
  verify = registryTokenVerifier(context);
});

describe('a registry token', () => {
  it('says who asks and what is allowed, and nothing more', async () => {
    const { token } = await issueRegistryToken(context, caller, access);
    const limits = {
      kind: 'registry-token',
      repositories: new Map([['acme/web', new Set(['read'])]]),
      list: false,
    };
    const ends = new Date((decodeJwt(token).exp ?? 0) * 1000);
    expect(await verify(token)).toEqual({ holder, limits, ends });
  });

  it('is not bought with another one', async () => {
    const credential = { ...caller.credential, method: 'registry-token' } as const;
    await expect(issueRegistryToken(context, { ...caller, credential }, access)).rejects.toThrow();
  });

  it('of nobody in particular has an empty subject', async () => {
    const { token } = await issueRegistryToken(context, null, []);
    expect(decodeJwt(token).sub).toBe('');
    expect((await verify(token)).holder).toBeNull();
  });

  it('that was verified before is still refused before its time and for one changed letter', async () => {
    const { token } = await issueRegistryToken(context, caller, access);
    await verify(token);
    expect(await verify(token)).toMatchObject({ holder });
    const changed = token.slice(0, -2) + (token.at(-2) === 'A' ? 'B' : 'A') + token.slice(-1);
    await expect(verify(changed)).rejects.toMatchObject({ status: 401 });
    context.advance(-3600);
    await expect(verify(token)).rejects.toMatchObject({ status: 401 });
  });

  it('ends after five minutes', async () => {
    const { token } = await issueRegistryToken(context, caller, access);
    context.advance(registryTokenTtl - 1);
    await expect(verify(token)).resolves.toBeDefined();
    context.advance(1);
    await expect(verify(token)).rejects.toMatchObject({ status: 401 });
  });

  it.each([
    [3600, 300, 300],
    [120, 120, 120],
    [10, 10, 60],
  ])('from a credential with %i seconds left lives %i and is said to live %i', async (left, life, said) => {
    const at = Math.floor(context.now().getTime() / 1000);
    const credential = { ...caller.credential, ends: new Date((at + left) * 1000) };
    const { token, expiresIn } = await issueRegistryToken(context, { ...caller, credential }, access);
    expect(expiresIn).toBe(said);
    expect(decodeJwt(token).exp).toBe(at + life);
  });

  it('is refused for another service, issuer, key, type or algorithm, and without its claims', async () => {
    const { token } = await issueRegistryToken(context, caller, access);
    const claims = decodeJwt(token);
    const sign = (change: object, header = {}, key = context.secrets.registryTokenKey) =>
      new SignJWT({ ...claims, ...change })
        .setProtectedHeader({ alg: 'HS256', typ: 'registry+jwt', ...header })
        .sign(key);
    await expect(verify(await sign({}))).resolves.toBeDefined();
    const forged = [
      sign({ aud: 'other.example' }),
      sign({ iss: 'https://other.example' }),
      sign({ exp: undefined }),
      sign({ jti: undefined }),
      sign({ access: undefined }),
      sign({ credential: undefined }),
      sign({ credential: { method: 'nothing', id: 'k' } }),
      sign({ credential: { method: 'registry-token', id: 'k' } }),
      sign({ access: [{ type: 'registry', name: 'catalog', actions: ['pull'] }] }),
      sign({ access: [{ type: 'registry', name: 'other', actions: ['*'] }] }),
      sign({ nbf: (claims.nbf ?? 0) + 600 }),
      sign({}, { typ: 'JWT' }),
      sign({}, { typ: 'registration+jwt' }),
      sign({}, { alg: 'HS512' }, new Uint8Array(64)),
      sign({}, {}, new Uint8Array(32).fill(1)),
    ];
    for (const each of forged) {
      await expect(verify(await each)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    }
  });

  it.each([' ', '=', '\n', '.'])('has one spelling: with %j at either end it is refused', async (extra) => {
    const { token } = await issueRegistryToken(context, caller, access);
    await expect(verify(token + extra)).rejects.toMatchObject({ status: 401 });
    await expect(verify(extra + token)).rejects.toMatchObject({ status: 401 });
  });

  it('has one spelling: none of its parts can be written with other stray bits', async () => {
    const { token } = await issueRegistryToken(context, caller, access);
    const alphabet = Array.from({ length: 64 }, (_, value) =>
      Buffer.of(value << 2)
        .toString('base64url')
        .charAt(0),
    );
    const parts = token.split('.');
    for (const [at, part] of parts.entries()) {
      const same = alphabet
        .map((last) => part.slice(0, -1) + last)
        .filter(
          (other) => other !== part && Buffer.from(other, 'base64url').equals(Buffer.from(part, 'base64url')),
        );
      for (const other of same) {
        await expect(verify(parts.with(at, other).join('.'))).rejects.toMatchObject({ status: 401 });
      }
      // The signature's 32 bytes leave two bits over, so that part at least has other spellings.
      if (at === 2) expect(same).toHaveLength(3);
    }
  });
});
