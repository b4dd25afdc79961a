import type { Kysely } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Database } from '../../reference-server/db/schema.ts';
import { devToken, KeeperRig } from '../support/keeper-rig.ts';

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

it('says why it shows no keys where the keeper was changed, and can still seal it', async () => {
  const changed = await KeeperRig.unsealed({}, rules);
  try {
    const db = changed.server.context.db as Kysely<Database>;
    await db.updateTable('keeper_integrity_keys').set({ public_key: 'AAAA' }).execute();
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
});
