import { mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import {
  addContext,
  newVault,
  passphrase,
  removeVaults,
  restart,
  unlock,
  type VaultParts,
  vaultParts,
} from '../vault/vault-parts.ts';

afterEach(removeVaults);

const dayMs = 86_400_000;

function copyFolder({ path }: VaultParts): string {
  return join(dirname(path), 'copies');
}

describe('the copy of the day', () => {
  it('is made some time after unlocking, once a day, for the user alone', async () => {
    const made = await newVault();
    addContext(made.vault);
    const parts = restart(made);
    await unlock(parts.vault);
    expect(parts.vaultFolder.copies()).toEqual([]);
    parts.clock.runPlanned();
    expect(parts.vaultFolder.copies()).toEqual(['vault-2026-03-01.db']);
    expect(parts.copies.summary()).toEqual({ copies: 1, newestCopy: '2026-03-01' });
    expect(statSync(copyFolder(parts)).mode & 0o777).toBe(0o700);
    const copy = join(copyFolder(parts), 'vault-2026-03-01.db');
    expect(statSync(copy).mode & 0o777).toBe(0o600);
    expect(readdirSync(copyFolder(parts))).toEqual(['vault-2026-03-01.db']);

    const before = readFileSync(copy);
    addContext(parts.vault, 'context-2', 'Home');
    parts.vault.lock();
    await unlock(parts.vault);
    parts.clock.runPlanned();
    expect(readFileSync(copy).equals(before)).toBe(true);
    parts.clock.time += dayMs;
    parts.vault.lock();
    await unlock(parts.vault);
    parts.clock.runPlanned();
    expect(parts.vaultFolder.copies()).toEqual(['vault-2026-03-02.db', 'vault-2026-03-01.db']);
  });

  it('opens with the passphrase and holds what was in the vault', async () => {
    const parts = await newVault();
    const contextId = addContext(parts.vault);
    const { kid } = parts.keys.create(contextId, 'laptop');
    parts.copies.keepDaily();
    const other = vaultParts();
    mkdirSync(dirname(other.path), { recursive: true });
    writeFileSync(other.path, readFileSync(join(copyFolder(parts), 'vault-2026-03-01.db')));
    await unlock(other.vault);
    expect(other.keys.signJwt(kid, { typ: 'JWT', alg: 'Ed25519' }, {})).toMatch(/^ey/);
    expect(other.activity.verify().brokenAt).toBeNull();
  });

  it('is the last of seven that are kept', async () => {
    const parts = await newVault();
    for (let day = 1; day <= 10; day += 1) {
      parts.copies.keepDaily();
      parts.clock.time += dayMs;
    }
    const days = [10, 9, 8, 7, 6, 5, 4].map((day) => `vault-2026-03-${String(day).padStart(2, '0')}.db`);
    expect(parts.vaultFolder.copies()).toEqual(days);
  });

  it('is not pushed out by copies from before changes, nor do those pile up', async () => {
    const parts = await newVault();
    parts.copies.keepDaily();
    for (let change = 0; change < 12; change += 1) {
      parts.clock.time += 1000;
      parts.copies.keep();
    }
    expect(parts.vaultFolder.copies()).toHaveLength(8);
    expect(parts.vaultFolder.copies()).toContain('vault-2026-03-01.db');
    expect(parts.vaultFolder.copies()).toContain('vault-2026-03-01T120012Z.db');
  });

  it('is made although a clock that was set back dates it before all others', async () => {
    const parts = await newVault();
    for (let day = 0; day < 7; day += 1) {
      parts.copies.keepDaily();
      parts.clock.time += dayMs;
    }
    parts.clock.time = Date.parse('1970-01-02T00:00:00Z');
    parts.copies.keepDaily();
    expect(parts.vaultFolder.copies()).toContain('vault-1970-01-02.db');
    expect(parts.vaultFolder.copies()).toHaveLength(7);
  });

  it('does not hinder unlocking when it cannot be made', async () => {
    const parts = restart(await newVault());
    writeFileSync(copyFolder(parts), 'a file where the folder should be');
    await unlock(parts.vault);
    parts.clock.runPlanned();
    expect(parts.vault.isUnlocked).toBe(true);
  });

  it('is not made of a file with a bad page', async () => {
    const parts = await newVault();
    for (let index = 0; index < 40; index += 1) addContext(parts.vault, `context-${index}`, `Name ${index}`);
    parts.vault.close();
    const bytes = readFileSync(parts.path);
    bytes.fill(0xff, bytes.length / 2, bytes.length / 2 + 4096);
    writeFileSync(parts.path, bytes);
    expect(() => {
      parts.copies.keepDaily();
    }).toThrow('vault_damaged');
    expect(parts.vaultFolder.copies()).toEqual([]);
  });
});

describe('the good copies', () => {
  it('are those that pass the checks, newest first, with how much is in them', async () => {
    const parts = await newVault();
    parts.copies.keepDaily();
    parts.clock.time += dayMs;
    const contextId = addContext(parts.vault);
    parts.keys.create(contextId, 'laptop');
    parts.copies.keepDaily();
    for (const name of ['vault-2026-03-03.db', 'vault-2026-03-04.db', 'vault-2026-03-05.db']) {
      writeFileSync(
        join(copyFolder(parts), name),
        readFileSync(join(copyFolder(parts), 'vault-2026-03-02.db')),
      );
    }
    truncateSync(join(copyFolder(parts), 'vault-2026-03-03.db'), 5000);
    const newer = new Database(join(copyFolder(parts), 'vault-2026-03-04.db'));
    newer.exec('PRAGMA user_version = 1000');
    newer.close();
    const headless = new Database(join(copyFolder(parts), 'vault-2026-03-05.db'));
    headless.exec('DELETE FROM vault_header');
    headless.close();
    writeFileSync(join(copyFolder(parts), 'vault-notes.db'), 'not ours');
    expect(parts.copies.good()).toEqual([
      {
        copy: 'vault-2026-03-02.db',
        day: '2026-03-02',
        upTo: '2026-03-02T12:00:00.000Z',
        contexts: 1,
        credentials: 1,
      },
      {
        copy: 'vault-2026-03-01.db',
        day: '2026-03-01',
        upTo: '2026-03-01T12:00:00.000Z',
        contexts: 0,
        credentials: 0,
      },
    ]);
  });
});

describe('re-keying', () => {
  it('keeps a copy, but not for a wrong passphrase', async () => {
    const parts = await newVault();
    await expect(parts.slots.rekey(Buffer.from('not the passphrase'))).rejects.toMatchObject({
      code: 'wrong_passphrase',
    });
    expect(parts.vaultFolder.copies()).toEqual([]);
    await parts.slots.rekey(Buffer.from(passphrase));
    expect(parts.vaultFolder.copies()).toEqual(['vault-2026-03-01T120000Z.db']);
  });

  it('does not begin when the copy cannot be made', async () => {
    const parts = await newVault();
    writeFileSync(copyFolder(parts), 'a file where the folder should be');
    const before = parts.vault.sql().get('SELECT * FROM vault_header');
    await expect(parts.slots.rekey(Buffer.from(passphrase))).rejects.toMatchObject({
      code: 'storage_failed',
    });
    expect(parts.vault.sql().get('SELECT * FROM vault_header')).toEqual(before);
  });
});
