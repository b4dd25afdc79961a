import { writeOciLayout } from '../support/oci-image.ts';
import { join } from 'node:path';
import { skopeoInspect, skopeoPush } from '../support/registry-commands.ts';
import { hasTool, runTool } from '../support/registry-tools.ts';
import { expect, passphrase, test } from './fixtures.ts';
import { answer, questionWhile, startAsking, stopAsking } from './pages/approval.ts';
import { ShellPage } from './pages/shell.ts';
import { VaultScreens } from './pages/vault-screens.ts';

test.skip(!hasTool('skopeo'), 'skopeo is not installed');

test.beforeEach(async ({ maya }) => {
  await maya.window.evaluate(async () => {
    const context = await window.keyhold.contexts.current();
    await window.keyhold.registries.setUp({
      contextId: context.ok ? (context.value?.id ?? '') : '',
      client: 'podman',
    });
  });
});
test.afterEach(async ({ mayaApp }) => {
  const screens = new VaultScreens(mayaApp.window);
  if (await screens.isLocked()) await screens.unlock(passphrase);
  await mayaApp.window.evaluate(async () => {
    // While programs are asked about, forgetting one asks nobody.
    await window.keyhold.settings.change({ askBeforeUse: true });
    const rules = await window.keyhold.approvals.rules();
    for (const { id } of rules.ok ? rules.value : []) await window.keyhold.approvals.remove({ ruleId: id });
    const context = await window.keyhold.contexts.current();
    await window.keyhold.registries.undo({
      contextId: context.ok ? (context.value?.id ?? '') : '',
      client: 'podman',
    });
  });
});
test.afterAll(({ mayaApp }) => stopAsking(mayaApp));

test('skopeo waits for the answer, is told when it is denied, and is remembered when the user wants that', async ({
  maya,
  server,
}) => {
  const image = `${server.host}/acme/web:approved`;
  const layout = await writeOciLayout(join(maya.home.folder, 'image'), { files: { motd: 'asked\n' } });
  expect(await skopeoPush(maya.home, layout.reference, image)).toMatchObject({ code: 0 });
  const shell = new ShellPage(maya.window);
  await shell.open('Approvals');
  await maya.window.getByText('Ask before a program uses a context').click();
  await expect(maya.window.getByText('Keyhold asks about every program.')).toBeVisible();

  const first = await questionWhile(maya, () => skopeoInspect(maya.home, image));
  await expect(first.prompt.getByRole('heading')).toHaveText(`Let skopeo sign in to ${server.host}?`);
  await expect(first.prompt.getByText(/\/skopeo$/)).toBeVisible();
  await expect(first.prompt.getByRole('button', { name: 'Deny' })).toBeFocused();
  await first.prompt.getByLabel('Remember the answer').selectOption('For 20 minutes');
  await answer(first.prompt, 'Deny');
  const denied = await first.done;
  expect(denied.code).not.toBe(0);
  expect(denied.stderr).toContain(
    `Keyhold was told not to let skopeo use ${server.host}. If that answer is remembered, change it in Keyhold under Approvals.`,
  );

  const rule = maya.window.getByRole('row', { name: /skopeo/ });
  await expect(rule).toContainText('Denied');
  await rule.getByRole('button', { name: /^Forget/ }).click();
  await expect(rule).toHaveCount(0);

  const second = await questionWhile(maya, () => skopeoInspect(maya.home, image));
  await second.prompt.getByLabel('Remember the answer').selectOption('Always');
  await answer(second.prompt, 'Allow');
  expect(await second.done).toMatchObject({ code: 0 });
  expect(await skopeoInspect(maya.home, image), 'not asked again').toMatchObject({ code: 0 });
  await expect(rule).toContainText('Always');

  await shell.open('Registries');
  await expect(maya.window.getByText(/^last used by skopeo /)).toBeVisible();
  await shell.open('Keys');
  await expect(maya.window.getByText(/^by skopeo /)).toBeVisible();
});

test('fifty gets at once are one question, and locking answers it', async ({ maya, server }) => {
  await startAsking(maya);
  const { helperPath, folder, env } = maya.home;
  const fifty = () =>
    Promise.all(Array.from({ length: 50 }, () => runTool(folder, helperPath, ['get'], env, server.host)));
  const allowed = await questionWhile(maya, fifty);
  await expect(allowed.prompt.getByText('50 wait for this answer')).toBeVisible();
  await answer(allowed.prompt, 'Allow');
  const credentials = await allowed.done;
  expect(credentials.filter(({ code }) => code !== 0)).toEqual([]);
  expect(new Set(credentials.map(({ stdout }) => stdout)).size).toBe(50);
  expect(maya.electron.windows()).toHaveLength(1);

  const asked = await questionWhile(maya, () => runTool(folder, helperPath, ['get'], env, server.host));
  const closed = asked.prompt.waitForEvent('close');
  await new ShellPage(maya.window).lock();
  await closed;
  expect(await asked.done).toEqual({
    code: 1,
    stdout: 'credentials not found in native keychain\n',
    stderr: 'Keyhold is locked. Unlock it and run the command again.\n',
  });
});

test('the approval window can do nothing but answer, and no other window can answer', async ({
  maya,
  server,
}) => {
  await startAsking(maya);
  const { helperPath, folder, env } = maya.home;
  const { prompt, done } = await questionWhile(maya, () =>
    runTool(folder, helperPath, ['get'], env, server.host),
  );
  const refused = { ok: false, error: { code: 'forbidden_sender' } };
  expect(await prompt.evaluate(() => window.keyhold.contexts.list())).toEqual(refused);
  expect(await prompt.evaluate(() => window.keyhold.settings.change({ askBeforeUse: false }))).toEqual(
    refused,
  );
  expect(await maya.window.evaluate(() => window.keyhold.prompt.current())).toEqual(refused);
  await answer(prompt, 'Deny');
  expect((await done).code).toBe(1);
});

test('the app’s own window cannot turn asking off, nor forget a denial, without a yes in main’s', async ({
  maya,
  server,
}) => {
  await startAsking(maya);
  const { helperPath, folder, env } = maya.home;
  const get = () => runTool(folder, helperPath, ['get'], env, server.host);
  const denied = await questionWhile(maya, get);
  await denied.prompt.getByLabel('Remember the answer').selectOption('Always');
  await answer(denied.prompt, 'Deny');
  await denied.done;

  const off = () => maya.window.evaluate(() => window.keyhold.settings.change({ askBeforeUse: false }));
  const refused = { ok: false, error: { code: 'not_confirmed' } };
  const first = await questionWhile(maya, off);
  await expect(first.prompt.getByRole('heading')).toHaveText('Stop asking before programs use a context?');
  await expect(first.prompt.getByRole('button', { name: 'Deny' })).toBeFocused();
  await answer(first.prompt, 'Deny');
  expect(await first.done).toEqual(refused);
  await new ShellPage(maya.window).open('Approvals');
  await expect(maya.window.getByRole('switch', { name: /^Ask before/ })).toBeChecked();
  await stopAsking(maya);

  const forget = () =>
    maya.window.evaluate(async () => {
      const rules = await window.keyhold.approvals.rules();
      return await window.keyhold.approvals.remove({ ruleId: rules.ok ? (rules.value[0]?.id ?? '') : '' });
    });
  const second = await questionWhile(maya, forget);
  await answer(second.prompt, 'Deny');
  expect(await second.done).toEqual(refused);
  expect((await get()).code, 'still denied').toBe(1);
});
