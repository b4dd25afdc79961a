import { join } from 'node:path';
import type {} from '../../preload/index.ts';
import { launchApp, type Home, type LaunchExtras, type RunningApp } from '../e2e/launch.ts';
import { makeVault } from '../e2e/make-vault.ts';
import { AddContextPage, RegistrationPage } from '../e2e/pages/add-context.ts';
import { VaultScreens } from '../e2e/pages/vault-screens.ts';
import { call, signIn } from '../support/server-client.ts';
import type { TestServer } from '../support/server.ts';

const passphrase = 'plum anchor velvet lantern';

/**
 * Starts the built app in a home, unlocked, with one context whose key the server knows and with Podman set up,
 * which also installs the credential helper.
 */
export async function launchRegistered(
  home: Home,
  server: TestServer,
  username: string,
  also: LaunchExtras = {},
): Promise<RunningApp> {
  await makeVault(join(home.dataFolder, 'vault.db'), passphrase);
  const app = await launchApp(home, also);
  await new VaultScreens(app.window).unlock(passphrase);
  await new AddContextPage(app.window).add({
    address: server.origin,
    userId: server.user(username).id,
    name: 'bench',
    setUpPodman: true,
  });
  const { status } = await call(server, '/v1/keys', {
    token: await signIn(server, username),
    body: { registration_token: await registrationToken(app) },
  });
  if (status !== 201) throw new Error(`The server answered ${String(status)} to the registration.`);
  await new RegistrationPage(app.window).whenRegistered();
  return app;
}

async function registrationToken({ window: page }: RunningApp): Promise<string> {
  return page.evaluate(async () => {
    const contexts = await window.keyhold.contexts.list();
    const contextId = contexts.ok ? contexts.value[0]?.id : undefined;
    if (contextId === undefined) throw new Error('There is no context.');
    const shown = await window.keyhold.signin.reveal({ contextId });
    if (!shown.ok) throw new Error(shown.error.code);
    return shown.value.token;
  });
}
