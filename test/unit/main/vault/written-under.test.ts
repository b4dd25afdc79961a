import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { KeyholdError } from '../../../../contracts/errors.ts';
import { attacked, filledVault } from './attacked-vault.ts';
import { passphrase, removeVaults, restart, unlock } from './vault-parts.ts';

afterAll(removeVaults);

/** Writes other bytes of the same length into a file, past SQLite and its locks. */
function overwrite(path: string, from: string, to: string): void {
  const text = readFileSync(path, 'latin1');
  expect(text).toContain(from);
  writeFileSync(path, text.replaceAll(from, to), 'latin1');
}

describe('a file that is written under', () => {
  it.each(['a locked', 'an unlocked'])(
    '%s vault changes nothing of it, and is found at the next start',
    async (which) => {
      const parts = attacked(await filledVault(), () => undefined);
      if (which === 'an unlocked') await unlock(parts.vault);
      // As it does by itself a moment after the file was opened.
      else parts.vault.status();
      parts.clock.runPlanned();
      overwrite(parts.path, 'kheeper.example', 'kheevil.example');
      await unlock(parts.vault);
      const sql = parts.vault.sql();
      sql.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      parts.activity.append({ kind: 'token.minted' });
      const hosts = [...Array<string>(4).fill('kheeper.example'), 'registry.example:5000'].map((host) => ({
        host,
      }));
      // By the index alone, and by the table.
      expect(sql.all('SELECT host FROM contexts ORDER BY host')).toEqual(hosts);
      expect(sql.all('SELECT host FROM contexts NOT INDEXED ORDER BY host')).toEqual(hosts);
      const again = restart(parts);
      await expect(unlock(again.vault)).rejects.toMatchObject({ code: 'vault_damaged' });
    },
  );

  it('an unlocked vault locks when it has to read it again, after a change that failed', async () => {
    const parts = attacked(await filledVault(), () => undefined);
    await unlock(parts.vault);
    const sql = parts.vault.sql();
    const fail = (): void => {
      sql.transaction(() => {
        sql.run(`UPDATE contexts SET label = 'x'`);
        throw new Error('the disk is full');
      });
    };
    expect(fail).toThrow('the disk is full');
    expect(parts.vault.isUnlocked).toBe(true);
    overwrite(parts.path, 'kheeper.example', 'kheevil.example');
    expect(fail).toThrow('the disk is full');
    expect(parts.vault.status()).toEqual({ state: 'damaged', retryAfterMs: 0, changed: true });
    expect(parts.activity.list({ before: null, limit: 1 }).entries).toMatchObject([
      { kind: 'vault.locked', detail: 'file changed' },
    ]);
    await expect(unlock(restart(parts).vault)).rejects.toMatchObject({ code: 'vault_damaged' });
  });

  it('an unlocked vault that cannot be read again locks as well, and is not called changed', async () => {
    const parts = attacked(await filledVault(), () => undefined);
    await unlock(parts.vault);
    const sql = parts.vault.sql();
    const broken = vi.spyOn(sql, 'checkPages').mockImplementation(() => {
      throw new KeyholdError('storage_failed');
    });
    expect(() => {
      sql.transaction(() => {
        throw new Error('the disk is gone');
      });
    }).toThrow('the disk is gone');
    expect(parts.vault.status()).toEqual({ state: 'locked', retryAfterMs: 0, changed: false });
    expect(parts.activity.list({ before: null, limit: 1 }).entries).toMatchObject([
      { kind: 'vault.locked', detail: 'storage failed' },
    ]);
    broken.mockRestore();
    await unlock(parts.vault);
    expect(parts.vault.isUnlocked).toBe(true);
  });

  it('an unlocked vault stays locked when that is found while its keys are being changed', async () => {
    const parts = attacked(await filledVault(), () => undefined);
    await unlock(parts.vault);
    const before = parts.vault.session.keyring();
    const sql = parts.vault.sql();
    sql.exec('CREATE TEMP TRIGGER full BEFORE UPDATE ON vault_header BEGIN SELECT raise(ABORT, 1); END');
    overwrite(parts.path, 'laptop', 'laptip');
    await expect(parts.slots.rekey(Buffer.from(passphrase))).rejects.toThrow();
    expect(parts.vault.status()).toMatchObject({ state: 'damaged', changed: true });
    expect(before.copyDataKey()).toEqual(Buffer.alloc(32));
  });

  it('a closed vault by its log is found as well', async () => {
    const parts = attacked(await filledVault(), () => undefined);
    const database = new Database(parts.path);
    database.pragma('journal_mode = WAL');
    database.exec(`UPDATE contexts SET label = 'prod'`);
    // As it is after a crash: the change lies in the log alone.
    for (const suffix of ['', '-wal'])
      copyFileSync(`${parts.path}${suffix}`, `${parts.path}.crashed${suffix}`);
    database.close();
    for (const suffix of ['', '-wal'])
      copyFileSync(`${parts.path}.crashed${suffix}`, `${parts.path}${suffix}`);
    expect(parts.vault.status().state).toBe('locked');
    await expect(unlock(parts.vault)).rejects.toMatchObject({ code: 'vault_damaged' });
  });
});
