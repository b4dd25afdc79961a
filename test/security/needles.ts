import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { derivePublicKey } from '../../main/core/credentials/keys/ed25519.ts';
import { passphrase } from '../e2e/fixtures.ts';
import type { Home } from '../e2e/launch.ts';
import { openVault } from '../e2e/make-vault.ts';

export interface Needles {
  secrets: Map<string, Buffer>;
  /** Public, so it must be found: shows that the search looks where the secrets would be. */
  kid: string;
}

/** Does something with a copy of the vault's files: while the app has them open, it lets nobody else in. */
export async function withVaultCopy<T>(home: Home, work: (path: string) => Promise<T>): Promise<T> {
  const copy = mkdtempSync(join(tmpdir(), 'kh-copy-'));
  try {
    // Only these: Chromium's files beside them come and go.
    const files = readdirSync(home.dataFolder).filter((name) =>
      /^vault\.db(-wal|-shm|-journal)?$/.test(name),
    );
    for (const name of files) copyFileSync(join(home.dataFolder, name), join(copy, name));
    return await work(join(copy, 'vault.db'));
  } finally {
    rmSync(copy, { recursive: true });
  }
}

/** Reads the private key out of a vault, as only someone with the passphrase can. */
async function keyOf(path: string): Promise<{ seed: Buffer; kid: string }> {
  const vault = openVault(path);
  await vault.unlock(Buffer.from(passphrase, 'utf8'));
  const row = vault
    .sql()
    .get<{ id: string; kid: string; public_key: Buffer; sealed_seed: Buffer }>(
      'SELECT id, kid, public_key, sealed_seed FROM keys',
    );
  if (row === undefined) throw new Error('the vault holds no key');
  const seed = vault.open({ table: 'keys', row: row.id, column: 'sealed_seed' }, row.sealed_seed);
  vault.close();
  if (!derivePublicKey(seed).equals(row.public_key)) throw new Error('this is not the key’s seed');
  return { seed, kid: row.kid };
}

/** The secrets in every form in which they could lie about. */
export async function needlesOf(home: Home, tokens: Readonly<Record<string, string>>): Promise<Needles> {
  const { seed, kid } = await withVaultCopy(home, keyOf);
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
