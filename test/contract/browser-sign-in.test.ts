import { describe, expect, it } from 'vitest';
import { browserRigs, exchange, isClosed } from '../support/browser-rig.ts';
import { filesHolding } from '../support/search-bytes.ts';
import { signIn } from '../support/server-client.ts';

const rig = browserRigs();

describe('signing in by the browser', () => {
  it('adds a context with an API key of whoever signed in there, named after this computer', async () => {
    const begun = await rig().start();
    expect(begun).toMatchObject({
      phase: 'waiting',
      opened: true,
      contextId: null,
      name: 'Work',
      host: rig().server.host,
    });
    const { origin, pathname, searchParams } = new URL(rig().opened[0] ?? '');
    expect(`${origin}${pathname}`).toBe(`${rig().server.origin}/cli/authorize`);
    expect(Object.fromEntries(searchParams)).toEqual({
      redirect_uri: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/callback$/) as string,
      state: expect.stringMatching(/^[\w-]{43}$/) as string,
      code_challenge: expect.stringMatching(/^[\w-]{43}$/) as string,
      code_challenge_method: 'S256',
      client_name: 'Keyhold',
      device: 'maya-laptop\\u{202e}',
      access: 'api-key',
    });
    const done = await rig().answer();
    expect(done).toMatchObject({
      phase: 'done',
      failure: null,
      confirmed: true,
      who: 'Maya Chen',
      org: 'acme',
      address: null,
      setUps: { podman: 'done', docker: 'not_asked' },
    });
    expect(rig().raised).toBe(1);
    const context = rig().parts.contexts.summary(done.contextId ?? '');
    expect(context).toMatchObject({
      name: 'Work',
      origin: rig().server.origin,
      userId: rig().server.user('maya').id,
      org: 'acme',
      credential: 'api-key',
      state: 'active',
      current: true,
      signIn: { state: 'signed_in' },
    });
    expect(await rig().keysOf('maya')).toMatchObject([
      { name: expect.stringMatching(/^Keyhold on maya-laptop/) as string },
    ]);
  });

  it('leaves key, code and proof in no file and no line of the log', async () => {
    await rig().start();
    const location = await rig().answered();
    const over = rig().until('done');
    let secret = '';
    rig().http.answer = (_what, response) => {
      secret = /"api_key":"([^"]+)"/.exec(response.text)?.[1] ?? secret;
      return response;
    };
    await fetch(location);
    await over;
    const { searchParams } = new URL(location);
    const needles = new Map(
      Object.entries({
        key: secret,
        code: searchParams.get('code') ?? '',
        state: searchParams.get('state') ?? '',
        challenge: new URL(rig().opened[0] ?? '').searchParams.get('code_challenge') ?? '',
      }).map(([name, text]) => [name, Buffer.from(text)]),
    );
    for (const [name, bytes] of needles) expect(bytes.length, name).toBeGreaterThan(40);
    expect(filesHolding(rig().parts.folder, needles)).toEqual([]);
  });

  it('begins a session of 12 hours where that is wanted', async () => {
    await rig().start(rig().newContext(), 'session');
    const { contextId } = await rig().answer();
    const context = rig().parts.contexts.summary(contextId ?? '');
    expect(context).toMatchObject({ credential: 'session', signIn: { state: 'signed_in' } });
    const hours = (Date.parse(context.endsAt ?? '') - rig().clock.now().getTime()) / 3_600_000;
    expect(hours).toBeGreaterThan(11.9);
    expect(hours).toBeLessThanOrEqual(12);
    expect(await rig().keysOf('maya')).toEqual([]);
  });

  it('begins a session that goes on as long as it is used, where that is wanted', async () => {
    await rig().start(rig().newContext(), 'token-pair');
    const done = await rig().answer();
    expect(done).toMatchObject({ phase: 'done', confirmed: true, org: 'acme' });
    const { parts, clock } = rig();
    const context = parts.contexts.summary(done.contextId ?? '');
    expect(context).toMatchObject({ credential: 'session', signIn: { state: 'signed_in' } });
    const days = (Date.parse(context.endsAt ?? '') - clock.now().getTime()) / 86_400_000;
    expect(days).toBeGreaterThan(6.9);
    expect(parts.credentials.sessionBefore(context.id)).toEqual({ username: null, lasting: true });
    parts.vault.lock();
    await parts.unlock();
    expect((await parts.contexts.status(context.id)).context.signIn.state).toBe('signed_in');
    const revoke = parts.credentials.revocation(parts.contexts.get(context.id));
    expect((await revoke()).credentials).toMatchObject([{ kind: 'session', revocation: 'revoked' }]);
    await parts.contexts.status(context.id);
    expect(parts.contexts.summary(context.id).signIn.state).toBe('expired');
  });

  it('signs a context in again, asks for its organization, and ends what it had before', async () => {
    await rig().start();
    const { contextId } = await rig().answer();
    const before = await rig().keysOf('maya');
    await rig().start({ kind: 'context', contextId: contextId ?? '' }, 'session');
    expect(new URL(rig().opened[1] ?? '').searchParams.get('org')).toBe('acme');
    expect(await rig().answer()).toMatchObject({ phase: 'done', contextId, confirmed: true });
    expect(rig().parts.contexts.summary(contextId ?? '')).toMatchObject({
      name: 'Work',
      credential: 'session',
    });
    expect(before).toHaveLength(1);
    expect(await rig().keysOf('maya')).toEqual([]);
    expect(rig().parts.contexts.list()).toHaveLength(1);
  });

  it('says so when somebody else signed in, and gives back what was made for them', async () => {
    await rig().start();
    const { contextId } = await rig().answer();
    const jonas = await signIn(rig().server, 'jonas');
    await rig().start({ kind: 'context', contextId: contextId ?? '' });
    expect(await rig().answer({ session: jonas })).toMatchObject({
      phase: 'failed',
      failure: { code: 'other_account' },
    });
    expect(await rig().keysOf('jonas')).toEqual([]);
    expect(rig().parts.contexts.summary(contextId ?? '')).toMatchObject({
      userId: rig().server.user('maya').id,
      credential: 'api-key',
      state: 'active',
    });
    expect(await rig().keysOf('maya')).toHaveLength(1);
  });

  it('is not begun where the service cannot be asked, and opens nothing', async () => {
    rig().http.fault = () => 'not_sent';
    await expect(rig().start()).rejects.toMatchObject({ code: 'server_unreachable' });
    expect(rig().opened).toEqual([]);
    expect(rig().browser.state).toBeNull();
  });

  it('for another organization than the context’s keeps nothing, and gives it back', async () => {
    await rig().start();
    const { contextId } = await rig().answer();
    rig().http.answer = (what, response) =>
      what === exchange
        ? { ...response, text: response.text.replace('"org":"acme"', '"org":"other"') }
        : response;
    await rig().start({ kind: 'context', contextId: contextId ?? '' });
    expect(await rig().answer()).toMatchObject({ failure: { code: 'sign_in_other_org' } });
    expect(await rig().keysOf('maya')).toHaveLength(1);
    expect(rig().parts.contexts.summary(contextId ?? '')).toMatchObject({ org: 'acme', state: 'active' });
  });

  it('works with a service of a later version, which tells more', async () => {
    await rig().start();
    rig().http.answer = (what, response) =>
      what === exchange
        ? { ...response, text: response.text.replace('{', '{"later":[1],').replace('"owner"', '"later"') }
        : response;
    expect(await rig().answer()).toMatchObject({ phase: 'done', confirmed: true });
  });

  it('is not begun under a name that is taken, nor for a context that is gone', async () => {
    await rig().start();
    await rig().answer();
    await expect(rig().start(rig().newContext({ name: 'work' }))).rejects.toMatchObject({
      code: 'name_taken',
    });
    await expect(rig().start({ kind: 'context', contextId: crypto.randomUUID() })).rejects.toMatchObject({
      code: 'context_not_found',
    });
    expect(rig().opened).toHaveLength(1);
  });

  it('is not offered by a service without such a page', async () => {
    rig().http.answer = (what, response) =>
      what.endsWith('/.well-known/keyhold')
        ? { ...response, text: response.text.replace('"browser"', '"later"') }
        : response;
    await expect(rig().start()).rejects.toMatchObject({ code: 'sign_in_not_offered' });
    expect(rig().opened).toEqual([]);
  });
});

describe('the browser', () => {
  it('that was closed is opened again, with the same question', async () => {
    await rig().start();
    expect(await rig().browser.open()).toMatchObject({ phase: 'waiting', opened: true });
    expect(rig().opened[1]).toBe(rig().opened[0]);
    expect(rig().browser.address()).toBe(rig().opened[0]);
    expect(await rig().answer()).toMatchObject({ phase: 'done' });
    await expect(rig().browser.open()).rejects.toMatchObject({ code: 'sign_in_over' });
    expect(() => rig().browser.address()).toThrow('sign_in_over');
  });

  it.each([
    ['is not there', () => Promise.reject(new Error('no browser'))],
    ['was opened a moment ago', () => false],
  ])('that %s is said to be closed, and the wait goes on', async (_what, how) => {
    rig().opens = how;
    expect(await rig().start()).toMatchObject({ phase: 'waiting', opened: false });
    rig().opens = () => true;
    expect(await rig().browser.open()).toMatchObject({ opened: true });
    expect(await rig().answer()).toMatchObject({ phase: 'done' });
  });

  it('that was opened a moment ago counts as opened, until opening it fails', async () => {
    await rig().start();
    rig().opens = () => false;
    expect(await rig().browser.open()).toMatchObject({ opened: true });
    rig().opens = () => Promise.reject(new Error('no browser'));
    expect(await rig().browser.open()).toMatchObject({ opened: false });
    rig().opens = () => false;
    expect(await rig().browser.open()).toMatchObject({ opened: false });
  });

  it('that the system never opens keeps nobody from beginning anew', async () => {
    rig().opens = () => new Promise(() => undefined);
    const began = rig().until('waiting');
    void rig().start();
    await began;
    rig().opens = () => true;
    expect(await rig().browser.again(false)).toMatchObject({ phase: 'waiting', opened: true });
    expect(await rig().answer()).toMatchObject({ phase: 'done' });
  });

  it('that the system never opens is begun anew once it has failed', async () => {
    await rig().start();
    await rig().answer({ answer: 'cancel' });
    const asked = new Promise<void>((resolve) => {
      rig().opens = () => new Promise(() => resolve());
    });
    void rig().browser.again(false);
    await asked;
    const over = rig().until('failed');
    rig().clock.advance(600_000);
    await over;
    rig().opens = () => true;
    expect(await rig().browser.again(false)).toMatchObject({ phase: 'waiting', opened: true });
  });

  it('can bring a no', async () => {
    await rig().start();
    const location = await rig().answered({ answer: 'cancel' });
    const over = rig().until('failed');
    const page = await (await fetch(location)).text();
    expect(page).toContain('You did not let Keyhold sign in.');
    expect(await over).toMatchObject({ failure: { code: 'sign_in_denied' }, address: null });
    expect(rig().parts.contexts.list()).toEqual([]);
    expect(rig().raised).toBe(1);
  });

  it('that brings another state is not listened to, and the right one is', async () => {
    await rig().start();
    const location = await rig().answered();
    const wrong = new URL(location);
    wrong.searchParams.set('state', 'x'.repeat(43));
    expect((await fetch(wrong)).status).toBe(400);
    expect(rig().browser.state).toMatchObject({ phase: 'waiting' });
    expect(rig().raised).toBe(0);
    const over = rig().until('done');
    await fetch(location);
    await over;
  });

  it('that brings its answer twice, or two at once, is answered kindly, and asks once', async () => {
    await rig().start();
    const location = await rig().answered();
    const over = rig().until('done');
    const pages = await Promise.all([1, 2, 3].map(async () => (await fetch(location)).text()));
    expect(pages.every((page) => page.includes('You can close this window'))).toBe(true);
    await over;
    expect(await (await fetch(location)).text()).toContain('has had an answer already');
    expect(rig().http.requests.filter((request) => request === exchange)).toHaveLength(1);
    expect(await rig().keysOf('maya')).toHaveLength(1);
    rig().clock.advance(15_000);
    expect(await isClosed(location)).toBe(true);
  });

  it('that is kept busy by a stranger ends the try', async () => {
    await rig().start();
    const callback = rig().callback();
    const over = rig().until('failed');
    for (let tries = 0; tries < 10; tries += 1) await fetch(`${callback}?code=${'c'.repeat(43)}&state=guess`);
    expect(await over).toMatchObject({ failure: { code: 'sign_in_disturbed' } });
    expect(rig().raised).toBe(0);
    expect(rig().http.requests).not.toContain(exchange);
  });

  it('on another computer gets an address without a way back, and the person brings the code', async () => {
    const begun = await rig().start(rig().newContext(), 'api-key', true);
    expect(rig().opened).toEqual([]);
    const { searchParams } = new URL(begun.address ?? '');
    expect(searchParams.has('redirect_uri')).toBe(false);
    const code = await rig().answeredAt(begun.address ?? '');
    for (const typed of ['', 'c'.repeat(42), `${code}!`, `${code} ${code}`]) {
      expect(() => rig().browser.paste(typed)).toThrow('invalid_code');
    }
    const over = rig().until('done');
    expect(rig().browser.paste(` ${code}\n`)).toMatchObject({ phase: 'exchanging' });
    expect(await over).toMatchObject({ confirmed: true });
    expect(() => rig().browser.paste(code)).toThrow('sign_in_over');
  });

  it('on another computer: a code of another try is refused, and the next try works', async () => {
    const other = (await rig().start(rig().newContext(), 'api-key', true)).address ?? '';
    const code = await rig().answeredAt(other);
    const address = (await rig().browser.again(true)).address ?? '';
    const over = rig().until('failed');
    rig().browser.paste(code);
    expect(await over).toMatchObject({ failure: { code: 'sign_in_code_gone' } });
    const third = (await rig().browser.again(true)).address ?? '';
    expect(new Set([other, address, third]).size).toBe(3);
    const done = rig().until('done');
    rig().browser.paste(await rig().answeredAt(third));
    await done;
  });
});
