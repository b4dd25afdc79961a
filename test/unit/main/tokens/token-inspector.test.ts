import fc from 'fast-check';
import { SignJWT, UnsecuredJWT, exportSPKI, generateKeyPair } from 'jose';
import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DecodedToken, Inspection } from '../../../../contracts/domain/inspection.ts';
import { inspectionSchema } from '../../../../contracts/domain/inspection.ts';
import type { StoredContext } from '../../../../main/core/contexts/context-service.ts';
import { TokenInspector } from '../../../../main/core/tokens/inspection/token-inspector.ts';
import { newTestKey } from '../../../support/test-key.ts';
import { addContext } from '../registries/add-context.ts';
import { ManualClock } from '../signin/manual-clock.ts';
import { signInParts } from '../signin/sign-in-parts.ts';
import type { SignInParts } from '../signin/sign-in-parts.ts';

const start = new Date('2026-11-24T12:00:00.000Z');
const now = start.getTime() / 1000;
let clock: ManualClock;
let parts: SignInParts;
let inspector: TokenInspector;
let context: StoredContext;
let kid: string;

beforeEach(async () => {
  clock = new ManualClock(start);
  parts = await signInParts(clock);
  inspector = new TokenInspector({ ...parts, clock });
  addContext(parts, { host: 'first.example' });
  context = addContext(parts, { host: 'second.example', userId: 'u_maya' });
  kid = parts.keys.current(context.id)?.kid ?? '';
});
afterEach(async () => {
  await parts.dispose();
});

async function minted(ttl = '1h'): Promise<string> {
  const { tokenId } = await parts.tokens.mint(context.id, ttl);
  return parts.tokens.text(tokenId, 'raw');
}

/** Signed by the context's key, with claims and header of one's own. */
function signed(claims: Record<string, unknown>, header: Record<string, unknown> = { kid }): string {
  return parts.keys.signJwt(kid, { alg: 'EdDSA', typ: 'JWT', ...header }, claims);
}

async function decoded(text: string): Promise<DecodedToken> {
  const inspection = await inspector.inspect(text);
  if (inspection.kind === 'malformed') throw new Error(inspection.problem);
  return inspection;
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64url');
}

function valueOf(members: DecodedToken['claims'], name: string): string | undefined {
  return members.find((member) => member.name === name)?.value;
}

describe('a token of one’s own', () => {
  it('is taken apart and checked against the key that it names', async () => {
    const inspection = await decoded(await minted());
    expect(inspection).toMatchObject({
      algorithm: 'Ed25519',
      signature: {
        state: 'verified',
        named: true,
        contextId: context.id,
        contextName: context.name,
        keyLabel: 'laptop',
        fingerprint: parts.keys.current(context.id)?.fingerprint,
      },
      time: 'valid',
      audience: { state: 'known', contextName: context.name },
      notes: [],
    });
    expect(valueOf(inspection.header, 'kid')).toBe(kid);
    expect(inspection.claims).toContainEqual({
      name: 'exp',
      kind: 'time',
      value: '2026-11-24T13:00:00.000Z',
    });
    expect(inspection.claims).toContainEqual({ name: 'sub', kind: 'text', value: 'u_maya' });
  });

  it.each([
    (token: string) => `  Bearer ${token}\n`,
    (token: string) => `Authorization: Bearer ${token}`,
    (token: string) => `authorization:bearer ${token}\r\n`,
  ])('is found in what people copy along with it', async (wrap) => {
    expect((await decoded(wrap(await minted()))).signature.state).toBe('verified');
  });

  it('is recognized by trial when it names no key', async () => {
    const token = signed({ aud: context.origin }, {});
    expect((await decoded(token)).signature).toMatchObject({
      state: 'verified',
      named: false,
      keyLabel: 'laptop',
    });
    const otherName = signed({ aud: context.origin }, { kid: 'key-7' });
    expect((await decoded(otherName)).signature).toMatchObject({ state: 'verified', named: false });
  });

  it('is not genuine once a character of it was changed', async () => {
    const [header = '', claims = '', signature = ''] = (await minted()).split('.');
    const forged = encode(Buffer.from(claims, 'base64url').toString().replace('u_maya', 'u_root'));
    const verdict = (await decoded(`${header}.${forged}.${signature}`)).signature;
    expect(verdict).toMatchObject({ state: 'wrong', contextName: context.name });
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 63 }), fc.integer({ min: 1, max: 255 }), async (place, change) => {
        const bytes = Buffer.from(signature, 'base64url');
        bytes[place] = (bytes[place] ?? 0) ^ change;
        const token = `${header}.${claims}.${bytes.toString('base64url')}`;
        expect((await decoded(token)).signature.state).toBe('wrong');
      }),
      { numRuns: 200 },
    );
  });

  it('is over when it has expired, and not valid before its time', async () => {
    const token = await minted('1m');
    clock.advance(59_999);
    expect((await decoded(token)).time).toBe('valid');
    clock.advance(1);
    expect((await decoded(token)).time).toBe('expired');
    expect((await decoded(signed({ nbf: now + 3600, exp: now + 7200 }))).time).toBe('not_yet');
    expect((await decoded(signed({}))).time).toBe('no_expiry');
  });

  it.each([{ exp: 'tomorrow' }, { exp: 1e300 }, { exp: null }, { nbf: {}, exp: now + 60 }])(
    'says so when %j is no time',
    async (claims) => {
      expect((await decoded(signed(claims))).time).toBe('unreadable');
    },
  );

  it('is told from one for another service or user', async () => {
    const elsewhere = signed({ aud: 'https://first.example', sub: 'u_maya', iss: 'u_maya' });
    expect(await decoded(elsewhere)).toMatchObject({
      audience: { state: 'wrong', expected: context.origin },
      notes: [],
    });
    const several = signed({ aud: ['https://else.example', context.origin], sub: 'u_other' });
    expect(await decoded(several)).toMatchObject({ audience: { state: 'known' }, notes: ['user'] });
    expect((await decoded(signed({ sub: 'u_maya' }))).audience).toEqual({ state: 'missing' });
  });

  it('says so when it asks for extensions', async () => {
    const token = signed({}, { kid, crit: ['b64'], b64: true });
    expect((await decoded(token)).notes).toContain('crit');
  });
});

describe('a token of someone else', () => {
  it('is taken apart, but its signature is not checked', async () => {
    const key = await newTestKey();
    const token = await key.apiToken('u_42', 'https://elsewhere.example');
    expect(await decoded(token)).toMatchObject({
      signature: { state: 'key_unknown' },
      audience: { state: 'foreign' },
      notes: [],
    });
    expect(await decoded(await key.apiToken('u_42', context.origin))).toMatchObject({
      signature: { state: 'key_unknown' },
      audience: { state: 'known', contextName: context.name },
    });
  });

  it('is not believed for a key that it brings along', async () => {
    const key = await newTestKey();
    const token = await key.registrationToken('u_maya', context.origin);
    expect(await decoded(token)).toMatchObject({ signature: { state: 'key_unknown' }, notes: ['own_key'] });
    const named = await key.apiToken('u_maya', context.origin, { header: { kid } });
    expect((await decoded(named)).signature).toMatchObject({ state: 'wrong', contextName: context.name });
  });

  it('of RSA or elliptic curve keys has an unknown key', async () => {
    for (const alg of ['RS256', 'ES256']) {
      const { privateKey } = await generateKeyPair(alg);
      const token = await new SignJWT({ sub: 'x' }).setProtectedHeader({ alg }).sign(privateKey);
      expect(await decoded(token)).toMatchObject({ algorithm: alg, signature: { state: 'key_unknown' } });
    }
  });

  it('signed with our public key as a shared secret is not genuine', async () => {
    const { publicKey } = await generateKeyPair('Ed25519', { extractable: true });
    const head = `${encode(`{"alg":"HS256","kid":"${kid}"}`)}.${encode('{"sub":"u_maya"}')}`;
    const mac = createHmac('sha256', await exportSPKI(publicKey))
      .update(head)
      .digest('base64url');
    expect((await decoded(`${head}.${mac}`)).signature).toMatchObject({ state: 'wrong' });
    const unnamed = `${encode('{"alg":"HS512"}')}.${encode('{}')}.${mac}`;
    expect((await decoded(unnamed)).signature).toEqual({ state: 'shared_secret' });
  });

  it.each([
    ['{"alg":"none"}', '', 'unsigned'],
    ['{"alg":"NoNe"}', 'AAAA', 'unsigned'],
    ['{"alg":"EdDSA"}', '', 'missing'],
    ['{"alg":"ROT13"}', 'AAAA', 'alg_unknown'],
    ['{}', 'AAAA', 'alg_missing'],
    ['{"alg":7}', 'AAAA', 'alg_missing'],
    ['{"alg":"EdDSA"}', 'AAAA', 'key_unknown'],
  ])('with the header %s is named for what it is', async (header, signature, state) => {
    const token = `${encode(header)}.${encode('{}')}.${signature}`;
    expect((await decoded(token)).signature).toEqual({ state });
  });

  it('that an unsecured JWT of a library is, is unsigned', async () => {
    expect((await decoded(new UnsecuredJWT({ sub: 'x' }).encode())).signature).toEqual({ state: 'unsigned' });
  });

  it('cannot hide or turn its text', async () => {
    const claims = { sub: 'u_maya\u202egro.live', 'a\u0000b': 'x', list: ['\u200b', { deep: true }] };
    const token = `${encode('{"alg":"none"}')}.${encode(JSON.stringify(claims))}.`;
    expect((await decoded(token)).claims).toEqual([
      { name: 'sub', kind: 'text', value: 'u_maya\\u{202e}gro.live' },
      { name: 'a\\u{0}b', kind: 'text', value: 'x' },
      { name: 'list', kind: 'json', value: '["\\u{200b}",{"deep":true}]' },
    ]);
  });
});

describe('what is no token', () => {
  const header = encode('{"alg":"EdDSA"}');
  const fault = async (text: string): Promise<Inspection> => inspector.inspect(text);
  it.each([
    ['', 'empty', null, null],
    [' Bearer \n', 'empty', null, null],
    ['hello world', 'parts', null, null],
    ['a.b.c.d', 'parts', null, null],
    ['a.b.c.d.e', 'encrypted', null, null],
    [`${header}.e30=.AA`, 'character', 'claims', header.length + 5],
    [`Bearer ${header}.e30.A A`, 'character', 'signature', 7 + header.length + 7],
    ['ey.J', 'parts', null, null],
    ['eyJhb.e30.AA', 'length', 'header', 5],
    [`${header}.e30.AB`, 'length', 'signature', header.length + 7],
    [`${header}._x.`, 'length', 'claims', header.length + 3],
    [`${header}.${Buffer.from([0xff]).toString('base64url')}.`, 'utf8', 'claims', header.length + 2],
    [`${header}..`, 'json', 'claims', header.length + 2],
    [`${header}.${encode('\ufeff{}')}.`, 'json', 'claims', header.length + 2],
    [`${encode('{"alg":')}.e30.AA`, 'json', 'header', 1],
    [`${encode('["alg"]')}.e30.AA`, 'object', 'header', 1],
    [`${encode('null')}.e30.AA`, 'object', 'header', 1],
    [`${header}.${encode(`${'['.repeat(33)}${']'.repeat(33)}`)}.AA`, 'depth', 'claims', header.length + 2],
  ])('%j is said to be wrong by %s in the %s at %s', async (text, problem, part, position) => {
    expect(await fault(text)).toEqual({ kind: 'malformed', problem, part, position });
  });

  it('does not mistake brackets in a text for depth', async () => {
    const token = `${header}.${encode(JSON.stringify({ sub: `\\"${'['.repeat(100)}` }))}.AA`;
    expect((await fault(token)).kind).toBe('decoded');
  });

  it('is answered for whatever it is', async () => {
    const piece = fc.oneof(fc.string(), fc.base64String(), fc.json().map(encode), fc.constant('.'));
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 8 }), async (pieces) => {
        const inspection = await inspector.inspect(pieces.join(''));
        expect(inspectionSchema.safeParse(inspection).success).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

it('leaves no trace of a token that was looked at', async () => {
  const token = await minted();
  const before = parts.logged();
  await inspector.inspect(token);
  await inspector.inspect('not a token');
  expect(parts.logged()).toEqual(before);
});

describe('a token for a keeper', () => {
  it.each(['RS256', 'ES256'])('of %s is shown with its rules, and never called valid', async (alg) => {
    const { privateKey } = await generateKeyPair(alg);
    const permissions = ['tkeeper.key.*.sign', '-tkeeper.key.root.sign\u202e'];
    const token = await new SignJWT({ permissions, sub: 'auth0|ada', aud: 'https://keeper.example' })
      .setProtectedHeader({ alg, kid: 'corp-1' })
      .setExpirationTime(now + 600)
      .sign(privateKey);
    const found = await decoded(`X-JWT-TOKEN: ${token}`);
    expect(found).toMatchObject({ algorithm: alg, signature: { state: 'key_unknown' }, time: 'valid' });
    expect(valueOf(found.claims, 'permissions')).toBe(
      String.raw`["tkeeper.key.*.sign","-tkeeper.key.root.sign\u{202e}"]`,
    );
  });
});
