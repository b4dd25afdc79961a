import { accessibilityProblems, settle } from '../support/accessibility.ts';
import { expect, passphrase, test, type SignedIn } from './fixtures.ts';
import { AddContextPage, RegistrationPage } from './pages/add-context.ts';
import { ShellPage } from './pages/shell.ts';
import { TokensPage } from './pages/tokens.ts';
import { VaultScreens } from './pages/vault-screens.ts';

// Every state of every screen is looked at in test/visual; here, the main ones as the real app fills them. The
// screen that creates a vault is looked at in vault.spec.ts, where there is one.

async function expectAccessible({ window }: SignedIn, screen: string): Promise<void> {
  await settle(window);
  expect(await accessibilityProblems(window), screen).toEqual([]);
}

test('the screens of a registered context are accessible', async ({ maya }) => {
  const shell = new ShellPage(maya.window);
  await maya.window.getByRole('heading', { name: 'Signed in as Maya Chen' }).waitFor();
  await expectAccessible(maya, 'status');
  await shell.open('Keys');
  await maya.window.getByRole('table', { name: 'Keys' }).waitFor();
  await expectAccessible(maya, 'keys');
  await shell.open('Tokens');
  const tokens = new TokensPage(maya.window);
  await tokens.mint('1 hour');
  await tokens.reveal();
  await expectAccessible(maya, 'tokens');
  await shell.open('Registries');
  await maya.window.getByRole('table', { name: 'Registries' }).waitFor();
  await expectAccessible(maya, 'registries');
  await shell.open('Activity');
  await maya.window.getByText('Key registered', { exact: true }).waitFor();
  await expectAccessible(maya, 'activity');
});

test('the screens that add a context, and the unlock screen, are accessible', async ({ maya, server }) => {
  const addContext = new AddContextPage(maya.window);
  await addContext.open();
  await expectAccessible(maya, 'add context: address');
  await addContext.find(server.origin);
  await addContext.userId.waitFor();
  await expectAccessible(maya, 'add context: account');
  await addContext.describe({ userId: server.user('priya').id, name: 'Third', setUpPodman: false });
  const registration = new RegistrationPage(maya.window);
  await registration.whenWaiting();
  await registration.openClaims();
  await expectAccessible(maya, 'registration');
  await registration.removeContext();

  const screens = new VaultScreens(maya.window);
  await new ShellPage(maya.window).lock();
  await screens.whenLocked();
  await expectAccessible(maya, 'unlock');
  await screens.unlock(passphrase);
});
