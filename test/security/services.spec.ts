import { once } from 'node:events';
import { createServer as createWebServer, type IncomingHttpHeaders } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import type {} from '../../preload/index.ts';
import { answerFileDialogs, answerServiceQuestions } from '../e2e/dialogs.ts';
import { expect, passphrase, test } from '../e2e/fixtures.ts';
import { launchApp, type Home, type RunningApp } from '../e2e/launch.ts';
import { makeVault } from '../e2e/make-vault.ts';
import { signInByCalls } from '../e2e/sign-in.ts';
import { VaultScreens } from '../e2e/pages/vault-screens.ts';
import { runToEnd } from '../support/packaged-app.ts';
import { inMain } from '../support/in-main.ts';

/** A program of this computer that only counts who connects: even a refused TLS hello would tell it a name. */
async function startListener(): Promise<{ address: string; hits: () => number; server: Server }> {
  let hits = 0;
  const server = createServer((socket) => {
    hits += 1;
    socket.on('error', () => undefined).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  return { address, hits: () => hits, server };
}

async function unlocked(home: Home): Promise<RunningApp> {
  await makeVault(join(home.dataFolder, 'vault.db'), passphrase);
  const app = await launchApp(home, { asks: true });
  await new VaultScreens(app.window).unlock(passphrase);
  return app;
}

/** Has the window ask, as a script in it could, and gives the codes of the answers in order. */
function discover({ window: page }: RunningApp, addresses: readonly string[]): Promise<string[]> {
  return page.evaluate(
    (all) =>
      Promise.all(
        all.map(async (address) => {
          const answer = await window.keyhold.contexts.discover({ address });
          return answer.ok ? 'ok' : answer.error.code;
        }),
      ),
    addresses,
  );
}

/** The texts of the questions that were put so far, where they are answered by `answerServiceQuestions`. */
function questions({ electron }: RunningApp): Promise<string[]> {
  return inMain(electron, () =>
    ((globalThis as { serviceQuestions?: { message: string }[] }).serviceQuestions ?? []).map(
      ({ message }) => message,
    ),
  );
}

test('an unknown service is contacted only after a real key said yes to main’s own question, in time, for it alone', async ({
  home,
  server: service,
}) => {
  test.skip(process.platform !== 'linux', 'Linux only: keys are typed by xdotool into an own X server.');
  const { address, hits, server } = await startListener();
  const app = await unlocked(home);
  const press = async (...keys: string[]): Promise<void> => {
    const find = ['search', '--onlyvisible', '--name', '^Keyhold asks$', 'windowfocus', '--sync'];
    // As long as a person takes to read it; sooner is no yes.
    const { code, stderr } = await runToEnd(
      'xdotool',
      [...find, 'sleep', '0.6', 'key', '--clearmodifiers', ...keys],
      {
        ...process.env,
      },
    );
    expect(stderr + String(code)).toBe('0');
  };

  const refused = discover(app, [address, `https://${address}`, 'other.keyhold-window.test']);
  await app.window.evaluate(() => {
    for (const key of ['Tab', 'Enter', ' ', 'y']) {
      for (const target of [document, document.body, window]) {
        for (const type of ['keydown', 'keypress', 'keyup']) {
          target.dispatchEvent(new KeyboardEvent(type, { key, bubbles: true }));
        }
      }
    }
    for (const button of document.querySelectorAll('button')) button.blur();
  });
  // What is typed on, such as an address and Enter, is no yes.
  await expect(() => press('Return')).toPass();
  expect((await refused).sort()).toEqual(Array(3).fill('service_not_confirmed'));
  expect(hits()).toBe(0);

  let over = false;
  const allowed = discover(app, [address]).finally(() => {
    over = true;
  });
  await expect(async () => {
    if (!over) await press('Tab', 'Return');
    expect(over).toBe(true);
  }).toPass();
  expect(await allowed).toEqual(['server_unreachable']);
  expect(hits()).toBeGreaterThan(0);

  await test.step('a yes that comes before anybody can have read the question is none', async () => {
    const quick = await startListener();
    await inMain(app.electron, ({ dialog }) => {
      Object.assign(dialog, {
        showMessageBox: () => Promise.resolve({ response: 1, checkboxChecked: false }),
      });
    });
    expect(await discover(app, [quick.address])).toEqual(['service_not_confirmed']);
    expect(quick.hits()).toBe(0);
    quick.server.close();
  });

  await test.step('another port or a name below it is asked about, its own context is not', async () => {
    const other = await startListener();
    await answerServiceQuestions(app.electron, 'contact');
    await signInByCalls(app, service, 'maya');
    expect(await questions(app)).toEqual([`Contact ${service.origin}?`]);

    await answerServiceQuestions(app.electron, 'cancel');
    expect(await discover(app, [service.origin])).toEqual(['ok']);
    expect(await discover(app, [other.address])).toEqual(['service_not_confirmed']);
    expect(await discover(app, [`https://${new URL(service.origin).host}`])).toEqual([
      'service_not_confirmed',
    ]);
    expect(other.hits()).toBe(0);
    other.server.close();
  });
  await app.electron.close();
  server.close();
});

test('neither does a backup bring services that are contacted without a question, nor can a window wear a person down with names', async ({
  home,
  maya,
  server,
}) => {
  const file = join(home.folder, 'saved.keyhold-backup');
  const secret = 'plum anchor velvet lantern';
  await answerFileDialogs(maya, file);
  const saved = await maya.window.evaluate(
    (words) => window.keyhold.backup.save({ passphrase: words }),
    secret,
  );
  expect(saved).toMatchObject({ ok: true });

  // Another computer, where nobody has been asked yet.
  const app = await unlocked(home);
  await answerFileDialogs(app, file);
  await answerServiceQuestions(app.electron, 'cancel');
  const restored = await app.window.evaluate(async (words) => {
    const chosen = await window.keyhold.backup.choose();
    const fileId = chosen.ok ? (chosen.value?.fileId ?? '') : '';
    await window.keyhold.backup.open({ fileId, passphrase: words });
    const answer = await window.keyhold.backup.restore({ fileId, mode: 'merge' });
    const contexts = await window.keyhold.contexts.list();
    return [answer.ok ? 'ok' : answer.error.code, contexts.ok ? contexts.value.length : -1];
  }, secret);
  expect(restored).toEqual(['service_not_confirmed', 0]);
  const asked = [`Contact ${server.origin}?`];
  expect(await questions(app)).toEqual(asked);

  const { address, hits, server: listener } = await startListener();
  const many = Array.from({ length: 40 }, (_, index) => `secret-${String(index)}.keyhold-window.test`);
  // All at once: one question, and nothing for the others.
  expect(new Set(await discover(app, [address, ...many]))).toEqual(new Set(['service_not_confirmed']));
  asked.push(`Contact http://${address}?`);
  expect(await questions(app)).toEqual(asked);
  for (const again of many.slice(0, 5)) await discover(app, [again]);
  expect(await questions(app), 'the third no is the last').toHaveLength(3);
  const paused = await app.window.evaluate(async () =>
    window.keyhold.contexts.discover({ address: 'a.test' }),
  );
  expect(paused).toMatchObject({
    error: { code: 'service_not_confirmed', details: { retryAfterMs: expect.any(Number) as unknown } },
  });
  expect(hits()).toBe(0);
  await app.electron.close();
  listener.close();
});

test('a service hears that Keyhold asks, and nothing of what Keyhold is built on', async ({ maya }) => {
  const heard: IncomingHttpHeaders[] = [];
  const service = createWebServer((request, response) => {
    heard.push(request.headers);
    response.end();
  });
  service.listen(0, '127.0.0.1');
  await once(service, 'listening');
  const address = `127.0.0.1:${String((service.address() as AddressInfo).port)}`;
  expect(await discover(maya, [address])).toEqual(['not_a_keyhold_server']);
  service.close();
  expect(heard.length).toBeGreaterThan(0);
  for (const headers of heard) {
    expect(headers['user-agent']).toMatch(/^Keyhold\/\d+\.\d+\.\d+$/);
    expect(JSON.stringify(headers)).not.toMatch(/electron|chrom/i);
  }
});
