import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeOciLayout } from '../support/oci-image.ts';
import { podman, skopeoInspect, skopeoPull, skopeoPush } from '../support/registry-commands.ts';
import { hasTool, runTool } from '../support/registry-tools.ts';
import { expect, passphrase, test, type SignedIn } from './fixtures.ts';
import { RegistriesPage } from './pages/registries.ts';
import { ShellPage } from './pages/shell.ts';
import { VaultScreens } from './pages/vault-screens.ts';
import { signInByCalls } from './sign-in.ts';
import type { RunningApp } from './launch.ts';

/** As a person keeps it: tabs, an older entry for another registry, no line break at the end. */
const otherEntry = '{\n\t"auths": {\n\t\t"quay.io": { "auth": "bWF5YTpodW50ZXIy" }\n\t}\n}';

test.skip(!hasTool('skopeo'), 'skopeo is not installed');

test.beforeEach(({ mayaApp }) => {
  mkdirSync(dirname(mayaApp.home.podmanAuthFile), { recursive: true });
});
test.afterEach(async ({ mayaApp }) => {
  const screens = new VaultScreens(mayaApp.window);
  if (await screens.isLocked()) await screens.unlock(passphrase);
  await undoAll(mayaApp);
  rmSync(mayaApp.home.podmanAuthFile, { force: true });
});

test('after set-up skopeo and podman sign in by the helper alone, and undo restores the file to the byte', async ({
  maya,
  server,
}) => {
  const { home, window } = maya;
  writeFileSync(home.podmanAuthFile, otherEntry, { mode: 0o600 });
  const image = `${server.host}/acme/web:e2e`;
  const layout = await writeOciLayout(join(home.folder, 'image'), { files: { motd: 'pushed by a test\n' } });
  const before = await skopeoPush(home, layout.reference, image);
  expect(before.code, 'without set-up the registry refuses the push').not.toBe(0);
  expect(before.stderr).toContain('requested access to the resource is denied');

  const registries = new RegistriesPage(window);
  await new ShellPage(window).open('Registries');
  await registries.preview(server.host);
  await expect(registries.dialog).toContainText(home.podmanAuthFile);
  await expect(registries.diff).toContainText(`"${server.host}": "keyhold"`);
  await expect(registries.diff.getByText('added: ')).not.toHaveCount(0);
  await expect(registries.diff).not.toContainText('bWF5YTpodW50ZXIy');
  expect(readFileSync(home.podmanAuthFile, 'utf8'), 'looking changes nothing').toBe(otherEntry);
  await registries.confirm();
  await expect(registries.row(server.host)).toContainText('Uses Keyhold');
  expect(JSON.parse(readFileSync(home.podmanAuthFile, 'utf8'))).toEqual({
    auths: { 'quay.io': { auth: 'bWF5YTpodW50ZXIy' } },
    credHelpers: { [server.host]: 'keyhold' },
  });

  expect(await skopeoPush(home, layout.reference, image)).toMatchObject({ code: 0 });
  expect(await skopeoPull(home, image, 'back')).toMatchObject({ code: 0, digest: layout.root.digest });
  if (hasTool('podman')) {
    expect(await podman(home, ['pull', '--quiet', '--tls-verify=false', image])).toMatchObject({ code: 0 });
  }

  await registries.undo(server.host);
  expect(readFileSync(home.podmanAuthFile, 'utf8')).toBe(otherEntry);
});

test('Docker is set up and undone for itself, and its command line asks Keyhold', async ({
  maya,
  server,
}) => {
  test.skip(!hasTool('docker'), 'docker is not installed');
  const { home, window } = maya;
  const file = join(home.folder, '.docker', 'config.json');
  mkdirSync(dirname(file), { recursive: true });
  const before =
    '{\n  "auths": {\n    "quay.io": { "auth": "bWF5YTpodW50ZXIy" }\n  },\n  "psFormat": "{{.ID}}"\n}\n';
  writeFileSync(file, before, { mode: 0o640 });
  const image = `${server.host}/acme/web:docker`;
  const layout = await writeOciLayout(join(home.folder, 'image'), { files: { motd: 'docker\n' } });
  await setUp(maya);
  expect(await skopeoPush(home, layout.reference, image)).toMatchObject({ code: 0 });
  const inspect = ['manifest', 'inspect', '--insecure', image];
  expect((await runTool(home.folder, 'docker', inspect, home.env)).code).not.toBe(0);

  const registries = new RegistriesPage(window);
  await new ShellPage(window).open('Registries');
  await registries.preview(server.host, 'Docker');
  await expect(registries.dialog).toContainText(file);
  await expect(registries.diff).not.toContainText('bWF5YTpodW50ZXIy');
  await registries.confirm();
  expect(await runTool(home.folder, 'docker', inspect, home.env)).toMatchObject({ code: 0 });
  expect(statSync(file).mode & 0o777).toBe(0o640);
  // Of the command line itself, which needs no engine for it: nothing is to be taken out of its file.
  const after = readFileSync(file, 'utf8');
  expect(await runTool(home.folder, 'docker', ['logout', server.host], home.env)).toMatchObject({ code: 0 });
  expect(readFileSync(file, 'utf8')).toBe(after);

  await registries.undo(server.host, 'Docker');
  expect(readFileSync(file, 'utf8')).toBe(before);
  await expect(registries.row(server.host)).toContainText('Uses Keyhold');
  rmSync(file);
});

test('an auth file that is not JSON is left alone, and the window says so', async ({ maya, server }) => {
  const { home, window } = maya;
  const broken = '{ "auths": { this is not JSON\n';
  writeFileSync(home.podmanAuthFile, broken);
  const registries = new RegistriesPage(window);
  await new ShellPage(window).open('Registries');
  await expect(registries.row(server.host)).toContainText('File not JSON');
  await registries.preview(server.host);
  const alert = registries.dialog.getByRole('alert');
  await expect(alert).toContainText('Podman’s auth file cannot be read');
  await expect(alert).toContainText('Repair the file or move it away');
  await expect(registries.dialog.getByRole('button', { name: 'Set up Podman' })).toBeDisabled();
  await registries.dialog.getByRole('button', { name: 'Cancel' }).click();
  expect(readFileSync(home.podmanAuthFile, 'utf8')).toBe(broken);
});

test('while Keyhold is locked skopeo is refused and told what to do', async ({ maya, server }) => {
  const { home, window } = maya;
  const image = `${server.host}/acme/web:locked`;
  const layout = await writeOciLayout(join(home.folder, 'image'), { files: { motd: 'locked\n' } });
  await setUp(maya);
  expect(await skopeoPush(home, layout.reference, image)).toMatchObject({ code: 0 });

  await new ShellPage(window).lock();
  await new VaultScreens(window).whenLocked();
  const refused = await skopeoInspect(home, image);
  expect(refused.code).not.toBe(0);
  expect(refused.stderr).toContain('Keyhold is locked. Unlock it and run the command again.');
  expect(refused.stderr).toMatch(/unauthorized|authentication required|denied/i);

  await new VaultScreens(window).unlock(passphrase);
  expect(await skopeoInspect(home, image)).toMatchObject({ code: 0 });
  const activity = new ShellPage(window);
  await activity.open('Activity');
  await expect(window.getByText(`${server.host}: vault locked`).first()).toBeVisible();
});

test('a user without rights is refused what the owner can read', async ({ maya, unlocked: app, server }) => {
  const { home } = app;
  const image = `${server.host}/acme/web:private`;
  const layout = await writeOciLayout(join(home.folder, 'image'), { files: { motd: 'private\n' } });
  await setUp(maya);
  expect(await skopeoPush(maya.home, layout.reference, image)).toMatchObject({ code: 0 });

  await signInByCalls(app, server, 'priya');
  await setUp(app);
  expect(existsSync(home.podmanAuthFile)).toBe(true);
  const pull = await skopeoInspect(home, image);
  expect(pull.code).not.toBe(0);
  expect(pull.stderr).toContain('The repository acme/web is not known here, or you may not see it.');
  const push = await skopeoPush(home, layout.reference, image);
  expect(push.code).not.toBe(0);
  expect(push.stderr).toMatch(/denied|not known here/);
  // The helper did its part: it is the registry that refuses.
  await new ShellPage(app.window).open('Activity');
  await expect(app.window.getByText('Credential handed out').first()).toBeVisible();
  expect(await skopeoInspect(maya.home, image)).toMatchObject({ code: 0 });
});

/** Sets Podman up for the current context by the app's own call. */
async function setUp({ window: page }: RunningApp): Promise<void> {
  const answer = await page.evaluate(async () => {
    const contexts = await window.keyhold.contexts.list();
    const contextId = contexts.ok ? contexts.value.find(({ current }) => current)?.id : undefined;
    return window.keyhold.registries.setUp({ contextId: contextId ?? '', client: 'podman' });
  });
  expect(answer).toMatchObject({ ok: true });
}

async function undoAll({ window: page }: SignedIn): Promise<void> {
  await page.evaluate(async () => {
    const list = await window.keyhold.registries.list();
    for (const { contextId, clients } of list.ok ? list.value.registries : []) {
      for (const client of ['podman', 'docker'] as const) {
        if (clients[client].canUndo) await window.keyhold.registries.undo({ contextId, client });
      }
    }
  });
}
