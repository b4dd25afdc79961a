import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { hasTool, runTool } from '../support/registry-tools.ts';
import { clipboardText } from './clipboard.ts';
import { expect, test } from './fixtures.ts';
import { RegistriesPage } from './pages/registries.ts';
import { ShellPage } from './pages/shell.ts';
import { signInByCalls } from './sign-in.ts';

test('the Doctor finds what is broken, mends it by its buttons and by commands to copy, and the terminal agrees', async ({
  unlocked: app,
  server,
}) => {
  const { home, window } = app;
  await signInByCalls(app, server, 'maya', { setUpPodman: true, setUpDocker: true });
  const dockerFile = join(home.folder, '.docker', 'config.json');
  const session = join(home.runtimeFolder, 'containers', 'auth.json');
  const socketFolder = join(home.runtimeFolder, 'keyhold');
  const doctor = (env: Readonly<Record<string, string>> = {}): ReturnType<typeof runTool> =>
    runTool(home.folder, join(dirname(home.helperPath), 'keyhold'), ['doctor'], { ...home.env, ...env });
  await expect.poll(async () => (await doctor()).stdout).toContain(`Docker for ${server.host}: Docker asks`);
  expect(await doctor()).toMatchObject({ code: 0, stderr: '' });

  // Each of them as it happens: a login with a password, another program's rewrite, a wrong chmod, which the agent takes
  // back by itself, a lost file.
  mkdirSync(dirname(session), { mode: 0o700 });
  const login = { auths: { [server.host]: { auth: 'bWF5YTpodW50ZXIy' }, 'quay.io': { auth: 'eA==' } } };
  writeFileSync(session, JSON.stringify(login), { mode: 0o600 });
  writeFileSync(dockerFile, '{"auths": {}}');
  writeFileSync(join(home.folder, '.dockercfg'), '{');
  chmodSync(socketFolder, 0o755);
  rmSync(home.helperPath);

  const registries = new RegistriesPage(window);
  await new ShellPage(window).open('Registries');
  await registries.openDoctor();
  await expect(registries.doctor).toContainText('things are broken');
  const ill = await doctor();
  expect(ill.code).toBe(1);
  expect(ill.stdout).toContain(
    `FAIL  Stored password for ${server.host}: It lies in plain text in ${session}.`,
  );
  expect(ill.stdout).not.toContain('bWF5YTpodW50ZXIy');

  for (const [label, subject] of [
    ['Install helper', 'Helper program'],
    ['Remove password', `Stored password for ${server.host}`],
    ['Set up Docker again', `Docker for ${server.host}`],
  ] as const) {
    await registries.mend(label, subject);
  }
  // Read by Podman and its like alone.
  if (hasTool('skopeo')) {
    await registries.copyCommand('Docker’s file, read by Podman');
    await expect.poll(() => clipboardText(app)).toMatch(/^mv /);
    expect(await runTool(home.folder, 'sh', ['-c', await clipboardText(app)], home.env)).toMatchObject({
      code: 0,
    });
    await registries.lookAgain();
  } else process.stderr.write('The Doctor’s command to copy was not tried: skopeo is not installed.\n');
  await expect(registries.doctor).toContainText('All is well.');
  expect(await doctor()).toMatchObject({ code: 0 });
  // What is only worth a look is no failure.
  const warned = await doctor({ DOCKER_AUTH_CONFIG: '{}' });
  expect(warned.code).toBe(0);
  expect(warned.stdout).toMatch(/^WARN {2}DOCKER_AUTH_CONFIG: It is set here\.\n/);
  expect(statSync(socketFolder).mode & 0o777).toBe(0o700);
  expect(JSON.parse(readFileSync(session, 'utf8'))).toEqual({ auths: { 'quay.io': { auth: 'eA==' } } });
  expect(JSON.parse(readFileSync(dockerFile, 'utf8'))).toEqual({
    auths: {},
    credHelpers: { [server.host]: 'keyhold' },
  });
  expect(statSync(home.helperPath).mode & 0o777).toBe(0o755);
});
