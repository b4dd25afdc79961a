import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { limits } from '../../../../contracts/domain/limits.ts';
import { openSeed } from '../../../../main/core/credentials/backup/vault-credentials.ts';
import { readAllKeys } from '../../../../main/core/credentials/keys/key-store.ts';
import { passphrase, removeVaults, unlock } from '../vault/vault-parts.ts';
import {
  addWorkContext,
  backupPassphrase,
  type BackupParts,
  newBackups,
  openBackup,
  restartBackups,
  rowsOf,
  save,
} from './backup-parts.ts';

afterEach(removeVaults);

/** Two contexts, three keys of which one is registered. */
async function filled(): Promise<BackupParts> {
  const parts = await newBackups();
  const work = addWorkContext(parts.vault, { current: true });
  const home = addWorkContext(parts.vault, { name: 'Home', host: 'home.example', userId: 'u_7' });
  const key = parts.keys.create(work.id, 'laptop');
  parts.keys.markRegistered(key.kid);
  parts.keys.create(work.id, 'spare');
  parts.keys.create(home.id, 'laptop');
  return parts;
}

function isZero(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0);
}

describe('saving a backup', () => {
  it('writes one file that only its user can read, says how far it is and tells the log', async () => {
    const parts = await filled();
    parts.dialogs.to = parts.backupPath;
    const saved = await parts.backups.save(Buffer.from(backupPassphrase));
    expect(saved).toEqual({ fileName: 'saved.keyhold-backup', contexts: 2, credentials: 3 });
    expect(statSync(parts.backupPath).mode & 0o777).toBe(0o600);
    expect(readdirSync(dirname(parts.backupPath)).sort()).toEqual(['data', 'saved.keyhold-backup']);
    expect([...new Set(parts.progress.map(({ step }) => step))]).toEqual([
      'deriving',
      'credentials',
      'writing',
    ]);
    expect(parts.activity.list({ before: null, limit: 1 }).entries[0]).toMatchObject({
      kind: 'backup.saved',
      detail: '2 contexts, 3 credentials',
    });
    expect(parts.activity.verify().brokenAt).toBeNull();
  });

  it('holds no name, no public key and no seed in clear', async () => {
    const parts = await filled();
    const file = readFileSync(await save(parts));
    for (const word of ['Work', 'kheeper', 'laptop', 'u_42']) expect(file.includes(word)).toBe(false);
    const rows = readAllKeys(parts.vault.sql());
    expect(rows).toHaveLength(3);
    for (const row of rows) {
      const seed = openSeed(parts.vault, row) ?? Buffer.alloc(0);
      expect(seed).toHaveLength(32);
      for (const clear of [row.kid, row.public_key, seed]) expect(file.includes(clear)).toBe(false);
    }
  });

  it('zeroes the passphrase and the keys it derived', async () => {
    const parts = await filled();
    parts.dialogs.to = parts.backupPath;
    const typed = Buffer.from(backupPassphrase);
    const before = parts.kdf.keys.length;
    await parts.backups.save(typed);
    expect(isZero(typed)).toBe(true);
    expect(parts.kdf.keys.length).toBeGreaterThan(before);
    expect(parts.kdf.keys.every(isZero)).toBe(true);
  });

  it.each([
    ['short', 'passphrase_too_short'],
    ['password1234', 'passphrase_too_weak'],
  ])('refuses “%s” as its passphrase', async (weak, code) => {
    const parts = await filled();
    parts.dialogs.to = parts.backupPath;
    await expect(parts.backups.save(Buffer.from(weak))).rejects.toMatchObject({ code });
    expect(existsSync(parts.backupPath)).toBe(false);
  });

  it('is nothing when the user chooses no place', async () => {
    const parts = await filled();
    expect(await parts.backups.save(Buffer.from(backupPassphrase))).toBeNull();
    expect(parts.progress).toEqual([]);
  });

  it('leaves nothing behind when it is cancelled, and keeps an earlier file', async () => {
    const parts = await filled();
    writeFileSync(parts.backupPath, 'an earlier backup');
    parts.dialogs.to = parts.backupPath;
    parts.kdf.meanwhile = () => {
      parts.backups.cancel();
    };
    expect(await parts.backups.save(Buffer.from(backupPassphrase))).toBeNull();
    expect(readFileSync(parts.backupPath, 'utf8')).toBe('an earlier backup');
    expect(parts.backups.status().savedAt).toBeNull();
    await expect.poll(() => parts.kdf.keys.every(isZero)).toBe(true);
  });

  it('ends when the vault is locked meanwhile', async () => {
    const parts = await filled();
    parts.dialogs.to = parts.backupPath;
    parts.kdf.meanwhile = () => {
      parts.vault.lock();
    };
    const saving = parts.backups.save(Buffer.from(backupPassphrase));
    await expect(saving).rejects.toMatchObject({ code: 'vault_locked' });
    expect(existsSync(parts.backupPath)).toBe(false);
  });

  it('says when the place cannot be written to', async () => {
    const parts = await filled();
    parts.dialogs.to = join(parts.backupPath, 'no-folder', 'x');
    writeFileSync(parts.backupPath, '');
    const saving = parts.backups.save(Buffer.from(backupPassphrase));
    await expect(saving).rejects.toMatchObject({ code: 'storage_failed' });
    expect(parts.backups.status().savedAt).toBeNull();
  });

  it('does not write what could not be restored: a seed that is not its row’s', async () => {
    const parts = await filled();
    parts.vault.sql().run(`UPDATE keys SET public_key = ? WHERE label = 'spare'`, randomBytes(32));
    parts.dialogs.to = parts.backupPath;
    const saving = parts.backups.save(Buffer.from(backupPassphrase));
    await expect(saving).rejects.toMatchObject({ code: 'vault_damaged' });
    expect(existsSync(parts.backupPath)).toBe(false);
  });

  it('counts the keys that no backup holds, whatever the clock says', async () => {
    const parts = await filled();
    expect(parts.backups.status()).toEqual({ savedAt: null, newCredentials: 3 });
    await save(parts);
    expect(parts.backups.status()).toEqual({ savedAt: '2026-03-01T12:00:00.000Z', newCredentials: 0 });
    parts.clock.time -= 400 * 86_400_000;
    const [context] = parts.vault.sql().all<{ id: string }>('SELECT id FROM contexts');
    parts.keys.create(context?.id ?? '', 'after it');
    expect(parts.backups.status()).toEqual({ savedAt: '2026-03-01T12:00:00.000Z', newCredentials: 1 });
  });
});

describe('a file that is chosen for restoring', () => {
  const written = (content: string) => (path: string) => {
    writeFileSync(path, content);
  };
  const resized = (bytes: number) => (path: string) => {
    truncateSync(path, bytes);
  };

  it.each([
    ['not there', () => undefined, 'backup_unreadable'],
    ['empty', written(''), 'backup_foreign'],
    ['a picture', written('\x89PNG and more'.repeat(50)), 'backup_foreign'],
    ['cut off', resized(100), 'backup_damaged'],
    ['too large', resized(limits.backupBytes + 1), 'backup_too_large'],
  ] as const)('%s is refused', async (what, change, code) => {
    const parts = await filled();
    if (what !== 'not there') await save(parts);
    change(parts.backupPath);
    parts.dialogs.from = parts.backupPath;
    const before = rowsOf(parts);
    await expect(parts.backups.choose()).rejects.toMatchObject({ code });
    expect(rowsOf(parts)).toEqual(before);
  });

  it('can be given up', async () => {
    expect(await (await filled()).backups.choose()).toBeNull();
  });

  it('opens with its own passphrase only, not with the vault’s', async () => {
    const parts = await filled();
    const path = await save(parts);
    const before = rowsOf(parts);
    const opening = openBackup(parts, path, passphrase);
    await expect(opening).rejects.toMatchObject({ code: 'backup_wrong_passphrase' });
    expect(rowsOf(parts)).toEqual(before);
    expect((await openBackup(parts, path)).preview).toMatchObject({ contexts: 2, credentials: 3 });
    expect(rowsOf(parts)).toEqual(before);
  });

  it('tells neither where it lies nor anything of a key but its label', async () => {
    const parts = await filled();
    parts.dialogs.to = parts.backupPath;
    const saved = await parts.backups.save(Buffer.from(backupPassphrase));
    parts.dialogs.from = parts.backupPath;
    const chosen = await parts.backups.choose();
    const preview = await parts.backups.open(chosen?.fileId ?? '', Buffer.from(backupPassphrase));
    const told = JSON.stringify([saved, chosen, preview]);
    expect(preview).toMatchObject({ contexts: 2, credentials: 3 });
    expect(told).not.toContain(dirname(parts.backupPath));
    for (const { kid, publicKey } of parts.keys.publicKeys()) {
      expect(told).not.toContain(kid);
      expect(told).not.toContain(publicKey.toString('base64url'));
    }
  });

  it('is known by its id alone, and only while the vault stays open', async () => {
    const parts = await filled();
    const { fileId } = await openBackup(parts, await save(parts));
    const gone = { code: 'backup_gone' };
    const other = crypto.randomUUID();
    await expect(parts.backups.open(other, Buffer.from('x'))).rejects.toMatchObject(gone);
    await expect(parts.backups.restore(other, 'merge')).rejects.toMatchObject(gone);
    parts.vault.lock();
    await expect(parts.backups.restore(fileId, 'merge')).rejects.toMatchObject({ code: 'vault_locked' });
    await unlock(parts.vault);
    await expect(parts.backups.restore(fileId, 'merge')).rejects.toMatchObject(gone);
  });

  it('is not restored before it was opened', async () => {
    const parts = await filled();
    parts.dialogs.from = await save(parts);
    const chosen = await parts.backups.choose();
    const restoring = parts.backups.restore(chosen?.fileId ?? '', 'replace');
    await expect(restoring).rejects.toMatchObject({ code: 'backup_gone' });
  });

  it('is left when opening it is cancelled', async () => {
    const parts = await filled();
    parts.dialogs.from = await save(parts);
    const chosen = await parts.backups.choose();
    parts.kdf.meanwhile = () => {
      parts.backups.cancel();
    };
    expect(await parts.backups.open(chosen?.fileId ?? '', Buffer.from(backupPassphrase))).toBeNull();
    const restoring = parts.backups.restore(chosen?.fileId ?? '', 'merge');
    await expect(restoring).rejects.toMatchObject({ code: 'backup_gone' });
  });

  it('is refused when the vault is locked while it opens', async () => {
    const parts = await filled();
    parts.dialogs.from = await save(parts);
    const chosen = await parts.backups.choose();
    parts.kdf.meanwhile = () => {
      parts.vault.lock();
    };
    const opening = parts.backups.open(chosen?.fileId ?? '', Buffer.from(backupPassphrase));
    await expect(opening).rejects.toMatchObject({ code: 'vault_locked' });
  });
});

describe('a backup', () => {
  it('is the same vault again on another computer', async () => {
    const parts = await filled();
    const path = await save(parts);
    const other = await newBackups();
    const { fileId } = await openBackup(other, path);
    expect(await other.backups.restore(fileId, 'merge')).toEqual({
      contexts: 2,
      credentials: 3,
      registries: 2,
    });
    const unsealed = (value: unknown): unknown =>
      JSON.parse(JSON.stringify(value, (name, part: unknown) => (name === 'sealed_seed' ? undefined : part)));
    expect(unsealed(rowsOf(other))).toEqual(unsealed(rowsOf(parts)));
    const again = restartBackups(other);
    await unlock(again.vault);
    for (const { kid } of readAllKeys(again.vault.sql())) {
      expect(again.keys.signJwt(kid, { typ: 'JWT', alg: 'Ed25519' }, {})).toMatch(/^ey/);
    }
  });
});

describe('deleting the copies', () => {
  it('leaves none, and is told to the log once', async () => {
    const parts = await filled();
    parts.copies.keepDaily();
    parts.copies.keep();
    parts.file.backup('.schema-2', parts.vault.sql());
    parts.backups.removeCopies();
    expect(parts.vaultFolder.copies()).toEqual([]);
    expect(existsSync(`${parts.path}.schema-2`)).toBe(false);
    const newest = (): unknown => parts.activity.list({ before: null, limit: 1 }).entries[0];
    expect(newest()).toMatchObject({ kind: 'vault.copies_removed', detail: '3 copies' });
    const before = newest();
    parts.backups.removeCopies();
    expect(newest()).toEqual(before);
  });
});
