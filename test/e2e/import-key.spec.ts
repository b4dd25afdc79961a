import { createPrivateKey } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { protectedKeys } from '../support/key-texts.ts';
import { KeyMaker } from '../support/ssh-keys.ts';
import { answerFileDialogs } from './dialogs.ts';
import { expect, test } from './fixtures.ts';
import type { Home, RunningApp } from './launch.ts';
import { RegistrationPage } from './pages/add-context.ts';
import { KeysPage } from './pages/keys.ts';
import { registerOverApi, registrationToken, signInByCalls } from './sign-in.ts';
import { inMain } from '../support/in-main.ts';

const secret = 'the key’s own passphrase';
let maker: KeyMaker;

test.beforeEach(async ({ unlocked, server }) => {
  maker = new KeyMaker();
  await signInByCalls(unlocked, server, 'maya');
});
test.afterEach(() => {
  maker.remove();
});

/** Bytes that must not be in the vault's files. */
function filesHold(home: Home, bytes: Buffer): boolean {
  return ['vault.db', 'vault.db-wal']
    .map((name) => join(home.dataFolder, name))
    .filter(existsSync)
    .some((path) => readFileSync(path).includes(bytes));
}

test('a key of ssh-keygen is imported, registered and signs in; its export is what ssh-keygen prints', async ({
  unlocked: app,
  server,
}) => {
  const { home } = app;
  // One round of its slow hash: the unit tests open keys with as many as ssh-keygen takes by itself.
  const path = maker.sshFile(secret, ['-t', 'ed25519', '-a', '1'], 'work laptop');
  const keys = new KeysPage(app.window);
  await keys.open();
  const dialog = await keys.openImport();
  await answerFileDialogs(app, path);
  await dialog.getByRole('button', { name: 'Choose file…' }).click();
  await dialog.getByLabel('Key label').fill('work laptop');
  await dialog.getByRole('button', { name: 'Import key' }).click();
  await expect(dialog.getByRole('alert')).toContainText('protected by a passphrase');
  await dialog.getByLabel('Key’s passphrase', { exact: true }).fill('not the passphrase');
  await dialog.getByRole('button', { name: 'Import key' }).click();
  await expect(dialog.getByRole('alert')).toContainText('does not open the key');
  await dialog.getByLabel('Key’s passphrase', { exact: true }).fill(secret);
  await dialog.getByRole('button', { name: 'Import key' }).click();

  const registration = new RegistrationPage(app.window);
  await registration.whenWaiting();
  await registerOverApi(server, 'maya', await registrationToken(app));
  await registration.whenRegistered();

  await keys.open();
  await expect(keys.rows.nth(0)).toContainText('work laptop');
  await expect(keys.rows.nth(0)).toContainText('Signs');
  const sheet = await keys.openSheet(keys.rows.nth(0));
  const publicFile = join(home.folder, 'exported.pub');
  await answerFileDialogs(app, publicFile);
  await sheet.getByRole('button', { name: 'Save…' }).click();
  await app.window.getByText('Public key saved').waitFor();
  const expected = KeyMaker.publicLine(path, secret);
  expect(readFileSync(publicFile, 'utf8')).toBe(expected);
  await expect(sheet.getByLabel('Public key text')).toHaveText(expected.trim());
  await sheet.getByRole('button', { name: 'Copy' }).click();
  await app.window.getByText('Public key copied').waitFor();
  expect(await inMain(app.electron, ({ clipboard }) => clipboard.readText())).toBe(expected);
  await app.window.keyboard.press('Escape');

  await app.window.getByRole('link', { name: 'Status' }).click();
  await expect(app.window.getByText(/^Signed in as/)).toBeVisible();
});

test('a pasted key that openssl has encrypted opens on this runtime; neither it nor its text is in the files', async ({
  unlocked: app,
}) => {
  const { home } = app;
  const path = maker.pemFile();
  const text = maker.encrypt(path, secret).toString();
  const keys = new KeysPage(app.window);
  await keys.open();
  const dialog = await keys.openImport();
  await dialog.getByText('Paste', { exact: true }).click();
  await dialog.getByLabel('Private key', { exact: true }).fill(text);
  await dialog.getByLabel('Key label').fill('From openssl');
  await dialog.getByLabel('Key’s passphrase', { exact: true }).fill('wrong');
  await dialog.getByRole('button', { name: 'Import key' }).click();
  await expect(dialog.getByRole('alert')).toContainText('does not open the key');
  await dialog.getByLabel('Key’s passphrase', { exact: true }).fill(secret);
  await dialog.getByRole('button', { name: 'Import key' }).click();
  await new RegistrationPage(app.window).whenWaiting();
  await keys.open();
  const sheet = await keys.openSheet(keys.rows.nth(0));
  await sheet.getByText('PEM', { exact: true }).click();
  await expect(sheet.getByLabel('Public key text')).toHaveText(KeyMaker.publicPem(path).trim());

  const seed = createPrivateKey(readFileSync(path)).export({ format: 'der', type: 'pkcs8' }).subarray(-32);
  expect(filesHold(home, seed)).toBe(false);
  expect(filesHold(home, Buffer.from(text.split('\n')[1] ?? ''))).toBe(false);
  expect(filesHold(home, Buffer.from('From openssl')), 'the search finds what is there').toBe(true);
});

/** Imports all texts by calls, one after the other: to each what became of it. */
function importAll(
  app: RunningApp,
  texts: readonly { bytes: Buffer; passphrase: string | null }[],
): Promise<string[]> {
  const requests = texts.map(({ bytes, passphrase: typed }) => ({ text: bytes.toString('utf8'), typed }));
  return app.window.evaluate(async (all) => {
    const { keyhold } = window;
    const contexts = await keyhold.contexts.list();
    const contextId = contexts.ok ? (contexts.value[0]?.id ?? '') : '';
    const outcomes: string[] = [];
    for (const { text, typed } of all) {
      const wanted = { contextId, label: 'x', age: null, pick: null, passphrase: typed };
      const answer = await keyhold.keys.import({ ...wanted, source: { from: 'text' as const, text } });
      if (!answer.ok) outcomes.push(`${answer.error.code} ${answer.error.details?.found ?? ''}`.trim());
      else if (answer.value.outcome === 'several') outcomes.push('several');
      else {
        const key = await keyhold.keys.publicText({ keyId: answer.value.key.id, format: 'pem' });
        outcomes.push(key.ok ? key.value.text : key.error.code);
      }
    }
    return outcomes;
  }, requests);
}

// Which forms are read, and what is said of the others, is proved in test/unit/main/keys/import: it is our own code that
// tells them apart. What takes a key's protection off is the runtime's, and Electron's has other ciphers than Node's.
test('each protection of a key that can be opened is opened on this runtime', async ({ unlocked: app }) => {
  const texts = protectedKeys(maker);
  expect(await importAll(app, texts)).toEqual(texts.map(({ publicPem }) => publicPem));
  const others = [
    maker.pem(['-algorithm', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256']),
    Buffer.concat([maker.pem(), maker.ssh()]),
  ];
  expect(
    await importAll(
      app,
      others.map((bytes) => ({ bytes, passphrase: null })),
    ),
  ).toEqual(['import_wrong_kind ecdsa', 'several']);
});
