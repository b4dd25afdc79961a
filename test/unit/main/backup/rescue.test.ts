import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import { passphrase, removeVaults, unlock } from '../vault/vault-parts.ts';
import { addWorkContext, type BackupParts, newBackups, restartBackups } from './backup-parts.ts';

afterEach(removeVaults);

const aside = 'vault.db.damaged-2026-03-03T120000Z';

/** A vault of one key with a copy of it, to which another key was added before the file was damaged. */
async function damaged(): Promise<BackupParts & { kid: string; bytes: Buffer }> {
  const parts = await newBackups();
  const { id } = addWorkContext(parts.vault, { current: true });
  const { kid } = parts.keys.create(id, 'laptop');
  parts.copies.keepDaily();
  parts.clock.time += 86_400_000;
  parts.keys.create(id, 'too new');
  parts.vault.close();
  truncateSync(parts.path, 9000);
  const again = restartBackups(parts);
  again.clock.time += 86_400_000;
  expect(again.vault.status().state).toBe('damaged');
  return { ...again, kid, bytes: readFileSync(parts.path) };
}

/** All but what SQLite makes beside a file when it looks into it. */
function filesOf({ path }: BackupParts): string[] {
  return readdirSync(dirname(path))
    .filter((name) => !/-(wal|shm)$/.test(name))
    .sort();
}

function logOf({ activity }: BackupParts): { kind: string; detail: string | null }[] {
  return activity.list({ before: null, limit: 10 }).entries.map(({ kind, detail }) => ({ kind, detail }));
}

describe('a damaged vault', () => {
  it('is set aside to the byte, and a copy takes its place', async () => {
    const parts = await damaged();
    let told = 0;
    parts.rescue.onChange(() => {
      told += 1;
    });
    const [copy, ...others] = parts.rescue.copies();
    expect(others).toEqual([]);
    expect(copy).toEqual({
      copy: 'vault-2026-03-01.db',
      day: '2026-03-01',
      upTo: '2026-03-01T12:00:00.000Z',
      contexts: 1,
      credentials: 1,
    });
    parts.rescue.useCopy(copy?.copy ?? '');
    expect(told).toBe(1);
    expect(readFileSync(join(dirname(parts.path), aside)).equals(parts.bytes)).toBe(true);
    expect(parts.vault.status().state).toBe('locked');
    await unlock(parts.vault);
    expect(parts.keys.signJwt(parts.kid, { typ: 'JWT', alg: 'Ed25519' }, {})).toMatch(/^ey/);
    expect(logOf(parts).slice(0, 3)).toEqual([
      { kind: 'vault.set_aside', detail: aside },
      { kind: 'vault.unlocked', detail: null },
      { kind: 'vault.copy_used', detail: 'copy of 2026-03-01' },
    ]);
    expect(parts.activity.verify().brokenAt).toBeNull();
    expect(parts.vaultFolder.copies()).toEqual(['vault-2026-03-01.db']);
    expect(parts.rescue.copies()).toEqual([]);
  });

  it('is set aside with its log and its journal', async () => {
    const parts = await damaged();
    writeFileSync(`${parts.path}-wal`, 'what was in the log');
    writeFileSync(`${parts.path}-journal`, 'what was in a journal');
    parts.rescue.useCopy('vault-2026-03-01.db');
    expect(readFileSync(join(dirname(parts.path), `${aside}-wal`), 'utf8')).toBe('what was in the log');
    expect(existsSync(`${parts.path}-journal`)).toBe(false);
    expect(readFileSync(join(dirname(parts.path), `${aside}-journal`), 'utf8')).toBe('what was in a journal');
    await unlock(parts.vault);
  });

  it('is never put over another that was set aside in the same second', async () => {
    const parts = await damaged();
    writeFileSync(join(dirname(parts.path), aside), 'an earlier one');
    writeFileSync(join(dirname(parts.path), `${aside}-2-wal`), 'and what is left of another');
    parts.rescue.setAside();
    expect(readFileSync(join(dirname(parts.path), aside), 'utf8')).toBe('an earlier one');
    expect(readFileSync(join(dirname(parts.path), `${aside}-3`)).equals(parts.bytes)).toBe(true);
  });

  it('is set aside for a new vault, whose log tells of it once', async () => {
    const parts = await damaged();
    parts.rescue.setAside();
    expect(parts.vault.status().state).toBe('missing');
    expect(filesOf(parts)).toEqual(['copies', aside]);
    await parts.vault.create(Buffer.from(passphrase));
    expect(logOf(parts)).toEqual([
      { kind: 'vault.set_aside', detail: aside },
      { kind: 'vault.created', detail: null },
    ]);
    const again = restartBackups(parts);
    await unlock(again.vault);
    expect(logOf(again).filter(({ kind }) => kind === 'vault.set_aside')).toHaveLength(1);
  });

  it('stays where it is when no copy is good', async () => {
    const parts = await damaged();
    truncateSync(join(dirname(parts.path), 'copies', 'vault-2026-03-01.db'), 5000);
    expect(parts.rescue.copies()).toEqual([]);
    expect(() => {
      parts.rescue.useCopy('vault-2026-03-01.db');
    }).toThrow('copy_gone');
    expect(() => {
      parts.rescue.useCopy('vault-2020-01-01.db');
    }).toThrow('copy_gone');
    expect(readFileSync(parts.path).equals(parts.bytes)).toBe(true);
    expect(filesOf(parts)).toEqual(['copies', 'vault.db']);
  });

  it('is looked at anew when its file was put back by hand', async () => {
    const parts = await damaged();
    copyFileSync(join(dirname(parts.path), 'copies', 'vault-2026-03-01.db'), parts.path);
    parts.rescue.checkAgain();
    expect(parts.vault.status().state).toBe('locked');
    await unlock(parts.vault);
  });
});

describe('a vault that is found damaged only when it is unlocked', () => {
  it('counts as damaged until its file is another one', async () => {
    const made = await newBackups();
    made.copies.keepDaily();
    made.vault.close();
    const database = new Database(made.path);
    database.exec(`UPDATE vault_header SET mac = zeroblob(32)`);
    database.close();
    const parts = restartBackups(made);
    expect(parts.vault.status().state).toBe('locked');
    let told = 0;
    parts.vault.onChange(() => {
      told += 1;
    });
    await expect(unlock(parts.vault)).rejects.toMatchObject({ code: 'vault_damaged' });
    expect(told).toBe(1);
    expect(parts.vault.status().state).toBe('damaged');
    parts.clock.runPlanned();
    expect(parts.vaultFolder.copies()).toEqual(['vault-2026-03-01.db']);
    parts.rescue.useCopy('vault-2026-03-01.db');
    await unlock(parts.vault);
  });
});

describe('a vault that is in order', () => {
  it.each(['unlocked', 'locked'] as const)('while %s cannot be set aside, nor replaced', async (state) => {
    const parts = await newBackups();
    parts.copies.keepDaily();
    if (state === 'locked') parts.vault.lock();
    expect(parts.rescue.copies()).toEqual([]);
    expect(() => {
      parts.rescue.setAside();
    }).toThrow('rescue_not_needed');
    expect(() => {
      parts.rescue.useCopy('vault-2026-03-01.db');
    }).toThrow('rescue_not_needed');
    parts.rescue.checkAgain();
    expect(parts.vault.status().state).toBe(state);
  });

  it('but of a newer Keyhold is left alone', async () => {
    const made = await newBackups();
    made.copies.keepDaily();
    made.vault.sql().exec('PRAGMA user_version = 1000');
    const parts = restartBackups(made);
    expect(parts.vault.status().state).toBe('newer');
    expect(parts.rescue.copies()).toEqual([]);
    expect(() => {
      parts.rescue.setAside();
    }).toThrow('rescue_not_needed');
  });
});

describe('a vault file that is gone', () => {
  it('can be taken from a copy', async () => {
    const made = await newBackups();
    made.copies.keepDaily();
    made.vault.close();
    rmSync(made.path);
    writeFileSync(`${made.path}-wal`, 'a log without its file');
    const parts = restartBackups(made);
    expect(parts.vault.status().state).toBe('missing');
    expect(() => {
      parts.rescue.setAside();
    }).toThrow('rescue_not_needed');
    parts.rescue.useCopy('vault-2026-03-01.db');
    expect(existsSync(join(dirname(parts.path), 'vault.db.damaged-2026-03-01T120000Z'))).toBe(false);
    await unlock(parts.vault);
  });
});
