import { describe, expect, it, vi } from 'vitest';
import { browserRigs, exchange, isClosed } from '../support/browser-rig.ts';

const rig = browserRigs();

describe('a try that ends', () => {
  it('by Cancel closes the listener and forgets what it could prove', async () => {
    await rig().start();
    const location = await rig().answered();
    rig().browser.end();
    expect(rig().browser.state).toBeNull();
    expect(await isClosed(location)).toBe(true);
    await expect(rig().browser.again(false)).rejects.toMatchObject({ code: 'sign_in_over' });
    expect(rig().clock.pending).toBe(0);
    expect(await rig().keysOf('maya')).toEqual([]);
  });

  it('by Cancel while the service answers gives back what that gave', async () => {
    await rig().start();
    const location = await rig().answered();
    let made = 0;
    const revoked = new Promise<void>((resolve) => {
      rig().http.answer = (what, response) => {
        if (what === exchange) {
          made += 1;
          rig().browser.end();
        } else if (what.startsWith('DELETE')) resolve();
        return response;
      };
    });
    await fetch(location).catch(() => undefined);
    await revoked;
    expect(made).toBe(1);
    expect(await rig().keysOf('maya')).toEqual([]);
    expect(rig().parts.contexts.list()).toEqual([]);
    expect(rig().browser.state).toBeNull();
  });

  it('with what cannot be given back leaves that on the list of what is not revoked yet', async () => {
    await rig().start();
    await rig().parts.add({
      address: rig().server.host,
      userId: rig().server.user('jonas').id,
      name: 'Work',
    });
    rig().http.fault = (request) => (request.startsWith('DELETE') ? 'not_sent' : null);
    expect(await rig().answer()).toMatchObject({ failure: { code: 'name_taken' } });
    const { unrevoked } = rig().parts.credentials;
    expect(unrevoked.list()).toMatchObject([
      { kind: 'api-key', contextName: 'Work', host: rig().server.host, endsAt: null },
    ]);
    rig().http.fault = () => null;
    expect(await unrevoked.retry(unrevoked.list()[0]?.id ?? '')).toBe('revoked');
    expect(await rig().keysOf('maya')).toEqual([]);
  });

  it('by the next one: there is one at a time, and the first is not answered any more', async () => {
    await rig().start();
    const first = await rig().answered();
    await rig().start(rig().newContext({ name: 'Other' }));
    expect(await isClosed(first)).toBe(true);
    expect(await rig().answer()).toMatchObject({ phase: 'done', name: 'Other' });
    expect(
      rig()
        .parts.contexts.list()
        .map(({ name }) => name),
    ).toEqual(['Other']);
  });

  it('by two that begin at the same moment is one', async () => {
    const states = await Promise.all([
      rig().start(rig().newContext({ name: 'One' })),
      rig().start(rig().newContext({ name: 'Two' })),
    ]);
    expect(states.map(({ name }) => name)).toEqual(['One', 'Two']);
    expect(await isClosed(rig().callback(rig().opened[0]))).toBe(true);
    expect(await rig().answer()).toMatchObject({ name: 'Two', phase: 'done' });
  });

  it('by the next one is not gone for a moment: its page stays', async () => {
    await rig().start();
    await rig().answer({ answer: 'cancel' });
    const told: unknown[] = [];
    const stop = rig().browser.onChange((state) => told.push(state?.phase ?? null));
    await rig().browser.again(false);
    stop();
    expect(told[0]).toBe('waiting');
    expect(told).not.toContain(null);
  });

  it('stays as it is when the next one cannot begin', async () => {
    const { address } = await rig().start();
    rig().http.fault = () => 'not_sent';
    await expect(rig().browser.again(true)).rejects.toMatchObject({ code: 'server_unreachable' });
    rig().http.fault = () => null;
    expect(rig().browser.state).toMatchObject({ phase: 'waiting', address });
    expect(await rig().answer()).toMatchObject({ phase: 'done' });
  });

  it('before it has begun opens no browser', async () => {
    rig().http.answer = (_what, response) => {
      rig().browser.end();
      return response;
    };
    await expect(rig().start()).rejects.toMatchObject({ code: 'sign_in_over' });
    expect([rig().opened, rig().browser.state, rig().clock.pending]).toEqual([[], null, 0]);
  });

  it('after ten minutes closes the listener', async () => {
    const { until: end } = await rig().start();
    expect(Date.parse(end) - rig().clock.now().getTime()).toBe(600_000);
    const over = rig().until('failed');
    rig().clock.advance(600_000);
    expect(await over).toMatchObject({ failure: { code: 'sign_in_timed_out' }, address: null });
    const late = await fetch(`${rig().callback()}?code=x&state=y`);
    expect([late.status, await late.text()]).toEqual([410, expect.stringContaining('waits no longer')]);
    rig().clock.advance(15_000);
    expect(await isClosed(rig().callback())).toBe(true);
    expect(rig().clock.pending).toBe(0);
  });

  it('has ended although no timer ran, because the computer slept', async () => {
    await rig().start();
    const location = await rig().answered();
    rig().clock.set(new Date(rig().clock.now().getTime() + 600_000));
    const over = rig().until('failed');
    expect((await fetch(location)).status).toBe(410);
    expect(await over).toMatchObject({ failure: { code: 'sign_in_timed_out' } });
    expect(rig().http.requests).not.toContain(exchange);
  });

  it.each<[string, (code: string) => unknown]>([
    ['takes no code that a person brings', (code) => rig().browser.paste(code)],
    ['opens no browser again', () => rig().browser.open()],
    ['gives no address to copy', () => rig().browser.address()],
  ])('%s after such a sleep', async (_what, ask) => {
    const { address } = await rig().start(rig().newContext(), 'api-key', true);
    const code = await rig().answeredAt(address ?? '');
    rig().clock.set(new Date(rig().clock.now().getTime() + 600_000));
    await expect(Promise.resolve(code).then(ask)).rejects.toThrow('sign_in_over');
    expect(rig().browser.state).toMatchObject({ phase: 'failed', failure: { code: 'sign_in_timed_out' } });
    expect(rig().opened).toEqual([]);
    expect(rig().http.requests).not.toContain(exchange);
  });

  it('is not made longer by a clock that was set back', async () => {
    await rig().start();
    rig().clock.set(new Date(rig().clock.now().getTime() - 3_600_000));
    const over = rig().until('failed');
    rig().clock.advance(4_200_000);
    await over;
  });

  it('offline says so, for the code is good for a minute only, and begins anew', async () => {
    await rig().start();
    rig().http.fault = (request) => (request === exchange ? 'not_sent' : null);
    expect(await rig().answer()).toMatchObject({ phase: 'failed', failure: { code: 'sign_in_offline' } });
    rig().http.fault = () => null;
    // A double press: one address, which one browser was opened at.
    const before = rig().opened.length;
    const [first, second] = await Promise.all([rig().browser.again(false), rig().browser.again(false)]);
    expect(first).toMatchObject({ phase: 'waiting', opened: true });
    expect(second).toEqual(first);
    expect(rig().opened).toHaveLength(before + 1);
    expect(await rig().answer()).toMatchObject({ phase: 'done' });
  });

  it('with an answer that was lost does not take the code for good', async () => {
    await rig().start();
    rig().http.fault = (request) => (request === exchange ? 'answer_lost' : null);
    expect(await rig().answer()).toMatchObject({ failure: { code: 'sign_in_offline' } });
    expect(rig().parts.contexts.list()).toEqual([]);
  });

  it('a minute after the browser’s answer has come too late', async () => {
    await rig().start();
    const location = await rig().answered();
    const then = Date.now() + 61_000;
    vi.spyOn(rig().server.context, 'now').mockImplementation(() => new Date(then));
    const over = rig().until('failed');
    await fetch(location);
    expect(await over).toMatchObject({ failure: { code: 'sign_in_code_gone' } });
  });

  it.each([
    ['a page', '<!doctype html>Welcome'],
    ['a key of no form', '{"api_key":"abc","id":"key_1","name":"x"}'],
    ['nobody', '{"api_key":"nsk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","id":"key_1","name":"x"}'],
  ])('with %s for an answer keeps nothing', async (_what, text) => {
    await rig().start();
    rig().http.answer = (what, response) => (what === exchange ? { ...response, text } : response);
    expect(await rig().answer()).toMatchObject({ failure: { code: 'not_a_keyhold_server' } });
    expect(rig().parts.contexts.list()).toEqual([]);
  });

  it('because its name was taken meanwhile gives the key back', async () => {
    await rig().start();
    await rig().parts.add({
      address: rig().server.host,
      userId: rig().server.user('jonas').id,
      name: 'Work',
    });
    expect(await rig().answer()).toMatchObject({ failure: { code: 'name_taken' } });
    expect(await rig().keysOf('maya')).toEqual([]);
  });

  it('without a word of the service on the key is not called signed in', async () => {
    await rig().start();
    rig().http.fault = (request) => (request === 'GET /v1/whoami' ? 'not_sent' : null);
    const done = await rig().answer();
    expect(done).toMatchObject({ phase: 'done', confirmed: false });
    expect(rig().parts.contexts.summary(done.contextId ?? '').signIn.state).toBe('unreachable');
  });
});

describe('a vault that is locked meanwhile', () => {
  it('takes the answer once it is open again', async () => {
    await rig().start();
    rig().parts.vault.lock('idle');
    const location = await rig().answered();
    expect(await (await fetch(location)).text()).toContain('Keyhold has the answer and goes on by itself.');
    expect(rig().raised).toBe(1);
    expect(rig().http.requests).not.toContain(exchange);
    const over = rig().until('done');
    await rig().parts.unlock();
    expect(await over).toMatchObject({ confirmed: true });
  });

  it('lets go of the answer after a minute', async () => {
    await rig().start();
    rig().parts.vault.lock('idle');
    await fetch(await rig().answered());
    const over = rig().until('failed');
    rig().clock.advance(60_000);
    expect(await over).toMatchObject({ failure: { code: 'sign_in_code_gone' } });
    await rig().parts.unlock();
    expect(rig().http.requests).not.toContain(exchange);
    expect(await rig().keysOf('maya')).toEqual([]);
  });

  it('while the service answers keeps nothing, and gives the key back', async () => {
    await rig().start();
    rig().http.answer = (what, response) => {
      if (what === exchange) rig().parts.vault.lock('idle');
      return response;
    };
    expect(await rig().answer()).toMatchObject({ failure: { code: 'sign_in_dropped' } });
    expect(await rig().keysOf('maya')).toEqual([]);
    await rig().parts.unlock();
    expect(rig().parts.contexts.list()).toEqual([]);
  });

  it('while the service answers, which then is reached no more, says what is left there', async () => {
    await rig().start();
    rig().http.answer = (what, response) => {
      if (what === exchange) rig().parts.vault.lock('idle');
      return response;
    };
    rig().http.fault = (request) => (request.startsWith('DELETE') ? 'not_sent' : null);
    expect(await rig().answer()).toMatchObject({ failure: { code: 'sign_in_left' } });
    expect(await rig().keysOf('maya')).toHaveLength(1);
  });

  it('while a try begins opens no browser', async () => {
    rig().http.answer = (_what, response) => {
      rig().parts.vault.lock('idle');
      return response;
    };
    await expect(rig().start()).rejects.toMatchObject({ code: 'vault_locked' });
    expect(rig().opened).toEqual([]);
    expect(rig().browser.state).toBeNull();
  });
});
