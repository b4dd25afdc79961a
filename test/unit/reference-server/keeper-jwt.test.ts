import fc from 'fast-check';
import { createPublicKey, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readKeySet } from '../../../reference-server/auth/jwks/key-set.ts';
import { verifyKeeperJwt } from '../../../reference-server/auth/keeper/jwt.ts';
import type { KeeperClaims } from '../../../reference-server/auth/keeper/jwt.ts';
import type { JwtAuth } from '../../../reference-server/config/keeper.ts';
import { KeeperError } from '../../../reference-server/http/keeper-error.ts';
import { hmac, keeperClaims, newIssuerKey, tokenOf } from '../../support/jwt-issuer.ts';
import type { IssuerKey } from '../../support/jwt-issuer.ts';

const now = new Date('2026-12-01T12:00:00.000Z');
const seconds = now.getTime() / 1000;
const settings: JwtAuth = {
  type: 'jwt',
  ...{ jwks: { file: '/nowhere' }, audience: 'tkeeper', issuer: 'https://id.example' },
  ...{ refreshSeconds: 900, skewSeconds: 15, oidc: null },
};

const algorithms = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512'];
const good = new Map(algorithms.map((alg) => [alg, newIssuerKey(alg, { kid: alg })]));
const keyOf = (alg: string): IssuerKey => good.get(alg) ?? newIssuerKey(alg);
/** Of the set, and never to be used for what their tokens say. */
const bad = {
  ed: newIssuerKey('EdDSA', { kid: 'ed' }),
  short: newIssuerKey('RS256', { kid: 'short', bits: 1024 }),
  encrypts: newIssuerKey('ES256', { kid: 'encrypts' }),
  signsOnly: newIssuerKey('ES256', { kid: 'signs-only' }),
  twice: newIssuerKey('ES256', { kid: 'twice' }),
  other: newIssuerKey('ES256', { kid: 'twice' }),
  beside: newIssuerKey('ES256', { kid: 'beside' }),
};
const published = [
  ...[...good.values()].map(({ jwk }) => jwk),
  ...[bad.ed.jwk, bad.short.jwk, bad.twice.jwk, bad.other.jwk, bad.beside.jwk],
  // Malformed, and of the same id.
  { ...newIssuerKey('ES256', { kid: 'beside' }).jwk, key_ops: 'verify' },
  { ...bad.encrypts.jwk, use: 'enc' },
  { ...bad.signsOnly.jwk, key_ops: ['sign'] },
];
const keys = readKeySet(JSON.stringify({ keys: published }));
const jwks = { find: (kid: string) => keys.get(kid) ?? null };

/** What a token is answered: its claims, or the details of the refusal. */
async function answerTo(token: string, change: Partial<JwtAuth> = {}): Promise<KeeperClaims | string> {
  try {
    return await verifyKeeperJwt({ ...settings, ...change }, jwks, token, now);
  } catch (error) {
    if (!(error instanceof KeeperError)) throw error;
    expect([error.code, error.status]).toEqual(['UNAUTHENTICATED', 401]);
    return error.details ?? '';
  }
}
const claims = (change: object = {}) => ({
  ...keeperClaims(['tkeeper.key.*.sign'], now.getTime()),
  ...change,
});
const es256 = keyOf('ES256');

describe('a JWT for the keeper', () => {
  it.each(algorithms)('signed by %s is believed', async (alg) => {
    expect(await answerTo(tokenOf(keyOf(alg), claims()))).toEqual({
      ...{ subject: 'user:alice', permissions: ['tkeeper.key.*.sign'] },
      ends: new Date((seconds + 3600 + 15) * 1000),
    });
  });

  const attacks: Record<string, [token: () => string, details: string]> = {
    'without a signature': [
      () => tokenOf(es256, claims(), { alg: 'none' }, () => Buffer.alloc(0)),
      'Invalid token',
    ],
    'that names none and is signed': [() => tokenOf(es256, claims(), { alg: 'none' }), 'Invalid token'],
    'signed by HS256 with the public key': [
      () => {
        const pem = createPublicKey({ key: keyOf('RS256').jwk, format: 'jwk' }).export({
          type: 'spki',
          format: 'pem',
        });
        return tokenOf(keyOf('RS256'), claims(), { alg: 'HS256' }, hmac(pem));
      },
      'Invalid token',
    ],
    'signed by EdDSA': [() => tokenOf(bad.ed, claims()), 'Invalid token'],
    'of an Ed25519 key that names ES256': [
      () => tokenOf(bad.ed, claims(), { alg: 'ES256' }),
      'Unsupported key type: OKP',
    ],
    'that brings its key': [
      () => tokenOf(newIssuerKey('ES256'), claims(), { jwk: es256.jwk }),
      'Invalid token',
    ],
    'that names a key set': [
      () => tokenOf(es256, claims(), { jku: 'https://evil.example/jwks' }),
      'Invalid token',
    ],
    'that names a certificate': [
      () => tokenOf(es256, claims(), { x5u: 'https://evil.example/x' }),
      'Invalid token',
    ],
    'that brings a certificate': [() => tokenOf(es256, claims(), { x5c: ['MIIB'] }), 'Invalid token'],
    'with what one would have to understand': [
      () => tokenOf(es256, claims(), { crit: ['exp'] }),
      'Invalid token',
    ],
    'that is a logout token': [() => tokenOf(es256, claims(), { typ: 'logout+jwt' }), 'Invalid token'],
    'of an unknown key': [() => tokenOf(newIssuerKey('ES256'), claims()), ''],
    'without a kid': [() => tokenOf(es256, claims(), { kid: undefined }), 'Invalid key id'],
    'whose kid is a number': [() => tokenOf(es256, claims(), { kid: 7 }), 'Invalid key id'],
    'of an id that two keys have': [() => tokenOf(bad.twice, claims()), ''],
    'of the other of these': [() => tokenOf(bad.other, claims()), ''],
    'of an id that a malformed key has too': [() => tokenOf(bad.beside, claims()), ''],
    'of an RSA key of 1024 bits': [() => tokenOf(bad.short, claims()), ''],
    'of a key that encrypts': [() => tokenOf(bad.encrypts, claims()), ''],
    'of a key that verifies nothing': [() => tokenOf(bad.signsOnly, claims()), ''],
    'of another key’s id': [() => tokenOf(keyOf('ES256'), claims(), { kid: 'RS256' }), ''],
    'of an algorithm that its key is not for': [
      () => tokenOf({ ...keyOf('RS256'), alg: 'RS512' }, claims()),
      '',
    ],
    'signed by somebody else': [() => tokenOf({ ...newIssuerKey('ES256'), kid: 'ES256' }, claims()), ''],
    'for another audience': [() => tokenOf(es256, claims({ aud: 'other' })), 'Invalid audience'],
    'for several others': [() => tokenOf(es256, claims({ aud: ['a', 'b'] })), 'Invalid audience'],
    'for a list in a list': [() => tokenOf(es256, claims({ aud: [['tkeeper']] })), 'Invalid audience'],
    'for nobody': [() => tokenOf(es256, claims({ aud: undefined })), 'Invalid audience'],
    'without an end': [() => tokenOf(es256, claims({ exp: undefined })), 'JWT should contain expiry time'],
    'whose end is text': [() => tokenOf(es256, claims({ exp: '9999999999' })), 'Invalid token'],
    'that has ended': [() => tokenOf(es256, claims({ exp: seconds - 15 })), 'Token expired'],
    'that begins later': [
      () => tokenOf(es256, claims({ nbf: seconds + 16 })),
      'Token is not allowed to use yet',
    ],
    'of another issuer': [() => tokenOf(es256, claims({ iss: 'https://id.example/' })), 'Invalid issuer'],
    'of nobody': [() => tokenOf(es256, claims({ sub: undefined })), 'Invalid subject'],
    'whose subject is blank': [() => tokenOf(es256, claims({ sub: ' \t' })), 'Invalid subject'],
    'whose subject is a number': [() => tokenOf(es256, claims({ sub: 7 })), 'Invalid subject'],
    'whose subject steers terminals': [
      () => tokenOf(es256, claims({ sub: 'a\u001b[2J' })),
      'Invalid subject',
    ],
    'whose subject is endless': [() => tokenOf(es256, claims({ sub: 'a'.repeat(256) })), 'Invalid subject'],
    'whose permissions are text': [
      () => tokenOf(es256, claims({ permissions: 'tkeeper.*' })),
      'Invalid token',
    ],
    'whose permissions are an object': [
      () => tokenOf(es256, claims({ permissions: { a: 1 } })),
      'Invalid token',
    ],
    'whose permissions are null': [() => tokenOf(es256, claims({ permissions: null })), 'Invalid token'],
    'with a number among its permissions': [
      () => tokenOf(es256, claims({ permissions: ['a', 1] })),
      'Invalid token',
    ],
    'with 10,000 rules': [
      () =>
        tokenOf(
          es256,
          claims({
            permissions: Array.from({ length: 10_000 }, (_, at) => `tkeeper.key.k${String(at)}.sign`),
          }),
        ),
      'Invalid token',
    ],
    'with padding': [() => `${tokenOf(es256, claims())}=`, 'Invalid token'],
    'with white space': [() => ` ${tokenOf(es256, claims())}`, 'Invalid token'],
    'of two parts': [() => tokenOf(es256, claims()).split('.').slice(0, 2).join('.'), 'Invalid token'],
    'whose claims are a list': [() => tokenOf(es256, []), 'Invalid token'],
    'that is nothing': [() => '', 'Invalid token'],
  };
  it.each(Object.keys(attacks))('%s is refused', async (name) => {
    const [token, details] = attacks[name] ?? [() => '', 'none'];
    expect(await answerTo(token())).toBe(details);
  });

  it('counts by the clock to the second, the difference of clocks taken into account', async () => {
    expect(await answerTo(tokenOf(es256, claims({ exp: seconds - 14 })))).toMatchObject({
      subject: 'user:alice',
    });
    expect(await answerTo(tokenOf(es256, claims({ nbf: seconds + 15 })))).toMatchObject({
      subject: 'user:alice',
    });
    expect(await answerTo(tokenOf(es256, claims({ exp: seconds })), { skewSeconds: 0 })).toBe(
      'Token expired',
    );
  });

  it('without permissions is somebody who may do nothing', async () => {
    const token = tokenOf(es256, claims({ permissions: undefined }));
    expect(await answerTo(token)).toMatchObject({ subject: 'user:alice', permissions: [] });
  });

  it('of any issuer is believed where none is set', async () => {
    const token = tokenOf(es256, claims({ iss: undefined }));
    expect(await answerTo(token, { issuer: null })).toMatchObject({ subject: 'user:alice' });
    expect(await answerTo(token)).toBe('Invalid issuer');
  });
});

/** One thing about a token, right most of the time. */
const mostly = <T>(right: T, ...wrong: unknown[]) =>
  fc.oneof(
    { weight: 12, arbitrary: fc.constant<unknown>(right) },
    { weight: 1, arbitrary: fc.constantFrom(...wrong) },
  );

const around = (edge: number) => [-2, -1, 0, 1, 2].map((by) => edge + by);
const tokens = fc.record({
  signer: fc.constantFrom(...algorithms, ...Array<string>(18).fill('ES256')),
  alg: mostly(null, ...algorithms, 'none', 'HS256', 'EdDSA', 'PS256', '', 5),
  kid: mostly(
    null,
    ...algorithms,
    'ed',
    'short',
    'encrypts',
    'signs-only',
    'twice',
    'unknown',
    '',
    undefined,
    3,
    null,
  ),
  typ: mostly('JWT', undefined, 'jwt', 'at+jwt', 'application/at+JWT', 'JOSE', 'logout+jwt', 7),
  extra: mostly({}, { crit: ['exp'] }, { jwk: {} }, { jku: 'https://x.example' }, { x5u: 'x' }, { x5t: 'x' }),
  aud: mostly('tkeeper', ['tkeeper'], ['a', 'tkeeper'], 'TKEEPER', ['a'], [], '', undefined, 5, {
    tkeeper: 1,
  }),
  exp: mostly(seconds + 60, ...around(seconds - 15), undefined, 'x', 0, 1e300),
  nbf: mostly(undefined, ...around(seconds + 15), 'x', null),
  iss: mostly('https://id.example', undefined, 'https://id.example/', ['https://id.example']),
  sub: mostly('user:alice', 'é', ' ', '', undefined, 5, 'a\nb', 'a'.repeat(255), 'a'.repeat(256)),
  permissions: mostly(['tkeeper.key.*.sign'], undefined, [], ['**'], 'tkeeper.*', [1], null, {}),
  tampered: mostly(false, true),
});
type Sample = typeof tokens extends fc.Arbitrary<infer T> ? T : never;

/** The same by plain words: TKeeper's order of checks, one after the other, and the signature by Node itself. */
function oracle(sample: Sample, header: Record<string, unknown>, token: string): object | string {
  const typ = header['typ'];
  const typs = ['jwt', 'at+jwt', 'application/jwt', 'application/at+jwt'];
  const strange = ['crit', 'jwk', 'jku', 'x5u'].some((name) => name in header);
  const isType = typ === undefined || (typeof typ === 'string' && typs.includes(typ.toLowerCase()));
  if (!algorithms.includes(String(header['alg'])) || strange || !isType) return 'Invalid token';
  const { aud, exp, nbf, iss, sub, permissions } = sample;
  const isNumber = (value: unknown): value is number | undefined =>
    value === undefined || typeof value === 'number';
  const isList = Array.isArray(permissions) && permissions.every((each) => typeof each === 'string');
  if (!isNumber(exp) || !isNumber(nbf) || !(permissions === undefined || isList)) return 'Invalid token';
  if (aud !== 'tkeeper' && !(Array.isArray(aud) && aud.some((each) => each === 'tkeeper')))
    return 'Invalid audience';
  if (exp === undefined) return 'JWT should contain expiry time';
  if (!(seconds < exp + 15)) return 'Token expired';
  if (nbf !== undefined && !(nbf <= seconds + 15)) return 'Token is not allowed to use yet';
  if (iss !== 'https://id.example') return 'Invalid issuer';
  const kid = header['kid'];
  if (typeof kid !== 'string' || kid === '') return 'Invalid key id';
  if (kid === 'ed') return 'Unsupported key type: OKP';
  // The others of the set are for one algorithm each, of their name.
  if (!algorithms.includes(kid) || kid !== header['alg']) return '';
  const [head = '', body = '', signature = ''] = token.split('.');
  const key = createPublicKey({ key: keyOf(kid).jwk, format: 'jwk' });
  const input = Buffer.from(`${head}.${body}`);
  const bytes = Buffer.from(signature, 'base64url');
  if (!verify(`sha${kid.slice(2)}`, input, { key, dsaEncoding: 'ieee-p1363' }, bytes)) return '';
  const text = typeof sub === 'string' ? sub : '';
  if (text.trim() === '' || text.length > 255 || /[\u0000-\u001f]/.test(text)) return 'Invalid subject';
  return { subject: sub, permissions: permissions ?? [] };
}

describe('any JWT', () => {
  it('is answered as a naive reading of the rules says', async () => {
    const seen = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(tokens, async (sample) => {
        const { signer, alg, kid, typ, extra, tampered, ...claim } = sample;
        const key = keyOf(signer);
        const header = { alg: alg ?? key.alg, kid: kid === null ? key.kid : kid, typ, ...(extra as object) };
        const made = tokenOf(key, { ...claim, iat: seconds }, header);
        const token = tampered === true ? spoilt(made) : made;
        const expected = oracle(sample, JSON.parse(JSON.stringify(header)) as Record<string, unknown>, token);
        const answer = await answerTo(token);
        const name = typeof answer === 'string' ? answer : 'believed';
        seen.set(name, (seen.get(name) ?? 0) + 1);
        if (typeof expected === 'string') expect(answer).toBe(expected);
        else expect(answer).toMatchObject(expected);
      }),
      { numRuns: 10_000 },
    );
    // Each answer was given often enough to mean something.
    expect(seen.size).toBe(11);
    expect(Math.min(...seen.values())).toBeGreaterThan(10);
    expect(seen.get('believed')).toBeGreaterThan(1000);
  }, 120_000);
});

/** With another bit in its claims or signature that leaves its form as it is. */
function spoilt(token: string): string {
  const at = token.lastIndexOf('.') + 5;
  return token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
}
