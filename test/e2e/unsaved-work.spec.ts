import { once } from 'node:events';
import { inMain } from '../support/in-main.ts';
import { answerQuestions, questions } from './dialogs.ts';
import { expect, passphrase, test } from './fixtures.ts';
import { addByToken, signIn } from './keeper.ts';
import type { RunningApp } from './launch.ts';
import { MatrixPage } from './pages/matrix.ts';
import { RulesPage } from './pages/rules.ts';
import { ShellPage } from './pages/shell.ts';
import { VaultScreens } from './pages/vault-screens.ts';
import { signInByCalls } from './sign-in.ts';

const [rulesLost, accessLost] = [
  'Rules: roles are changed and not saved.',
  'Permissions: changes of access are prepared and not applied.',
];
const asked = (...lost: string[]): string => `Quit and lose unsaved changes? ${lost.join('\n')}`;

const quit = ({ electron }: RunningApp): Promise<void> =>
  inMain(electron, ({ app }) => {
    app.quit();
  });

const closeWindow = ({ electron }: RunningApp): Promise<void> =>
  inMain(electron, ({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0]?.close();
  });

test('neither closing the window nor quitting loses what is not saved unasked, locked or not', async ({
  unlocked,
  server,
}) => {
  const { window } = unlocked;
  const shell = new ShellPage(window);
  const rules = new RulesPage(window);
  const lastQuestion = async (): Promise<unknown> => ((await questions(unlocked)) as unknown[]).at(-1);
  await signInByCalls(unlocked, server, 'maya');
  await answerQuestions(unlocked, 'Cancel');

  await test.step('of access', async () => {
    const matrix = new MatrixPage(window);
    await matrix.open();
    await matrix.prepare('jonas', 'acme/web', 'push');
    await closeWindow(unlocked);
    await expect.poll(lastQuestion).toBe(asked(accessLost));
    await expect(window.getByText('1 change pending')).toBeVisible();
  });

  await test.step('of roles, too, and behind the lock', async () => {
    await addByToken(window, server, 'With a dev token', server.keeper?.dev_token ?? '');
    await signIn(window);
    await shell.open('Rules');
    await rules.make('Wallets');
    await rules.type('tkeeper.recover');
    await shell.lock();
    await quit(unlocked);
    await expect.poll(lastQuestion).toBe(asked(accessLost, rulesLost));
    await new VaultScreens(window).unlock(passphrase);
    await shell.open('Rules');
    await expect(rules.field).toHaveValue('tkeeper.recover');
  });

  await test.step('of what was saved nothing is asked', async () => {
    await rules.save();
    await expect(window.getByText('Wallets is saved')).toBeVisible();
    await closeWindow(unlocked);
    await expect.poll(lastQuestion).toBe(asked(accessLost));
    expect(await questions(unlocked)).toHaveLength(3);
  });

  await test.step('a yes quits', async () => {
    const exited = once(unlocked.electron.process(), 'exit');
    await answerQuestions(unlocked, 'Quit and lose them');
    await quit(unlocked);
    await exited;
  });
});
