import { expect, type Page } from '@playwright/test';
import { addByToken, signIn } from '../../test/e2e/keeper.ts';
import type { RunningApp } from '../../test/e2e/launch.ts';
import { RemoteKeysPage } from '../../test/e2e/pages/remote-keys.ts';
import { RulesPage } from '../../test/e2e/pages/rules.ts';
import { ShellPage } from '../../test/e2e/pages/shell.ts';
import type { Journal } from './journal.ts';
import type { Scene } from './scene.ts';

/** A key of the demo's keeper, and one that the role is kept from. */
const signing = 'release-signing';
const custody = 'custody-btc-prod';

const role = {
  name: 'Release signer',
  rules: ['tkeeper.key.*.sign', 'tkeeper.key.*.verify', '-tkeeper.key.custody-*.sign'],
};

/** Whatever is in a window that shows the token, it is in no picture. */
function pictures(journal: Journal, window: Page, token: string): (name: string) => Promise<void> {
  return async (name) => {
    const isShown = await window.evaluate(
      (secret) =>
        document.body.innerText.includes(secret) ||
        [...document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>('input, textarea')].some(
          ({ value }) => value.includes(secret),
        ),
      token,
    );
    if (isShown) throw new Error(`The dev token would be in the picture ${name}.`);
    await journal.picture(window, name);
  };
}

/** Keys that the server keeps, used there; and who may use which, written as rules and tried. */
export async function showKeeper({ journal, server }: Scene, { window }: RunningApp): Promise<void> {
  const token = server.keeper?.dev_token;
  if (token === undefined) throw new Error('The start line has no dev token of the keeper.');
  const picture = pictures(journal, window, token);
  const shell = new ShellPage(window);
  await journal.step('maya: add a context by the dev token of the start line', async () => {
    await addByToken(window, server, 'With a dev token', token);
    await signIn(window);
    await window.getByText('You are signed in with the dev token').waitFor();
  });
  await picture('keeper-signed-in');
  await window.getByRole('button', { name: 'Show status' }).click();
  const keys = new RemoteKeysPage(window);
  await journal.step('the keys that the keeper has, by state, owner and end', async () => {
    await shell.open('Remote keys');
    await keys.table.getByText(custody).waitFor();
  });
  await picture('remote-keys');
  const signature = await journal.step(
    `sign a text with ${signing}, which never leaves the keeper`,
    async () => {
      await keys.open(signing);
      await keys.begin('Sign');
      return keys.signText('release 4.2');
    },
  );
  await picture('remote-key-signed');
  await journal.step('verify the signature, and see that another text does not fit', async () => {
    await keys.press('Done');
    await keys.begin('Verify');
    await keys.verify('release 4.3', signature);
    await keys.dialog.getByText('The signature does not fit').waitFor();
    await keys.verify('release 4.2', signature);
    await keys.dialog.getByText('The signature is genuine').waitFor();
  });
  await picture('remote-key-verified');
  await keys.press('Cancel');
  await window.keyboard.press('Escape');
  await writeRole(journal, window, picture);
}

/** A role with one deny, and what the simulator says that it decides. */
async function writeRole(
  journal: Journal,
  window: Page,
  picture: (name: string) => Promise<void>,
): Promise<void> {
  const rules = new RulesPage(window);
  await journal.step(`write the role ${role.name}: two grants and a deny`, async () => {
    await new ShellPage(window).open('Rules');
    await rules.make(role.name);
    await rules.type(role.rules.join('\n'));
    await rules.denies.getByText('overrides 1 grant').waitFor();
  });
  await picture('rule-editor');
  await rules.save();
  await window.getByText(`${role.name} is saved`).waitFor();
  const because = await journal.step('ask the simulator who decides, and why', async () => {
    await rules.show('Simulator');
    await rules.toggle('My token');
    await rules.toggle(role.name);
    await rules.ask('key.sign', signing);
    await expect(rules.answer).toContainText('Granted by tkeeper.key.*.sign');
    await rules.ask('key.sign', custody);
    await expect(rules.answer).toContainText('Denied by -tkeeper.key.custody-*.sign');
    // What the field offers would lie over the answer.
    await window.getByRole('combobox', { name: 'Key', exact: true }).blur();
    return rules.answer.innerText();
  });
  journal.note(because.replaceAll(/\s*\n+\s*/g, '. ').replaceAll('..', '.'));
  await picture('simulator-denied');
}
