import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { limits } from '../../../../../contracts/domain/limits.ts';
import { systemRandom } from '../../../../../main/adapters/random.ts';
import { diskSmallFiles } from '../../../../../main/adapters/small-files.ts';
import { bcryptSshKdf } from '../../../../../main/adapters/ssh-kdf.ts';
import { KeyImport } from '../../../../../main/core/keys/import/key-import.ts';
import { KeyMaker } from '../../../../support/ssh-keys.ts';
import { addContext, newVault, removeVaults, unlock, type VaultParts } from '../../vault/vault-parts.ts';

const contextId = '3f0a3b52-6f5e-4b59-8a77-0d52f5b0c9a1';
const maker = new KeyMaker();
let parts: VaultParts;
let chosen: string | null;
let keyImport: KeyImport;

beforeEach(async () => {
  parts = await newVault();
  addContext(parts.vault, contextId);
  chosen = maker.sshFile();
  keyImport = new KeyImport({
    ...{ vault: parts.vault, keys: parts.keys, random: systemRandom },
    ...{ files: diskSmallFiles, sshKdf: bcryptSshKdf },
    // The choice in the system's dialog is a person's.
    dialogs: {
      open: () => Promise.resolve(chosen === null ? null : { path: chosen, name: 'id_ed25519' }),
      save: () => Promise.resolve(null),
    },
  });
});
afterEach(removeVaults);
afterAll(() => {
  maker.remove();
});

async function fileToken(): Promise<string> {
  return (await keyImport.choose())?.fileToken ?? '';
}

async function importFile(token: string): Promise<string> {
  const source = { from: 'file' as const, fileToken: token };
  const request = { contextId, label: 'laptop', age: null, source, passphrase: null };
  return keyImport.import(request).then(
    ({ label }) => label,
    (error: unknown) => (error as { code: string }).code,
  );
}

describe('a file that was chosen', () => {
  it('is known to the window by its name and a token, which imports it', async () => {
    expect(await keyImport.choose()).toEqual({
      fileToken: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      fileName: 'id_ed25519',
    });
    expect(await importFile(await fileToken())).toBe('laptop');
  });

  it('is read by its own token only, not by an earlier or an invented one', async () => {
    const earlier = await fileToken();
    const token = await fileToken();
    expect(await importFile(earlier)).toBe('file_gone');
    expect(await importFile(contextId)).toBe('file_gone');
    expect(await importFile(token)).toBe('laptop');
  });

  it('is forgotten when the vault is locked', async () => {
    const token = await fileToken();
    parts.vault.lock();
    await unlock(parts.vault);
    expect(await importFile(token)).toBe('file_gone');
  });

  it('is not read when it is gone or too large to be a key', async () => {
    const token = await fileToken();
    const path = chosen ?? '';
    writeFileSync(path, 'x'.repeat(limits.keyTextMax + 1));
    expect(await importFile(token)).toBe('import_too_large');
    rmSync(path);
    expect(await importFile(token)).toBe('file_gone');
  });

  it('is none when the user gave up', async () => {
    chosen = null;
    expect(await keyImport.choose()).toBeNull();
  });
});

describe('a key that is imported a second time', () => {
  it('is refused, by whatever way it comes', async () => {
    const text = readFileSync(chosen ?? '', 'utf8');
    expect(await importFile(await fileToken())).toBe('laptop');
    const source = { from: 'text' as const, text };
    const request = { contextId, label: 'again', age: null, source, passphrase: null };
    await expect(keyImport.import(request)).rejects.toMatchObject({ code: 'key_known' });
    expect(parts.keys.list(contextId)).toHaveLength(1);
  });

  it('leaves nothing of it in clear in the vault’s files', async () => {
    const text = readFileSync(chosen ?? '', 'utf8');
    await importFile(await fileToken());
    parts.vault.sql().exec('PRAGMA wal_checkpoint(TRUNCATE)');
    const file = readFileSync(join(parts.folder, 'data', 'vault.db'));
    expect(file.includes('laptop')).toBe(true);
    for (const line of text.split('\n').slice(1, -2)) expect(file.includes(line)).toBe(false);
  });
});
