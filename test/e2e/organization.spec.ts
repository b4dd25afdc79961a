import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { SignJWT, importPKCS8 } from 'jose';
import { writeOciLayout } from '../support/oci-image.ts';
import { RepositoryClient } from '../support/registry-client.ts';
import { hasTool, runPodman, runTool } from '../support/registry-tools.ts';
import { clipboardText } from './clipboard.ts';
import { answerFileDialogs } from './dialogs.ts';
import { expect, test } from './fixtures.ts';
import { OrganizationPages } from './pages/organization.ts';
import { inMain } from '../support/in-main.ts';

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
  expect(await inMain(maya.electron, ({ clipboard }) => clipboard.readText())).toBe(text);
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

  await repository.getByRole('button', { name: 'Actions for acme/release' }).click();
  await maya.window.getByRole('menuitem', { name: 'Revoke' }).click();
  await repository.getByRole('row', { name: 'acme/release' }).waitFor({ state: 'detached' });
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

test('an image that skopeo has pushed is seen with its platforms, pulled by the copied command, and deleted', async ({
  maya,
  server,
}) => {
  test.skip(!hasTool('skopeo'), 'skopeo is not installed');
  const { home, window } = maya;
  const architectures = ['amd64', 'arm64'];
  const layout = await writeOciLayout(join(home.folder, 'multi'), {
    files: { motd: 'multi\n' },
    architectures,
  });
  const { username, password } = server.user('maya');
  const credentials = ['--dest-creds', `${username}:${password}`];
  const push = ['copy', '--quiet', '--all', '--dest-tls-verify=false', ...credentials, layout.reference];
  const image = `docker://${server.host}/acme/browse:2.0`;
  expect(await runTool(home.folder, 'skopeo', ['--insecure-policy', ...push, image])).toMatchObject({
    code: 0,
  });

  const pages = new OrganizationPages(window);
  const repository = await pages.openRepository('acme/browse');
  const row = repository.getByRole('option', { name: /^2\.0/ });
  await expect(row).toContainText('Index · linux/amd64, linux/arm64');
  await expect(row).toContainText(layout.root.digest.slice(0, 19));
  await pages.openTag(repository, '2.0');
  await expect(repository.getByText(layout.root.digest)).toBeVisible();
  await repository.getByRole('button', { name: 'Copy digest', exact: true }).click();
  await expect.poll(() => clipboardText(maya)).toBe(layout.root.digest);

  await repository.getByText('Skopeo', { exact: true }).click();
  await repository.getByText('Digest', { exact: true }).last().click();
  await repository.getByRole('button', { name: 'Copy command' }).click();
  await expect.poll(() => clipboardText(maya)).toContain('skopeo copy --all');
  const [program = '', ...args] = (await clipboardText(maya)).split(' ');
  const signedIn = ['--insecure-policy', ...args, '--src-creds', `${username}:${password}`];
  const folder = join(home.folder, 'pulled');
  mkdirSync(folder);
  expect(await runTool(folder, program, signedIn)).toMatchObject({ code: 0 });
  const pulled = JSON.parse(readFileSync(join(folder, 'browse', 'index.json'), 'utf8')) as {
    manifests: { digest: string }[];
  };
  expect(pulled.manifests[0]?.digest).toBe(layout.root.digest);

  if (hasTool('podman')) {
    await repository.getByText('Podman', { exact: true }).click();
    await repository.getByText('Tag', { exact: true }).click();
    await repository.getByRole('button', { name: 'Copy command' }).click();
    await expect.poll(() => clipboardText(maya)).toMatch(/^podman pull .*acme\/browse:2\.0$/);
    const [, ...pull] = (await clipboardText(maya)).split(' ');
    const creds = ['--creds', `${username}:${password}`];
    expect(await runPodman(folder, [...pull, ...creds])).toMatchObject({ code: 0 });
  }

  await repository.getByRole('button', { name: 'Delete tag…' }).click();
  await window.getByRole('button', { name: 'Delete tag', exact: true }).click();
  await repository.getByRole('heading', { name: 'No tags' }).waitFor();
  const owner = await RepositoryClient.open(server, 'maya', 'acme/browse');
  expect((await owner.send('manifests/2.0')).status).toBe(404);
  expect((await owner.send(`manifests/${layout.root.digest}`)).status).toBe(200);
});
