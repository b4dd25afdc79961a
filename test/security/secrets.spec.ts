import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { derivePublicKey } from '../../main/core/keys/ed25519.ts';
import { expect, passphrase, test } from '../e2e/fixtures.ts';
import { openVault } from '../e2e/make-vault.ts';
import { clipboardText } from '../e2e/clipboard.ts';
import type { Home } from '../e2e/launch.ts';
import { AddContextPage, RegistrationPage } from '../e2e/pages/add-context.ts';
import { ShellPage } from '../e2e/pages/shell.ts';
import { TokensPage } from '../e2e/pages/tokens.ts';
import { VaultScreens } from '../e2e/pages/vault-screens.ts';
import { registerOverApi } from '../e2e/sign-in.ts';
import { processTree, filesHolding } from '../support/search-bytes.ts';

interface Needles {
  secrets: Map<string, Buffer>;
  /** Public, so it must be found: shows that the search looks where the secrets would be. */
  kid: string;
}

/** Reads the private key out of a copy of the vault, as only someone with the passphrase can. */
async function keyOf(home: Home): Promise<{ seed: Buffer; kid: string }> {
  const copy = mkdtempSync(join(tmpdir(), 'kh-copy-'));
  cpSync(home.dataFolder, copy, { recursive: true, filter: (path) => !path.includes('Singleton') });
  const vault = openVault(join(copy, 'vault.db'));
  await vault.unlock(Buffer.from(passphrase, 'utf8'));
  const row = vault
    .sql()
    .get<{ id: string; kid: string; public_key: Buffer; sealed_seed: Buffer }>(
      'SELECT id, kid, public_key, sealed_seed FROM keys',
    );
  if (row === undefined) throw new Error('the vault holds no key');
  const seed = vault.open({ table: 'keys', row: row.id, column: 'sealed_seed' }, row.sealed_seed);
  vault.close();
  rmSync(copy, { recursive: true });
  expect(derivePublicKey(seed).equals(row.public_key), 'this is the key’s seed').toBe(true);
  return { seed, kid: row.kid };
}

/** The secrets in every form in which they could lie about. */
async function needlesOf(home: Home, tokens: Readonly<Record<string, string>>): Promise<Needles> {
  const { seed, kid } = await keyOf(home);
  const secrets = new Map<string, Buffer>([['seed, raw', seed]]);
  for (const encoding of ['hex', 'base64', 'base64url'] as const) {
    // Without padding, so that both spellings are found.
    secrets.set(`seed, ${encoding}`, Buffer.from(seed.toString(encoding).replace(/=+$/, '')));
  }
  secrets.set('seed, HEX', Buffer.from(seed.toString('hex').toUpperCase()));
  secrets.set('passphrase', Buffer.from(passphrase));
  secrets.set('passphrase, UTF-16', Buffer.from(passphrase, 'utf16le'));
  for (const [name, token] of Object.entries(tokens)) {
    const signature = token.split('.')[2] ?? '';
    secrets.set(`${name}, its signature`, Buffer.from(signature));
    secrets.set(`${name}, UTF-16`, Buffer.from(signature, 'utf16le'));
  }
  return { secrets, kid };
}

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

test('no secret is left on the disk, in a command line, an environment or the locked page', async ({
  app,
  home,
  server,
}) => {
  test.skip(process.platform !== 'linux', 'command lines and environments are read from /proc');
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

  await shell.lock();
  await screens.whenLocked();
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
