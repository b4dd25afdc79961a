import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { SignJWT, importPKCS8 } from 'jose';
import { RepositoryClient } from '../support/registry-client.ts';
import { answerFileDialogs } from './dialogs.ts';
import { expect, test } from './fixtures.ts';
import { OrganizationPages } from './pages/organization.ts';

/** A token such as a build signs, from the lines of a credential file. */
async function botToken(text: string): Promise<string> {
  const { KEYHOLD_ORIGIN, KEYHOLD_BOT, KEYHOLD_ALG, KEYHOLD_KID, KEYHOLD_KEY } = parseEnv(text) as Record<
    string,
    string
  >;
  const pem = `-----BEGIN PRIVATE KEY-----\n${KEYHOLD_KEY ?? ''}\n-----END PRIVATE KEY-----`;
  const now = Math.floor(Date.now() / 1000);
  const who = { iss: KEYHOLD_BOT ?? '', sub: KEYHOLD_BOT ?? '', aud: KEYHOLD_ORIGIN ?? '' };
  return new SignJWT({ ...who, iat: now, nbf: now, exp: now + 900, jti: crypto.randomUUID() })
    .setProtectedHeader({ alg: KEYHOLD_ALG ?? '', typ: 'JWT', kid: KEYHOLD_KID ?? '' })
    .sign(await importPKCS8(pem, 'Ed25519'));
}

test('a bot is made, given a key and a repository, and pulls until that is taken back', async ({
  maya,
  server,
}) => {
  const owner = await RepositoryClient.open(server, 'maya', 'acme/web');
  expect((await owner.putManifest('v1', await owner.newImage('web'))).status).toBe(201);
  const pages = new OrganizationPages(maya.window);
  await pages.makeBot('release');

  const credential = await pages.makeKey('release');
  const file = join(maya.home.folder, 'release.env');
  await answerFileDialogs(maya, file);
  await credential.getByRole('button', { name: 'Save file…' }).click();
  await credential.getByText('Saved as release.env').waitFor();
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const text = readFileSync(file, 'utf8');
  await credential.getByRole('button', { name: 'Copy variables' }).click();
  await credential.getByText(/^Copied · clears in/).waitFor();
  expect(await maya.electron.evaluate(({ clipboard }) => clipboard.readText())).toBe(text);
  // The private key is in the file and on the clipboard, and nowhere in the window.
  const secret = parseEnv(text)['KEYHOLD_KEY'] ?? '';
  expect(secret).toHaveLength(64);
  expect(await maya.window.content()).not.toContain(secret);
  await credential.getByRole('button', { name: 'Done' }).click();
  await credential.waitFor({ state: 'hidden' });

  const repository = await pages.openRepository('acme/web');
  await pages.authorizeBot(repository, 'release');
  const password = await botToken(text);
  const build = await RepositoryClient.open(server, { username: 'bot', password }, 'acme/web');
  expect((await build.send('manifests/v1')).status).toBe(200);
  expect((await build.send('blobs/uploads/', { method: 'POST' })).status).toBe(403);

  await repository.getByRole('button', { name: 'Revoke release' }).click();
  await repository.getByRole('listitem').filter({ hasText: 'release' }).waitFor({ state: 'detached' });
  expect((await build.send('manifests/v1')).status).toBe(404);
  await maya.window.keyboard.press('Escape');

  const sheet = await pages.openBot('release');
  await expect(sheet.getByText(/^Used /)).toBeVisible();
  await sheet.getByRole('button', { name: 'Delete bot…' }).click();
  await maya.window.getByLabel('Type release to confirm').fill('release');
  await maya.window.getByRole('button', { name: 'Delete bot' }).click();
  await maya.window.getByText('acme has no bots yet').waitFor();
  const gone = await RepositoryClient.open(server, { username: 'bot', password }, 'acme/web').catch(String);
  expect(gone).toContain('401');
});
