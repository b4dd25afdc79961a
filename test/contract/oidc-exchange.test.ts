import { base64url, createRemoteJWKSet, exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { apiErrorBodySchema } from '../../contracts/server-api/errors.ts';
import { exchangePath, refreshPath, sessionJwtSchema } from '../../contracts/server-api/kisenon/session.ts';
import type { SessionJwt } from '../../contracts/server-api/kisenon/session.ts';
import type { LocalServer } from '../support/local-server.ts';
import type { ProviderAccount, TestProvider } from '../support/oidc-provider.ts';
import { startOidcSite } from '../support/oidc-site.ts';
import type { OidcSite } from '../support/oidc-site.ts';
import { call } from '../support/server-client.ts';

let site: OidcSite;
let server: LocalServer;
let google: TestProvider;
let github: TestProvider;
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  site = await startOidcSite();
  ({ server, google, github } = site);
});
afterAll(async () => {
  vi.useRealTimers();
  await site.stop();
});
afterEach(() => {
  vi.restoreAllMocks();
  google.answer('/.well-known/openid-configuration', null);
  google.answer('/jwks', null);
});

/** Lets time pass for the server and the provider. */
function passTime(seconds: number): void {
  vi.setSystemTime(Date.now() + seconds * 1000);
}

let people = 0;
/** Somebody whom nobody knows yet. */
function newPerson(account: Partial<ProviderAccount> = {}): ProviderAccount {
  people += 1;
  const name = `person${String(people)}`;
  return { sub: name, email: `${name}@acme.example`, email_verified: true, ...account };
}

/** Each from a network of its own, unless one is named: failures of one do not pause another. */
async function exchange(provider: string, id_token: string, from = site.newAddress()) {
  const response = await fetch(server.origin + exchangePath, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': from },
    body: JSON.stringify({ provider, id_token }),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as unknown };
}

async function signIn(provider: TestProvider, person: ProviderAccount): Promise<SessionJwt> {
  const answer = await exchange(provider.settings.id, await provider.idToken(person));
  expect(answer.status).toBe(200);
  return sessionJwtSchema.parse(answer.body);
}

function refusalOf({ status, body }: { status: number; body: unknown }): string {
  return `${String(status)} ${apiErrorBodySchema.parse(body).error.code}`;
}

function messageOf({ body }: { body: unknown }): string {
  return apiErrorBodySchema.parse(body).error.message;
}

const now = () => Math.floor(Date.now() / 1000);

describe('an id token', () => {
  it('is exchanged once, for a server JWT that counts and can be renewed', async () => {
    const person = newPerson({ name: 'Lena Sommer' });
    const idToken = await google.idToken(person);
    const answer = await exchange('google', idToken);
    expect(answer.status).toBe(200);
    const jwt = sessionJwtSchema.parse(answer.body);
    expect(jwt).toMatchObject({ expires_in: 900, role: 'owner', user: { display_name: 'Lena Sommer' } });
    expect(jwt.session_expires_in).toBeGreaterThan(43_190);
    expect((await call(server, '/v1/whoami', { token: jwt.token })).body).toMatchObject({
      user: { email: person.email },
      org: jwt.org,
    });
    expect((await call(server, refreshPath, { method: 'POST', token: jwt.token })).status).toBe(200);
    const again = await exchange('google', idToken);
    expect(refusalOf(again)).toBe('401 invalid_token');
    expect(messageOf(again)).toContain('it was used before');
  });

  it('is the same whatever the spelling of its signature', async () => {
    const idToken = await github.idToken(newPerson());
    const [header = '', claims = '', signature = ''] = idToken.split('.');
    const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
    const bytes = Buffer.from(signature, 'base64url');
    const s = order - BigInt(`0x${bytes.subarray(32).toString('hex')}`);
    const other = Buffer.concat([
      bytes.subarray(0, 32),
      Buffer.from(s.toString(16).padStart(64, '0'), 'hex'),
    ]);
    expect((await exchange('github', idToken)).status).toBe(200);
    const again = await exchange('github', [header, claims, other.toString('base64url')].join('.'));
    expect(messageOf(again)).toContain('it was used before');
  });

  it('that many bring at once is taken from one', async () => {
    const idToken = await google.idToken(newPerson());
    const answers = await Promise.all(Array.from({ length: 8 }, () => exchange('google', idToken)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, ...Array<number>(7).fill(401)]);
  });

  it('is not taken by a provider that the server does not have', async () => {
    expect(refusalOf(await exchange('nobody', await google.idToken(newPerson())))).toBe(
      '400 invalid_request',
    );
  });

  const wrongClaims: Record<string, () => Record<string, unknown>> = {
    'another audience': () => ({ aud: 'somebody' }),
    'no audience': () => ({ aud: undefined }),
    'another audience beside it': () => ({ aud: [google.settings.client_id, 'somebody'] }),
    'another authorized party': () => ({ azp: 'somebody' }),
    'an authorized party that is no text': () => ({ azp: 5 }),
    'another issuer': () => ({ iss: 'https://accounts.example' }),
    'its issuer in another spelling': () => ({ iss: `${google.issuer}/` }),
    'the other provider as issuer': () => ({ iss: github.issuer }),
    'no subject': () => ({ sub: undefined }),
    'a subject of 256 characters': () => ({ sub: 'x'.repeat(256) }),
    'a subject with a NUL': () => ({ sub: 'x\0' }),
    'an end that is over': () => ({ iat: now() - 60, exp: now() - 1 }),
    'no end': () => ({ exp: undefined }),
    'an end that is text': () => ({ exp: '9999999999' }),
    'a beginning to come': () => ({ nbf: now() + 300 }),
    'a time that is too long ago': () => ({ iat: now() - 601 }),
    'a time to come': () => ({ iat: now() + 120 }),
    'no time': () => ({ iat: undefined }),
    'no e-mail address': () => ({ email: undefined }),
    'an e-mail address that is not verified': () => ({ email_verified: false }),
    'the word true for a verified one': () => ({ email_verified: 'true' }),
    'nothing about verification': () => ({ email_verified: undefined }),
    'an e-mail address of 255 characters': () => ({ email: `${'x'.repeat(242)}@acme.example` }),
    'several e-mail addresses': () => ({ email: ['a@acme.example', 'b@acme.example'] }),
    'an address with a quoted part': () => ({ email: '"a@b"@acme.example' }),
    'an address with a letter that looks like another': () => ({ email: 'm\u0430ya@acme.example' }),
    'an address that would become another in lower case': () => ({ email: 'jo@\u212Aeyhold.example' }),
    'an address with what nobody sees': () => ({ email: 'maya@acme.example\u200B' }),
    'an address of two lines': () => ({ email: 'maya@acme.example\nbcc: x@acme.example' }),
  };
  it.each(Object.entries(wrongClaims))('with %s is refused', async (_, claims) => {
    const answer = await exchange('google', await google.idToken(newPerson(), claims()));
    expect(refusalOf(answer)).toBe('401 invalid_token');
  });

  it('with names of one audience, and of this server as party, is taken', async () => {
    const id = google.settings.client_id;
    const idToken = await google.idToken(newPerson(), { aud: [id], azp: id });
    expect((await exchange('google', idToken)).status).toBe(200);
  });

  const wrongHeaders: Record<string, object> = {
    'a type of another kind of token': { typ: 'logout+jwt' },
    'something critical': { crit: ['b64'], b64: true },
    'the key id of nobody': { kid: 'nobody' },
  };
  it.each(Object.entries(wrongHeaders))('with %s in its header is refused', async (_, header) => {
    const answer = await exchange('google', await google.idToken(newPerson(), {}, header));
    expect(refusalOf(answer)).toBe('401 invalid_token');
  });

  it('that somebody else signed is refused, whatever its header says', async () => {
    const { privateKey, publicKey } = await generateKeyPair('RS256');
    const jwk = await exportJWK(publicKey);
    const { kid = '' } = google.publicKey();
    const x5u = 'https://evil.example/key';
    for (const header of [{ kid }, { kid, jwk }, { jwk }, { kid, jku: x5u }, { kid, x5u }]) {
      const claims = { ...newPerson(), iss: google.issuer, aud: google.settings.client_id };
      const forged = await new SignJWT(claims)
        .setProtectedHeader({ alg: 'RS256', ...header })
        .setIssuedAt()
        .setExpirationTime('5m')
        .sign(privateKey);
      expect(refusalOf(await exchange('google', forged))).toBe('401 invalid_token');
    }
  });

  it('without a signature, or with one by the public key as a secret, is refused', async () => {
    const [, claims = ''] = (await google.idToken(newPerson())).split('.');
    const { kid = '', ...jwk } = google.publicKey();
    const none = base64url.encode(JSON.stringify({ alg: 'none', kid }));
    for (const signature of ['', 'x', 'AAAA']) {
      expect(refusalOf(await exchange('google', `${none}.${claims}.${signature}`))).toBe('401 invalid_token');
    }
    for (const secret of [JSON.stringify(jwk), jwk.n ?? '']) {
      const payload = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, unknown>;
      const forged = await new SignJWT(payload)
        .setProtectedHeader({ alg: 'HS256', kid })
        .sign(new TextEncoder().encode(secret));
      expect(refusalOf(await exchange('google', forged))).toBe('401 invalid_token');
    }
  });

  it('in another spelling, or changed, is refused', async () => {
    const idToken = await google.idToken(newPerson());
    const [header = '', , signature = ''] = idToken.split('.');
    const changed = base64url.encode(JSON.stringify({ ...newPerson(), iss: google.issuer }));
    for (const other of [`${idToken}=`, ` ${idToken}`, `${header}.${changed}.${signature}`, 'a.b', 'x']) {
      expect(refusalOf(await exchange('google', other))).toBe('401 invalid_token');
    }
  });

  it('of a megabyte is refused before it is read', async () => {
    const claims = { ...newPerson(), padding: 'x'.repeat(2 ** 20) };
    const huge = await google.idToken(newPerson(), claims);
    expect(refusalOf(await exchange('google', huge))).toBe('413 payload_too_large');
    const large = await google.idToken(newPerson(), { padding: 'x'.repeat(20_000) });
    expect(refusalOf(await exchange('google', large))).toBe('400 invalid_request');
  });
});

describe('the keys of a provider', () => {
  it('are asked for anew when one is not known, at most once in ten seconds', async () => {
    const looks = () => google.requests.filter((path) => path === '/jwks').length;
    await signIn(google, newPerson());
    passTime(60);
    const before = looks();
    await google.rotateKey();
    await signIn(google, newPerson());
    expect(looks()).toBe(before + 1);
    const storm = Array.from({ length: 30 }, async (_, at) =>
      exchange('google', await google.idToken(newPerson(), {}, { kid: `unknown-${String(at)}` })),
    );
    for (const answer of await Promise.all(storm)) expect(refusalOf(answer)).toBe('401 invalid_token');
    await signIn(google, newPerson());
    expect(looks()).toBe(before + 1);
    passTime(11);
    expect(refusalOf(await exchange('google', await google.idToken(newPerson(), {}, { kid: 'no' })))).toBe(
      '401 invalid_token',
    );
    expect(looks()).toBe(before + 2);
  });

  it('count for the algorithms of the list alone, whatever else could be verified by them', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ML-DSA-44', { extractable: true });
    const jwk = { ...(await exportJWK(publicKey)), use: 'sig', kid: 'another' };
    google.answer('/jwks', (_request, response) =>
      response
        .setHeader('content-type', 'application/json')
        .end(JSON.stringify({ keys: [google.publicKey(), jwk] })),
    );
    passTime(120);
    const claims = { ...newPerson(), iss: google.issuer, aud: google.settings.client_id };
    const signed = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'ML-DSA-44', kid: jwk.kid })
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(privateKey);
    const verified = await jwtVerify(signed, createRemoteJWKSet(new URL(`${google.issuer}/jwks`)));
    expect(verified.payload.sub).toBe(claims.sub);
    expect(refusalOf(await exchange('google', signed))).toBe('401 invalid_token');
  });

  it('that are gone sign nothing more once the new ones are known', async () => {
    const old = await google.idToken(newPerson());
    await google.rotateKey();
    passTime(120);
    await signIn(google, newPerson());
    expect(refusalOf(await exchange('google', old))).toBe('401 invalid_token');
  });
});

describe('a provider that does not answer as it should', () => {
  const html = 'text/html';
  const metadata = '/.well-known/openid-configuration';
  /** What it says of itself, but for some of it. */
  const described = (changed: object) => ({
    type: 'application/json',
    text: JSON.stringify({
      issuer: google.issuer,
      authorization_endpoint: `${google.issuer}/auth`,
      token_endpoint: `${google.issuer}/token`,
      jwks_uri: `${google.issuer}/jwks`,
      ...changed,
    }),
  });
  const answers: Record<string, () => { path: string; type: string; text: string }> = {
    'a page': () => ({ path: metadata, type: html, text: '<h1>Welcome</h1>' }),
    'half of an answer': () => ({ path: metadata, type: 'application/json', text: '{' }),
    'no end of an answer': () => ({
      path: metadata,
      type: 'application/json',
      text: `"${'x'.repeat(300_000)}"`,
    }),
    'another name': () => ({ path: metadata, ...described({ issuer: 'https://accounts.example' }) }),
    'its name with a slash': () => ({ path: metadata, ...described({ issuer: `${google.issuer}/` }) }),
    'keys elsewhere without TLS': () => ({ path: metadata, ...described({ jwks_uri: 'http://192.0.2.1/' }) }),
    'a sign-in page elsewhere without TLS': () => ({
      path: metadata,
      ...described({ authorization_endpoint: 'http://192.0.2.1/' }),
    }),
    'a sign-in page that is a script': () => ({
      path: metadata,
      ...described({ authorization_endpoint: 'javascript:alert(1)' }),
    }),
    'no keys': () => ({ path: metadata, ...described({ jwks_uri: undefined }) }),
    'a page for keys': () => ({ path: '/jwks', type: html, text: '<h1>Welcome</h1>' }),
    'something else for keys': () => ({ path: '/jwks', type: 'application/json', text: '[]' }),
  };
  it.each(Object.entries(answers))('with %s is said so, and asked anew', async (_, answer) => {
    // It has described itself an hour ago.
    passTime(4000);
    const { path, type, text } = answer();
    google.answer(path, (_request, response) => response.setHeader('content-type', type).end(text));
    const refused = await exchange('google', await google.idToken(newPerson()));
    expect(refusalOf(refused)).toBe('502 provider_unreachable');
    expect(messageOf(refused)).toBe(
      'Google cannot be reached, or does not answer as it should. Try again in a minute, or sign in another way.',
    );
    google.answer(path, null);
    await signIn(google, newPerson());
  });

  it('because it is down, sends elsewhere or takes too long', async () => {
    passTime(4000);
    google.answer(metadata, (request) => request.socket.destroy());
    expect(refusalOf(await exchange('google', await google.idToken(newPerson())))).toBe(
      '502 provider_unreachable',
    );
    google.answer(metadata, (_request, response) =>
      response.writeHead(302, { location: `${github.issuer}${metadata}` }).end(),
    );
    expect(refusalOf(await exchange('google', await google.idToken(newPerson())))).toBe(
      '502 provider_unreachable',
    );
    const patience = new AbortController();
    vi.spyOn(AbortSignal, 'timeout').mockReturnValue(patience.signal);
    google.answer(metadata, () => patience.abort(new DOMException('Too late', 'TimeoutError')));
    expect(refusalOf(await exchange('google', await google.idToken(newPerson())))).toBe(
      '502 provider_unreachable',
    );
  });

  it('costs the others nothing', async () => {
    passTime(4000);
    google.answer(metadata, (request) => request.socket.destroy());
    await exchange('google', await google.idToken(newPerson()));
    await signIn(github, newPerson());
  });
});

describe('failures', () => {
  it('pause a network after fifty, and no other', async () => {
    const from = '192.0.2.77';
    const right = await google.idToken(newPerson());
    const later = await google.idToken(newPerson());
    for (let count = 0; count < 50; count += 1) {
      expect(refusalOf(await exchange('google', 'a.b.c', from))).toBe('401 invalid_token');
    }
    const paused = await exchange('google', right, from);
    expect(refusalOf(paused)).toBe('429 rate_limited');
    expect(Number(paused.headers.get('retry-after'))).toBeGreaterThan(200);
    expect((await exchange('google', await google.idToken(newPerson()), '192.0.2.78')).status).toBe(200);
    passTime(301);
    expect((await exchange('google', later, from)).status).toBe(200);
  });

  it('go to the audit log, the first of a flood, without the token', async () => {
    const from = '192.0.2.79';
    for (let count = 0; count < 9; count += 1) await exchange('google', 'a.b.c', from);
    const rows = await server.context.db
      .selectFrom('audit_events')
      .selectAll()
      .where('address', '=', from)
      .execute();
    expect(rows).toHaveLength(5);
    expect(rows[0]).toMatchObject({ action: 'auth.sign_in', outcome: 'failure', actor_id: null });
    expect(JSON.parse(rows[0]?.details ?? '')).toEqual({
      ...{ method: 'oidc', provider: 'google', via: 'api', reason: 'invalid_token' },
    });
  });
});
