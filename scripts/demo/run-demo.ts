import type { DemoUser } from '../../contracts/server-api/start-line.ts';
import { makeHome, type Home, type RunningApp } from '../../test/e2e/launch.ts';
import { AddContextPage, RegistrationPage } from '../../test/e2e/pages/add-context.ts';
import { DashboardPage } from '../../test/e2e/pages/dashboard.ts';
import { RecoveryCodePage } from '../../test/e2e/pages/settings.ts';
import { ShellPage } from '../../test/e2e/pages/shell.ts';
import { VaultScreens } from '../../test/e2e/pages/vault-screens.ts';
import { Journal } from './journal.ts';
import { authFileNamesOnlyTheHelper, podmanPull, skopeoRoundTrip } from './registry-round-trip.ts';
import { showKeeper } from './keeper.ts';
import { openScene, type Scene } from './scene.ts';
import { showAccess } from './access.ts';
import { showTeam } from './team.ts';

const passphrase = 'plum anchor velvet lantern';

/** First start: the vault and the empty shell. */
async function createVault({ journal }: Scene, app: RunningApp, withPictures: boolean): Promise<void> {
  if (withPictures) await journal.picture(app.window, 'create-vault');
  const screens = new VaultScreens(app.window);
  await journal.step('create a vault with a passphrase (Argon2id, about a second)', () =>
    screens.createUpToCode(passphrase),
  );
  if (withPictures) await journal.picture(app.window, 'recovery-code');
  await journal.step('store its recovery code', async () => {
    await new RecoveryCodePage(app.window).stored();
    await screens.whenOpen();
  });
  if (withPictures) await journal.picture(app.window, 'no-context-yet');
}

/** Makes the key, takes its registration token to the dashboard by the clipboard, waits until the app notices. */
async function register(scene: Scene, app: RunningApp, user: DemoUser, withPictures: boolean): Promise<void> {
  const { journal, server, browser } = scene;
  const page = new AddContextPage(app.window);
  const registration = new RegistrationPage(app.window);
  await journal.step(`${user.username}: add a context for ${server.origin} and make a key`, async () => {
    await page.open();
    await page.find(server.origin);
    await page.userId.waitFor();
    if (withPictures) await journal.picture(app.window, 'service-found');
    await page.describe({ userId: user.id, name: 'acme', setUpPodman: true });
    await registration.whenWaiting();
  });
  if (withPictures) await journal.picture(app.window, 'registration-token');
  const browserContext = await browser.newContext({ viewport: { width: 1100, height: 800 } });
  const tab = await browserContext.newPage();
  const dashboard = new DashboardPage(tab, server.origin);
  await journal.step(`${user.username}: sign in to the dashboard in Chromium`, () => dashboard.signIn(user));
  if (withPictures) await journal.picture(tab, 'dashboard-no-keys');
  await journal.step(`${user.username}: copy the token in Keyhold, paste it into the dashboard`, async () => {
    await registration.copyToken();
    await tab.bringToFront();
    await dashboard.pasteToken();
    await dashboard.register();
  });
  if (withPictures) await journal.picture(tab, 'dashboard-key-registered');
  await journal.step(`${user.username}: Keyhold notices by itself and sets Podman up`, () =>
    registration.whenRegistered(),
  );
  if (withPictures) await journal.picture(app.window, 'key-registered');
  await browserContext.close();
}

/** Every page with something on it, in both themes. */
async function showPages({ journal }: Scene, app: RunningApp): Promise<void> {
  const shell = new ShellPage(app.window);
  await shell.open('Tokens');
  await app.window.getByRole('button', { name: 'Mint token' }).click();
  await app.window.getByRole('heading', { name: 'New token' }).waitFor();
  for (const theme of ['Light', 'Dark'] as const) {
    await shell.chooseTheme(theme);
    for (const name of ['Status', 'Keys', 'Registries', 'Activity', 'Settings'] as const) {
      await shell.open(name);
      await app.window.waitForLoadState('networkidle');
      await journal.picture(app.window, `${name.toLowerCase()}-${theme.toLowerCase()}`);
    }
  }
  await shell.open('Tokens');
  await app.window.getByRole('button', { name: 'Mint token' }).click();
  await app.window.getByRole('heading', { name: 'New token' }).waitFor();
  await journal.picture(app.window, 'token-minted-dark');
}

/** Somebody who may no more than pull, until the owner gives it in the app, for as long as that is given. */
async function withFewRights(scene: Scene, owner: RunningApp, home: Home): Promise<void> {
  const app = await scene.launch(home);
  await createVault(scene, app, false);
  await register(scene, app, scene.server.user('jonas'), false);
  await showAccess(scene, owner, home);
  await app.electron.close();
}

async function perform(scene: Scene, home: Home, other: Home): Promise<void> {
  const { journal, server } = scene;
  const image = `${server.host}/acme/web:1.0`;
  const app = await journal.step('start Keyhold in an empty home', () => scene.launch(home));
  await createVault(scene, app, true);
  await register(scene, app, server.user('maya'), true);
  journal.note(`auth.json: ${authFileNamesOnlyTheHelper(home)}`);
  await skopeoRoundTrip(journal, home, image);
  await podmanPull(journal, home, image);
  await withFewRights(scene, app, other);
  await journal.step('every page in light and dark', () => showPages(scene, app));
  const screens = new VaultScreens(app.window);
  const shell = new ShellPage(app.window);
  await journal.step('lock, and unlock with the passphrase', async () => {
    await shell.lock();
    await screens.whenLocked();
    await journal.picture(app.window, 'locked-dark');
    await screens.unlock(passphrase);
    await shell.chooseTheme('Light');
  });
  journal.part('A team: sign-in by browser, an invitation, an API key for one project');
  await showTeam(scene, app, home);
  journal.part('A keeper: keys that the server keeps, and rules that say who may use them');
  await showKeeper(scene, app);
}

/** Runs the demo; answers the exit code. Leaves nothing behind but the pictures. */
export async function runDemo(): Promise<number> {
  const journal = new Journal();
  const home = makeHome();
  const other = makeHome();
  console.log('Keyhold demo: the real app, server, browser and registry clients, in temporary folders\n');
  let scene: Scene | undefined;
  try {
    scene = await journal.step('start the reference server, a sign-in provider and a browser', () =>
      openScene(journal),
    );
    await perform(scene, home, other);
    console.log(`\nDone: ${journal.summary()}`);
    return 0;
  } catch (error) {
    console.error(`\nThe demo broke off: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  } finally {
    await scene?.stop();
    home.remove();
    other.remove();
  }
}
