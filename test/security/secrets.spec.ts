import { execFileSync } from 'node:child_process';
import type { Page } from '@playwright/test';
import { expect, passphrase, test } from '../e2e/fixtures.ts';
import { clipboardText } from '../e2e/clipboard.ts';
import type { Home } from '../e2e/launch.ts';
import { AddContextPage, RegistrationPage } from '../e2e/pages/add-context.ts';
import { ShellPage } from '../e2e/pages/shell.ts';
import { TokensPage } from '../e2e/pages/tokens.ts';
import { VaultScreens } from '../e2e/pages/vault-screens.ts';
import { registerOverApi } from '../e2e/sign-in.ts';
import { processTree, filesHolding } from '../support/search-bytes.ts';
import { memoryOf } from './main-memory.ts';
import { needlesOf } from './needles.ts';

/** The token that the installed helper gives to whoever runs it, as Podman does. */
function credential(home: Home, host: string): string {
  const reply = execFileSync(home.helperPath, ['get'], { input: host, env: home.env, encoding: 'utf8' });
  return (JSON.parse(reply) as { Secret: string }).Secret;
}

/** Everything that the page holds as text: its elements, and what stands in its fields. */
async function pageText(window: Page): Promise<string> {
  return window.evaluate(() => {
    const fields = [...document.querySelectorAll('input, textarea')];
    const typed = fields.map((field) => (field as HTMLInputElement).value);
    return [document.documentElement.outerHTML, ...typed].join('\n');
  });
}

test('no secret is left on the disk, in a command line, an environment, the locked page or the memory of main', async ({
  app,
  home,
  server,
}) => {
  test.skip(process.platform !== 'linux', 'command lines, environments and memory are read from /proc');
  const { window } = app;
  const screens = new VaultScreens(window);
  const shell = new ShellPage(window);
  await screens.unlock(passphrase);

  const context = { userId: server.user('maya').id, name: 'acme', setUpPodman: true };
  await new AddContextPage(window).add({ address: server.origin, ...context });
  const registration = new RegistrationPage(window);
  const registrationToken = await registration.revealToken();
  await registration.copyToken();
  await registerOverApi(server, 'maya', registrationToken);
  await registration.whenRegistered();

  await shell.open('Tokens');
  const tokens = new TokensPage(window);
  await tokens.mint('1 hour');
  const copied = await tokens.copy('token').then(() => clipboardText(app));
  const minted = await tokens.reveal();
  expect(copied).toBe(minted);
  const handedOut = credential(home, server.host);
  const needles = await needlesOf(home, { registrationToken, minted, handedOut });
  expect(needles.secrets.size).toBe(13);

  const expectClean = (when: string): void => {
    const publicNeedle = new Map([['kid', Buffer.from(needles.kid)]]);
    expect(filesHolding(home.dataFolder, publicNeedle).join(), 'the search finds what is there').toContain(
      'vault.db',
    );
    expect(filesHolding(home.folder, needles.secrets), `files ${when}`).toEqual([]);
    const processes = processTree(app.electron.process().pid ?? -1);
    expect(processes.length, 'main, window and others').toBeGreaterThan(2);
    const telling = processes.flatMap(({ pid, content }) =>
      [...needles.secrets]
        .filter(([, bytes]) => content.includes(bytes))
        .map(([name]) => `${String(pid)}: ${name}`),
    );
    expect(telling, `processes ${when}`).toEqual([]);
  };
  expectClean('while a token is shown');
  expect(await pageText(window), 'the shown token is on the page').toContain(minted);

  const memory = await memoryOf(app, home, needles.secrets);
  expect(await memory.reachable(), 'strings while unlocked').toContain('minted, its signature');
  expect(memory.keys(), 'keys while unlocked').toEqual(['data key', 'seed']);

  await shell.lock();
  await screens.whenLocked();
  expect(await memory.reachable(), 'strings once locked').toEqual([]);
  await memory.collectGarbage();
  expect(memory.keys(), 'keys once locked').toEqual([]);
  await screens.tryUnlock('not the passphrase');
  await screens.problem.waitFor();
  const locked = await pageText(window);
  for (const token of [registrationToken, minted, handedOut]) {
    expect(locked).not.toContain(token.split('.')[2]);
  }
  expect(locked).not.toContain(passphrase);
  expectClean('while locked');
  await screens.unlock(passphrase);
  expect(await pageText(window), 'unlocking does not bring it back').not.toContain(minted);
  await app.electron.close();
  expect(filesHolding(home.folder, needles.secrets), 'files after the end').toEqual([]);
});
