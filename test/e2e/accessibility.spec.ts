import { accessibilityProblems, settle } from '../support/accessibility.ts';
import { expect, test, type SignedIn } from './fixtures.ts';
import { ShellPage } from './pages/shell.ts';
import { TokensPage } from './pages/tokens.ts';

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
