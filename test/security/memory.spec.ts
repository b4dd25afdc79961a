import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { argon2Kdf } from '../../main/adapters/kdf.ts';
import { systemClock } from '../../main/adapters/clock.ts';
import { SqliteVaultFile } from '../../main/adapters/vault-file.ts';
import { unwrapWithPassphrase } from '../../main/core/vault/slots.ts';
import { openStore } from '../../main/core/vault/vault-store.ts';
import { clipboardText } from '../e2e/clipboard.ts';
import { expect, passphrase, test } from '../e2e/fixtures.ts';
import type { RunningApp } from '../e2e/launch.ts';
import { ShellPage } from '../e2e/pages/shell.ts';
import { TokensPage } from '../e2e/pages/tokens.ts';
import { VaultScreens } from '../e2e/pages/vault-screens.ts';
import { signInByCalls } from '../e2e/sign-in.ts';
import { inMemory, inReachableStrings } from '../support/process-memory.ts';
import { needlesOf, withVaultCopy } from './needles.ts';
import { inMain } from '../support/in-main.ts';

const helper = join(import.meta.dirname, '..', '..', 'resources', 'bin', 'docker-credential-keyhold');

/** The key that all others of the vault come from. */
async function dataKeyOf(path: string): Promise<Buffer> {
  const store = openStore(new SqliteVaultFile(path, null), systemClock, () => undefined);
  store.sql.close();
  const slot = store.header.slots.find(({ kind }) => kind === 'passphrase');
  if (slot?.kind !== 'passphrase') throw new Error('the vault has no passphrase slot');
  const key = await unwrapWithPassphrase(argon2Kdf, store.header.vaultId, slot, Buffer.from(passphrase));
  if (key === null) throw new Error('the passphrase does not fit');
  return key;
}

/** Has V8 give back what nobody reaches any more: key objects of the system's cryptography go with their handles. */
async function collectGarbage({ electron }: RunningApp): Promise<void> {
  await inMain(electron, () => {
    process.getBuiltinModule('node:v8').setFlagsFromString('--expose-gc');
    (process.getBuiltinModule('node:vm').runInNewContext('gc') as () => void)();
  });
}

test('after a lock the main process holds no secret any more', async ({ app, home, server }) => {
  test.skip(process.platform !== 'linux', 'the memory of a process is read from /proc');
  test.setTimeout(120_000);
  const { window, electron } = app;
  const screens = new VaultScreens(window);
  const shell = new ShellPage(window);
  await screens.unlock(passphrase);
  await signInByCalls(app, server, 'maya');
  await shell.open('Tokens');
  const tokens = new TokensPage(window);
  await tokens.mint('1 hour');
  const minted = await tokens.copy('token').then(() => clipboardText(app));
  const reply = execFileSync(helper, ['get'], {
    input: server.host,
    env: home.env,
    encoding: 'utf8',
  });
  const handedOut = (JSON.parse(reply) as { Secret: string }).Secret;
  const { secrets } = await needlesOf(home, { minted, handedOut });
  const keys = new Map([
    ['seed', secrets.get('seed, raw') ?? Buffer.alloc(0)],
    ['data key', await withVaultCopy(home, dataKeyOf)],
  ]);
  const pid = electron.process().pid ?? -1;

  expect(await inReachableStrings(electron, secrets), 'while unlocked').toContain('minted, its signature');
  expect(inMemory(pid, keys), 'while unlocked').toEqual(['data key', 'seed']);

  await shell.lock();
  await screens.whenLocked();
  expect(await inReachableStrings(electron, secrets), 'once locked').toEqual([]);
  await collectGarbage(app);
  expect(inMemory(pid, keys), 'once locked').toEqual([]);
});
