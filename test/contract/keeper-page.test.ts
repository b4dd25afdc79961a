import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Kysely } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { JwtAuth } from '../../reference-server/config/keeper.ts';
import type { Database } from '../../reference-server/db/schema.ts';
import { keeperClaims, newIssuerKey, tokenOf } from '../support/jwt-issuer.ts';
import { devToken, KeeperRig } from '../support/keeper-rig.ts';
import { startEmptyServer } from '../support/local-server.ts';

let rig: KeeperRig;
const rules = ['tkeeper.system.*', 'tkeeper.dkg.*', 'tkeeper.compliance.inventory', 'tkeeper.control.*'];
beforeAll(async () => {
  rig = await KeeperRig.unsealed({}, [...rules, '-tkeeper.dkg.refresh']);
  await rig.generate('wallet-hot', 'ED25519');
});
afterAll(() => rig.stop());

/** A browser without scripts, by its cookies. */
class Browser {
  readonly cookies = new Map<string, string>();
  readonly #origin: string;

  constructor(origin = rig.server.origin) {
    this.#origin = origin;
  }

  async get(
    path: string,
    init: RequestInit = {},
  ): Promise<{ status: number; text: string; headers: Headers }> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(`${this.#origin}${path}`, {
      ...init,
      redirect: 'manual',
      headers: { cookie, ...(init.headers as Record<string, string> | undefined) },
    });
    for (const each of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(each) ?? [];
      this.cookies.set(name, value);
    }
    return { status: response.status, text: await response.text(), headers: response.headers };
  }

  async post(path: string, fields: Record<string, string>) {
    const { text } = await this.get('/ui');
    const csrf = /name="_csrf" value="([^"]+)"/.exec(text)?.[1] ?? '';
    return this.get(path, { method: 'POST', body: new URLSearchParams({ _csrf: csrf, ...fields }) });
  }

  static async signedIn(origin?: string): Promise<Browser> {
    const browser = new Browser(origin);
    await browser.post('/ui/sign-in', { token: devToken });
    return browser;
  }
}

it('the page takes a token, which stays on the server, and offers what its rules allow', async () => {
  const browser = await Browser.signedIn();
  const { status, text, headers } = await browser.get('/ui');
  expect(status).toBe(200);
  expect(text).toContain('dev-mode is signed in');
  expect([text.includes('Rotate<'), text.includes('Refresh<'), text.includes('Destroy<')]).toEqual([
    true,
    false,
    false,
  ]);
  expect(text).toContain('Dev mode is on');
  expect(text + [...browser.cookies.values()].join()).not.toContain(devToken);
  expect(headers.get('content-security-policy')).toMatch(/script-src 'self';.*frame-ancestors 'none'/);
  expect(headers.get('x-frame-options')).toBe('DENY');
  expect(text).not.toMatch(/<script(?! src=)|\son\w+=|style="/);
});

it('the forms do what they say, by the rules of who is signed in', async () => {
  const browser = await Browser.signedIn();
  const fields = { key_id: 'wallet-hot', algorithm: 'ED25519', authorities: 'ops' };
  expect(await browser.post('/ui/generate', { ...fields, mode: 'ROTATE' })).toMatchObject({ status: 303 });
  expect((await browser.get('/ui')).text).toContain('generation 2');
  await browser.post('/ui/generate', { ...fields, mode: 'REFRESH' });
  expect((await browser.get('/ui')).text).toContain('The rule -tkeeper.dkg.refresh denies');
  await browser.post('/ui/destroy', { key_id: 'wallet-hot', generation: '1', typed: 'wallet-hot' });
  expect((await browser.get('/ui')).text).toContain(
    'No rule of the token grants tkeeper.key.wallet-hot.destroy',
  );
  await browser.post('/ui/seal', {});
  expect((await browser.get('/ui')).text).toMatch(/The keeper is sealed[^]*Give the share/);
  await browser.post('/ui/unseal', { share: 'AAAA' });
  expect((await browser.get('/ui')).text).toContain('Nothing was done');
  await browser.post('/ui/unseal', { share: rig.shares[0] ?? '' });
  expect((await browser.get('/ui')).text).toContain('The keeper is unsealed');
});

it('nobody gets in by a wrong token, an old session or the form of another site', async () => {
  const stranger = new Browser();
  await stranger.post('/ui/sign-in', { token: `${devToken}x` });
  expect((await stranger.get('/ui')).text).toContain('Invalid dev mode token');
  const before = await rig.publicKey('wallet-hot').catch(() => null);
  await stranger.post('/ui/seal', {});
  expect((await rig.ask('/v1/keeper/system/status')).body).toMatchObject({ state: 'UNSEALED' });
  expect(before).not.toBeNull();
  const browser = await Browser.signedIn();
  const elsewhere = await browser.get('/ui/seal', {
    ...{ method: 'POST', body: new URLSearchParams({ _csrf: 'x' }) },
    headers: { origin: 'https://evil.example' },
  });
  expect(elsewhere.status).toBe(403);
  expect(
    await browser.get('/ui/seal', { method: 'POST', body: new URLSearchParams({ _csrf: 'x' }) }),
  ).toMatchObject({
    status: 403,
  });
  expect((await rig.ask('/v1/keeper/system/status')).body).toMatchObject({ state: 'UNSEALED' });
  const old = new Map(browser.cookies);
  await browser.post('/ui/sign-out', {});
  for (const [name, value] of old) browser.cookies.set(name, value);
  expect((await browser.get('/ui')).text).toContain('Sign in to the keeper');
});

const changes: Record<string, (db: Kysely<Database>) => Promise<unknown>> = {
  'the integrity key': (db) => db.updateTable('keeper_integrity_keys').set({ public_key: 'AAAA' }).execute(),
  'its own row': (db) => db.updateTable('keeper').set({ threshold: 0 }).execute(),
};
it.each(Object.keys(changes))(
  'says why it shows no keys, and can still seal, where %s was changed',
  async (what) => {
    const changed = await KeeperRig.unsealed({}, rules);
    try {
      await changes[what]?.(changed.server.context.db as Kysely<Database>);
      const browser = await Browser.signedIn(changed.server.origin);
      const { status, text } = await browser.get('/ui');
      expect(status).toBe(200);
      expect(text.match(/Something other than the keeper has changed/g)).toHaveLength(1);
      expect(text).not.toContain('There are no keys yet');
      await browser.post('/ui/seal', {});
      expect((await browser.get('/ui')).text).toContain('The keeper is sealed');
    } finally {
      await changed.stop();
    }
  },
);

it('a key from the page has as many authorities as one from anywhere: it stays in the inventory', async () => {
  const browser = await Browser.signedIn();
  const many = Array.from({ length: 256 }, (_, at) => `authority-${String(at)}`);
  for (const authorities of [' ', many.join(' ')]) {
    const fields = { key_id: 'many', algorithm: 'ED25519', mode: 'CREATE', authorities };
    await browser.post('/ui/generate', fields);
    expect((await browser.get('/ui')).text).toContain('A key has 1 to 255 authorities.');
  }
  const { status, body } = await rig.ask('/v1/keeper/compliance/inventory');
  expect([status, JSON.stringify(body).includes('"many"')]).toEqual([200, false]);
});

it('who signs in over and over ends earlier sessions of their own, and nobody else’s', async () => {
  const issuer = newIssuerKey('ES256', { kid: 'one' });
  const folder = await mkdtemp(join(tmpdir(), 'kh-jwks-'));
  const file = join(folder, 'jwks.json');
  await writeFile(file, JSON.stringify({ keys: [issuer.jwk] }));
  const auth: JwtAuth = {
    ...{ type: 'jwt', jwks: { file }, audience: 'tkeeper', issuer: null },
    ...{ refreshSeconds: 900, skewSeconds: 15, oidc: null },
  };
  const server = await startEmptyServer({ keeper: { auth, allowAnonymous: false } });
  try {
    const signIn = async (sub: string) => {
      const browser = new Browser(server.origin);
      await browser.post('/ui/sign-in', { token: tokenOf(issuer, { ...keeperClaims(), sub }) });
      return browser;
    };
    const isIn = async (browser: Browser) => (await browser.get('/ui')).text.includes('is signed in');
    const [alice, bob] = [await signIn('user:alice'), await signIn('user:bob')];
    const last: Browser[] = [];
    for (let times = 0; times < 20; times++) last.push(await signIn('user:bob'));
    expect([await isIn(alice), await isIn(bob)]).toEqual([true, false]);
    for (const browser of last) expect(await isIn(browser)).toBe(true);
  } finally {
    await server.stop();
    await rm(folder, { recursive: true });
  }
});
