import { createPrivateKey } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KeyholdError } from '../../../../../contracts/errors.ts';
import type { ImportedKey } from '../../../../../contracts/ipc/keys.ts';
import { limits } from '../../../../../contracts/domain/limits.ts';
import { systemRandom } from '../../../../../main/adapters/random.ts';
import { diskSmallFiles } from '../../../../../main/adapters/small-files.ts';
import { KeyImport } from '../../../../../main/core/credentials/keys/import/key-import.ts';
import { KeyMaker } from '../../../../support/ssh-keys.ts';
import { keyFileKdf } from './only-key.ts';
import { addContext, newVault, removeVaults, unlock, type VaultParts } from '../../vault/vault-parts.ts';

const contextId = '3f0a3b52-6f5e-4b59-8a77-0d52f5b0c9a1';
const maker = new KeyMaker();
let parts: VaultParts;
let chosen: string | null;
let keyImport: KeyImport;
let rotates: boolean;

beforeEach(async () => {
  rotates = false;
  parts = await newVault();
  addContext(parts.vault, contextId);
  chosen = maker.sshFile();
  keyImport = new KeyImport({
    vault: parts.vault,
    keys: parts.keys,
    random: systemRandom,
    files: diskSmallFiles,
    keyFileKdf,
    rotations: {
      requireNone: () => {
        if (rotates) throw new KeyholdError('rotation_open');
      },
    },
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
  const request = { contextId, label: 'laptop', age: null, source, pick: null, passphrase: null };
  return keyImport.import(request).then(
    (answer) => (answer.outcome === 'imported' ? answer.key.label : answer.outcome),
    (error: unknown) => (error as { code: string }).code,
  );
}

function jwkText(): string {
  return JSON.stringify(createPrivateKey(maker.pem()).export({ format: 'jwk' }), null, 2);
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

describe('a text with several private keys', () => {
  const both = (): [string, string, string] => {
    const [clear, sealed] = [maker.pemFile(), maker.sshFile('open sesame', ['-t', 'ed25519', '-a', '1'])];
    const text = `${maker.certificate(clear)}${readFileSync(clear, 'utf8')}# and\n${readFileSync(sealed, 'utf8')}`;
    return [text, KeyMaker.publicPem(clear), KeyMaker.publicPemOfSsh(sealed)];
  };
  const importText = (text: string, pick: number | null, passphrase: string | null): Promise<ImportedKey> =>
    keyImport.import({ contextId, label: 'x', age: null, source: { from: 'text', text }, pick, passphrase });
  const asked = {
    outcome: 'several',
    choices: [
      { form: 'pkcs8', fingerprint: expect.stringMatching(/^SHA256:/) as string, isProtected: false },
      { form: 'openssh', fingerprint: expect.stringMatching(/^SHA256:/) as string, isProtected: true },
    ],
  };

  it('is asked about, and nothing is imported until one is picked', async () => {
    const [text] = both();
    for (const pick of [null, 2, 1000]) expect(await importText(text, pick, 'open sesame')).toEqual(asked);
    expect(parts.keys.list(contextId)).toEqual([]);
  });

  it('gives the one that was picked, by its own passphrase', async () => {
    const [text, ...expected] = both();
    expect(await importText(text, null, null)).toEqual(asked);
    await expect(importText(text, 1, null)).rejects.toThrow('import_encrypted');
    await expect(importText(text, 1, 'wrong')).rejects.toThrow('import_wrong_passphrase');
    for (const pick of [0, 1]) {
      const answer = await importText(text, pick, 'open sesame');
      const id = answer.outcome === 'imported' ? answer.key.id : '';
      expect(parts.keys.publicText(id, 'pem')).toBe(expected[pick]);
    }
  });

  it('is asked about anew when it is another one than that of which a key was picked', async () => {
    const token = await fileToken();
    const path = chosen ?? '';
    const [text, clear] = both();
    const source = { from: 'file' as const, fileToken: token };
    const importPick = (pick: number | null): Promise<ImportedKey> =>
      keyImport.import({ contextId, label: 'x', age: null, source, pick, passphrase: null });
    writeFileSync(path, text);
    expect(await importPick(null)).toEqual(asked);
    for (const other of [`${maker.pem().toString()}${text}`, maker.pem().toString()]) {
      writeFileSync(path, other);
      await expect(importPick(0)).rejects.toThrow('file_gone');
    }
    expect(parts.keys.list(contextId)).toEqual([]);
    writeFileSync(path, text);
    const answer = await importPick(0);
    const id = answer.outcome === 'imported' ? answer.key.id : '';
    expect(parts.keys.publicText(id, 'pem')).toBe(clear);
  });

  it('has one key once, and of its two forms the one that needs no passphrase', async () => {
    const path = maker.sshFile();
    const clear = readFileSync(path, 'utf8');
    KeyMaker.protect(path, 'open sesame');
    const sealed = readFileSync(path, 'utf8');
    const twice = maker.encrypt(maker.pemFile(), 'open sesame').toString();
    expect((await importText(`${twice}${twice}`, null, 'open sesame')).outcome).toBe('imported');
    const answer = await importText(`${sealed}${clear}`, null, null);
    const id = answer.outcome === 'imported' ? answer.key.id : '';
    expect(parts.keys.publicText(id, 'pem')).toBe(KeyMaker.publicPemOfSsh(path));
  });

  it('names those too of which nothing is known but that they are there', async () => {
    const cut = maker.pem().toString().slice(0, 80);
    const sealed = maker.encrypt(maker.pemFile(), 'open sesame').toString();
    const other = ['-t', 'ed25519', '-a', '1', '-Z', 'chacha20-poly1305@openssh.com'];
    const text = `${cut}\n${sealed}${maker.ssh('open sesame', other).toString()}`;
    expect(await importText(text, null, null)).toEqual({
      outcome: 'several',
      choices: [
        { form: 'pkcs8', fingerprint: null, isProtected: false },
        { form: 'pkcs8', fingerprint: null, isProtected: true },
        { form: 'openssh', fingerprint: null, isProtected: false },
      ],
    });
    await expect(importText(text, 0, null)).rejects.toThrow('import_damaged');
    await expect(importText(text, 2, 'open sesame')).rejects.toThrow('import_unsupported');
  });

  it('is asked about whatever forms they have, and wherever they stand', async () => {
    const [pem, jwk, another] = [maker.pem().toString(), jwkText(), jwkText()];
    const secret = `a: ${Buffer.from(pem).toString('base64')}\n`;
    const texts: [string, string[]][] = [
      [`${pem}${jwk}`, ['pkcs8', 'jwk']],
      [`${jwk}\n${another}`, ['jwk', 'jwk']],
      [`see {below} and "that\n${jwk}, then\n${another}\n`, ['jwk', 'jwk']],
      [
        JSON.stringify({ old: { jwk: JSON.parse(jwk) as unknown }, keys: [JSON.parse(another)] }),
        ['jwk', 'jwk'],
      ],
      [`${secret}${maker.ssh().toString()}`, ['openssh', 'pkcs8']],
      [`${secret}${another}`, ['pkcs8', 'jwk']],
    ];
    for (const [text, forms] of texts) {
      const answer = await importText(text, null, null);
      expect(answer.outcome === 'several' ? answer.choices.map(({ form }) => form) : answer).toEqual(forms);
    }
  });

  it('is too much where nobody can choose', async () => {
    const text = Array.from({ length: 21 }, () => maker.pem().toString()).join('');
    await expect(importText(text, null, null)).rejects.toThrow('import_too_large');
  });
});

describe('a key that is imported a second time', () => {
  it('is refused, by whatever way it comes', async () => {
    const text = readFileSync(chosen ?? '', 'utf8');
    expect(await importFile(await fileToken())).toBe('laptop');
    const source = { from: 'text' as const, text };
    const request = { contextId, label: 'again', age: null, source, pick: null, passphrase: null };
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

describe('what comes while a passphrase is worked on', () => {
  const begin = (): Promise<ImportedKey> => {
    const text = maker.ssh('open sesame', ['-t', 'ed25519', '-a', '1']).toString();
    const source = { from: 'text' as const, text };
    return keyImport.import({
      contextId,
      label: 'x',
      age: null,
      source,
      pick: null,
      passphrase: 'open sesame',
    });
  };

  it('ends the import: a lock, though the vault is open again', async () => {
    const importing = expect(begin()).rejects.toThrow('vault_locked');
    parts.vault.lock();
    await unlock(parts.vault);
    await importing;
    expect(parts.keys.list(contextId)).toEqual([]);
  });

  it('ends the import: a rotation, which makes a key of its own', async () => {
    const importing = expect(begin()).rejects.toThrow('rotation_open');
    rotates = true;
    await importing;
    expect(parts.keys.list(contextId)).toEqual([]);
  });
});
