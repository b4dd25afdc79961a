import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { z } from 'zod';
import { problemsInBothSchemes } from '../support/accessibility.ts';
import { startTestServer } from '../support/server.ts';
import { clipboardText } from './clipboard.ts';
import { answerFileDialogs } from './dialogs.ts';
import { expect, test } from './fixtures.ts';
import { addByToken, askKeeper, signIn } from './keeper.ts';
import { RemoteKeysPage } from './pages/remote-keys.ts';
import { ShellPage } from './pages/shell.ts';
import { expectNowhere } from './secrets.ts';

const rules = ['tkeeper.*.*', 'tkeeper.key.*.*', '-tkeeper.key.*.decrypt'];

test('keys of a keeper are made, used, rotated and destroyed with a dev token, and wait while it is sealed', async ({
  unlocked: { window, home },
}) => {
  const token = randomBytes(24).toString('base64url');
  const file = join(home.folder, 'dev.json');
  writeFileSync(file, JSON.stringify({ enabled: true, token, permissions: rules }));
  const server = await startTestServer({ demo: false, args: ['--keeper-dev-config', file] });
  try {
    await addByToken(window, server, 'With a dev token', token);
    await signIn(window);
    await expect(window.getByText('You are signed in with the dev token')).toBeVisible();

    const keys = new RemoteKeysPage(window);
    await new ShellPage(window).open('Remote keys');
    await expect(window.getByText('The keeper is not set up yet')).toBeVisible();
    const { shares64 } = z
      .object({ shares64: z.array(z.string()) })
      .parse(await askKeeper(server, token, 'system/init', { peerId: 1, threshold: 2, total: 3 }));
    const unseal = () => askKeeper(server, token, 'system/unseal', { payloads64: shares64.slice(0, 2) });
    await keys.checkAgain();
    await expect(window.getByText('The keeper is sealed')).toBeVisible();
    await unseal();
    await keys.checkAgain();

    await keys.make('release-signing', 'Ed25519');
    await expect(keys.dialog.getByRole('button', { name: 'Copy public key' })).toBeVisible();
    expect(await problemsInBothSchemes(window)).toEqual([]);
    await expect(keys.dialog.getByRole('button', { name: 'Decrypt…' })).toHaveAttribute(
      'aria-disabled',
      'true',
    );
    await expect(keys.dialog.getByText(/^Your rules do not allow/)).toContainText(
      'tkeeper.key.release-signing.decrypt.',
    );

    await test.step('it signs, and knows its signature again', async () => {
      const signature = await keys.sign('release 4.2');
      await keys.begin('Verify');
      await keys.verify('release 4.2', signature);
      await expect(keys.dialog.getByText('The signature is genuine')).toBeVisible();
      await keys.verify('release 4.3', signature);
      await expect(keys.dialog.getByText('The signature does not fit')).toBeVisible();
      await keys.press('Cancel');
    });

    await test.step('it is rotated, and its first generation destroyed', async () => {
      await keys.begin('Rotate');
      await keys.press('Rotate key');
      await expect(keys.dialog.getByText('Generation 2, in use')).toBeVisible();
      await keys.destroy('release-signing', 1);
      await expect(window.getByText('Destroyed generation 1 of release-signing')).toBeVisible();
      await expect(keys.dialog.getByRole('button', { name: 'Destroy generation 1' })).toBeHidden();
    });

    await test.step('the keeper is sealed meanwhile: what was typed stays', async () => {
      await keys.begin('Sign');
      await keys.dialog.getByLabel('Text that is signed').fill('release 5');
      await askKeeper(server, token, 'system/seal');
      await keys.press('Sign');
      await expect(keys.dialog.getByText('The keeper is sealed')).toBeVisible();
      await unseal();
      await keys.press('Sign');
      await expect(keys.dialog.getByText('Signed by generation 2')).toBeVisible();
      await keys.press('Done');
      await window.keyboard.press('Escape');
      await expect(keys.table.getByRole('row')).toHaveCount(2);
    });
  } finally {
    await server.stop();
  }
});

test('a text and a file are signed, encrypted and decrypted; the dev token is in no file and no process', async ({
  unlocked: app,
}) => {
  const { window, home } = app;
  const token = randomBytes(24).toString('base64url');
  const dev = join(home.folder, 'dev-uses.json');
  const permissions = ['tkeeper.*.*', 'tkeeper.key.*.*'];
  writeFileSync(dev, JSON.stringify({ enabled: true, token, permissions }));
  const server = await startTestServer({ demo: false, args: ['--keeper-dev-config', dev] });
  try {
    const { shares64 } = z
      .object({ shares64: z.array(z.string()) })
      .parse(await askKeeper(server, token, 'system/init', { peerId: 1, threshold: 2, total: 3 }));
    await askKeeper(server, token, 'system/unseal', { payloads64: shares64.slice(0, 2) });
    await addByToken(window, server, 'With a dev token', token);
    // By the keyboard from here on: the focus is in the last field.
    await window.keyboard.press('Enter');
    await expect(window.getByText('You are signed in with the dev token')).toBeVisible();
    await window.getByRole('button', { name: 'Show remote keys' }).focus();
    await window.keyboard.press('Enter');
    const keys = new RemoteKeysPage(window);
    await window.getByRole('button', { name: 'New key' }).first().waitFor();
    await keys.makeByKeyboard('archive', 'P-256');

    await test.step('a text, without the mouse', async () => {
      await keys.dialog.getByRole('button', { name: 'Encrypt…' }).press('Enter');
      await expect(keys.dialog.getByLabel('Text that is encrypted')).toBeFocused();
      await window.keyboard.type('für später');
      await window.keyboard.press('Control+Enter');
      await expect(keys.dialog.getByRole('button', { name: 'Copy ciphertext' })).toBeFocused();
      const ciphertext = await keys.dialog.getByLabel('Ciphertext', { exact: true }).innerText();
      await keys.dialog.getByRole('button', { name: 'Done' }).press('Enter');
      await keys.dialog.getByRole('button', { name: 'Decrypt…' }).press('Enter');
      await expect(keys.dialog.getByLabel('Ciphertext', { exact: true })).toBeFocused();
      await window.keyboard.insertText(ciphertext);
      await window.keyboard.press('Control+Enter');
      await expect(keys.dialog.getByLabel('Decrypted text')).toHaveText('für später');
      await expect(keys.dialog.getByRole('button', { name: 'Done' })).toBeFocused();
      await window.keyboard.press('Enter');
    });

    await test.step('a file', async () => {
      const plain = join(home.folder, 'statement.bin');
      const bytes = randomBytes(70_000);
      writeFileSync(plain, bytes);
      await answerFileDialogs(app, plain);
      await keys.begin('Sign');
      await keys.dialog.getByText('File', { exact: true }).click();
      await keys.press('Choose file and sign…');
      await expect(keys.dialog.getByText(/^The file statement\.bin, with ECDSA\.$/)).toBeVisible();
      await keys.press('Done');
      await keys.begin('Encrypt');
      await keys.dialog.getByText('File', { exact: true }).click();
      await keys.press('Choose file and encrypt…');
      // The window draws its beginning alone.
      await keys.press('Copy ciphertext');
      await expect(window.getByText('Ciphertext copied')).toBeVisible();
      const ciphertext = await clipboardText(app);
      await keys.press('Done');
      const back = join(home.folder, 'statement-again.bin');
      await answerFileDialogs(app, back);
      await keys.begin('Decrypt');
      await keys.dialog.getByLabel('Ciphertext', { exact: true }).fill(ciphertext);
      await keys.dialog.getByText('To a file', { exact: true }).click();
      await keys.press('Choose file and decrypt…');
      await expect(keys.dialog.getByText('Saved as statement-again.bin')).toBeVisible();
      expect(readFileSync(back).equals(bytes)).toBe(true);
      await keys.press('Done');
    });

    await expectNowhere(app, token, 'Keeper');
    await window.keyboard.press('Escape');
  } finally {
    await server.stop();
  }
});

test('a JWT is read while it is pasted, and taken where the service’s keys have signed it', async ({
  unlocked: app,
}) => {
  const { window, home } = app;
  const issuer = 'https://login.acme.example';
  const audience = 'https://keeper.acme.example';
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const stranger = await generateKeyPair('RS256');
  const jwks = join(home.folder, 'jwks.json');
  const config = join(home.folder, 'keeper.yaml');
  const key = { ...(await exportJWK(publicKey)), kid: 'one', use: 'sig', alg: 'RS256' };
  writeFileSync(jwks, JSON.stringify({ keys: [key] }));
  const jwt = { 'jwks-location': jwks, audience, issuer };
  writeFileSync(config, JSON.stringify({ keeper: { auth: { type: 'jwt', jwt } } }));
  const sign = (end: string, by = privateKey): Promise<string> =>
    new SignJWT({ permissions: ['tkeeper.key.*.sign', '-tkeeper.compliance.*'] })
      .setProtectedHeader({ alg: 'RS256', kid: 'one' })
      .setSubject('jonas.weber')
      .setIssuer(issuer)
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime(end)
      .sign(by);
  const server = await startTestServer({ demo: false, args: ['--config', config] });
  try {
    const field = window.getByLabel('Token', { exact: true });
    await addByToken(window, server, 'With a token', await sign('-5 minutes'));
    await expect(window.getByText(/^This token is over: it ended 5 minutes ago\./)).toBeVisible();

    await field.fill(await sign('1 hour', stranger.privateKey));
    const says = window.getByRole('group', { name: 'What the token says' });
    await expect(says).toContainText('jonas.weber');
    await expect(says).toContainText(/(?:59:\d\d|1:00:00) left/);
    await expect(says).toContainText('2 rules: 1 grant, 1 deny');
    expect(await problemsInBothSchemes(window)).toEqual([]);
    await signIn(window);
    await expect(window.getByText(/^The service does not accept this token\./)).toBeVisible();

    const good = await sign('9 minutes');
    await field.fill(good);
    await signIn(window);
    await expect(window.getByText('You are signed in as jonas.weber')).toBeVisible();
    await expectNowhere(app, good, 'Keeper');

    await window.getByRole('button', { name: 'Show status' }).click();
    const keeper = window.getByRole('region', { name: 'Keeper' });
    await expect(keeper).toContainText('Not set up');
    await expect(keeper).toContainText('1 of 22 operations');

    await test.step('before its end, one click signs in again', async () => {
      await expect(window.getByText(/^The token of Keeper ends in \d+ min$/)).toBeVisible();
      await window.getByRole('button', { name: 'Sign in again' }).first().click();
      const dialog = window.getByRole('dialog', { name: /^Sign in to / });
      const again = await sign('2 hours');
      await dialog.getByLabel('Token', { exact: true }).fill(again);
      await dialog.getByRole('button', { name: 'Sign in', exact: true }).click();
      await expect(dialog).toBeHidden();
      await expect(window.getByText(/^The token of Keeper ends/)).toBeHidden();
      await expectNowhere(app, again, 'Keeper');
    });
  } finally {
    await server.stop();
  }
});
