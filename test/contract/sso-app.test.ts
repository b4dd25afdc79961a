import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BrowserRig } from '../support/browser-rig.ts';
import { answerForm, openForm } from '../support/loopback-program.ts';
import { asked } from '../support/password-rig.ts';
import { startSsoSite } from '../support/sso-site.ts';
import type { SsoSite } from '../support/sso-site.ts';
import { begin as pressButton, goesOnTo } from '../support/web-client.ts';

let site: SsoSite;
let rig: BrowserRig;
beforeAll(async () => {
  site = await startSsoSite(['artifact-keeper']);
});
afterAll(() => site.stop());
beforeEach(async () => {
  site.reset();
  rig = await BrowserRig.make(site.server, '');
});
afterEach(() => rig.dispose());

describe('the app at a server of Artifact Keeper’s API alone', () => {
  it('is signed in by a provider, in the browser, with a session that renews itself', async () => {
    const person = site.newPerson();
    const { server, client } = site;
    const found = await rig.parts.contexts.additions.discover(server.host);
    expect(found).toMatchObject({
      methods: expect.arrayContaining(['password', 'browser']) as unknown,
      browserAccess: ['token-pair'],
    });
    await rig.start(rig.newContext(), 'token-pair');
    const page = rig.address.slice(server.origin.length);
    const login = new URL((await client.get(rig.address)).headers.get('location') ?? '', server.origin);
    expect([login.pathname, login.searchParams.get('return_to')]).toEqual(['/login', page]);
    const address = goesOnTo(await pressButton(client, server, 'sso', page));
    const back = await client.get(await site.back(person, { at: address }));
    expect(back.headers.get('location')).toBe(page);
    const org = String(person.preferred_username);
    const done = await rig.answer({ session: site.session(), org });
    expect(done).toMatchObject({ phase: 'done', failure: null, confirmed: true, who: person.name });
    const { contexts } = rig.parts;
    const id = done.contextId ?? '';
    expect(contexts.summary(id)).toMatchObject({ credential: 'session', signIn: { state: 'signed_in' } });
    expect(rig.http.requests).not.toContain(asked.refresh);
    rig.clock.advance(16 * 60_000);
    expect(await contexts.status(id)).toMatchObject({
      ...{ identity: person.name, context: { signIn: { state: 'signed_in' } } },
    });
    expect(rig.http.requests).toContain(asked.refresh);
  });

  it.each(['api-key', 'session'] as const)('is let have no %s, which nothing there takes', async (access) => {
    await site.signIn(site.newPerson());
    await rig.start(rig.newContext(), access);
    const page = await site.client.get(rig.address);
    expect(page.status).toBe(400);
    expect(await page.text()).toContain('Ask with access=token-pair');
    const query = Object.fromEntries(new URL(rig.address).searchParams);
    const form = await openForm(site.server, site.session(), { ...query, access: 'token-pair' });
    expect((await answerForm(site.server, form, query)).status).toBe(400);
  });
});
