import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { problemsInBothSchemes } from '../support/accessibility.ts';
import { startTestServer } from '../support/server.ts';
import { clipboardText } from './clipboard.ts';
import { answerFileDialogs } from './dialogs.ts';
import { expect, passphrase, test } from './fixtures.ts';
import { addByToken, askKeeper, signIn } from './keeper.ts';
import { RulesPage } from './pages/rules.ts';
import { ShellPage } from './pages/shell.ts';
import { VaultScreens } from './pages/vault-screens.ts';

const mine = [
  'tkeeper.dkg.*',
  'tkeeper.system.*',
  'tkeeper.compliance.inventory',
  'tkeeper.key.wallet-*.public',
];
const written = ['tkeeper.key.wallet-*.*', '-tkeeper.key.*-cold.sign'];

const json = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

test('a role is written, tried against the keys of a real keeper, and taken along as the claim and a dev file', async ({
  unlocked,
}) => {
  const { window, home } = unlocked;
  const token = randomBytes(24).toString('base64url');
  const devFile = join(home.folder, 'dev.json');
  writeFileSync(devFile, JSON.stringify({ enabled: true, token, permissions: mine }));
  const server = await startTestServer({ demo: false, args: ['--keeper-dev-config', devFile] });
  const rules = new RulesPage(window);
  try {
    const { shares64 } = z
      .object({ shares64: z.array(z.string()) })
      .parse(await askKeeper(server, token, 'system/init', { peerId: 1, threshold: 1, total: 1 }));
    await askKeeper(server, token, 'system/unseal', { payloads64: shares64 });
    const made = { algorithm: 'P256', authorities: [{ id: 'ops' }], mode: 'CREATE' };
    for (const keyId of ['wallet-cold', 'wallet-hot', 'release'])
      await askKeeper(server, token, 'dkg', { ...made, keyId });
    await addByToken(window, server, 'With a dev token', token);
    await signIn(window);
    await expect(window.getByText('You are signed in with the dev token')).toBeVisible();
    await new ShellPage(window).open('Rules');

    await test.step('a line is read while it is typed, and its error shown where it is', async () => {
      await rules.make('Wallets');
      await rules.type('tkeeper.key.wallet-*.*');
      await expect(rules.field).toHaveAccessibleDescription(
        /^Line 1: matches 2 of 3 keys, and future ones · \d+ operations/,
      );
      await rules.type('\n-tkeeper.key.**-cold.sign');
      await expect(rules.field).toHaveAccessibleDescription(/^Line 2: \*\* is not allowed/);
      await expect(rules.findings).toContainText('Line 2');
      await expect.poll(() => rules.underlined()).toBe('**-cold');
      expect(await problemsInBothSchemes(window)).toEqual([]);
      await rules.fix('Write one *', 2);
      await expect(rules.field).toHaveValue(written.join('\n'));
      await expect(rules.findings).toBeHidden();
      await expect(rules.denies).toContainText('overrides 1 grant');
    });

    await test.step('what must stay denied fails at once, and is seen before it is saved', async () => {
      await rules.addTest('key.sign', 'wallet-cold', 'Denied');
      await expect(rules.tests).toContainText('Holds');
      await rules.save();
      await expect(window.getByText('Wallets is saved')).toBeVisible();
      await rules.field.fill(`${written.join('\n')}.x`);
      await expect(rules.tests).toContainText('Fails');
      await expect(rules.tests).toContainText('Granted by tkeeper.key.wallet-*.*');
      await rules.save();
      await window.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
      await rules.field.fill(written.join('\n'));
      await expect(rules.tests).toContainText('Holds');
      await expect(window.getByText('Not saved')).toBeHidden();
    });

    await test.step('my token, the role, and both of them', async () => {
      await rules.show('Simulator');
      await rules.ask('key.sign', 'wallet-hot');
      await expect(rules.answer).toContainText('Not allowed');
      await expect(rules.answer).toContainText('It would take tkeeper.key.wallet-hot.sign');
      await rules.toggle('Wallets');
      await expect(rules.answer).toContainText('Granted by tkeeper.key.wallet-*.*, line 1 of Wallets.');
      await rules.ask('key.public', 'wallet-cold');
      await expect(rules.answer).toContainText('Granted by');
      await rules.ask('key.sign', 'wallet-cold');
      await expect(rules.answer).toContainText('Denied by -tkeeper.key.*-cold.sign, line 2 of Wallets.');
      await rules.toggle('My token');
      await rules.ask('compliance.inventory', null);
      await expect(rules.answer).toContainText('Not allowed');
    });

    await test.step('what changes with one more line', async () => {
      await rules.ask('key.sign', 'wallet-hot');
      await rules.tryLine('-tkeeper.key.*-hot.*');
      await expect(rules.effects('Lost')).toContainText('signwallet-hot');
      await expect(rules.effects('Gained')).toContainText('Nothing.');
      await rules.tryLine('tkeeper.key.release.sign');
      await expect(rules.effects('Gained')).toContainText('signrelease');
      await expect(rules.effects('Lost')).toContainText('Nothing.');
      expect(await problemsInBothSchemes(window)).toEqual([]);
    });

    await test.step('it goes out as what was saved, and a keeper takes its dev file', async () => {
      await rules.show('Roles');
      const claim = join(home.folder, 'claim.json');
      await answerFileDialogs(unlocked, claim);
      await rules.choose('Wallets', 'Export the claim…');
      await expect(window.getByText('Exported as claim.json')).toBeVisible();
      expect(json(claim)).toEqual(written);
      const dev = join(home.folder, 'wallets-dev.json');
      await answerFileDialogs(unlocked, dev);
      await rules.choose('Wallets', 'Export a dev file…');
      await expect(window.getByText('Exported as wallets-dev.json')).toBeVisible();
      expect(json(dev)).toEqual({ keeper: { dev: { permissions: written } } });
      await rules.choose('Wallets', 'Copy as JSON');
      await expect(window.getByText('Copied as JSON')).toBeVisible();
      expect(JSON.parse(await clipboardText(unlocked))).toEqual(written);
    });

    await test.step('what is typed outlives the lock, and is saved behind it', async () => {
      await rules.type('\ntkeeper.key.release.verify');
      await new ShellPage(window).lock();
      await new VaultScreens(window).unlock(passphrase);
      await new ShellPage(window).open('Rules');
      await expect(rules.field).toHaveValue([...written, 'tkeeper.key.release.verify'].join('\n'));
      await rules.field.press('ControlOrMeta+s');
      await expect(window.getByText('Wallets is saved')).toBeVisible();
    });
  } finally {
    await server.stop();
  }
});
