import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SqliteVaultFile } from '../../../../main/adapters/vault-file.ts';
import type { Sql } from '../../../../main/core/ports.ts';

let root: string;
let path: string;
let file: SqliteVaultFile;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'keyhold-file-'));
  path = join(root, 'data', 'vault.db');
  file = new SqliteVaultFile(path, null);
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

const fill = (sql: Sql): void => {
  sql.exec('CREATE TABLE notes (text TEXT)');
  sql.run('INSERT INTO notes VALUES (?)', 'kept');
};

function mode(name: string): number {
  return statSync(name).mode & 0o777;
}

function filesBeside(): string[] {
  return readdirSync(dirname(path)).sort();
}

describe('a new vault file', () => {
  it.each([0o000, 0o022, 0o077, 0o277])(
    'belongs to the user alone under umask %o, with its folder',
    (mask) => {
      const before = process.umask(mask);
      try {
        file.create(fill);
        expect(mode(path)).toBe(0o600);
        const sql = file.open();
        sql.run('INSERT INTO notes VALUES (?)', 'more');
        expect(filesBeside()).toEqual(['vault.db', 'vault.db-wal']);
        for (const name of filesBeside()) expect(mode(join(dirname(path), name))).toBe(0o600);
        expect(mode(dirname(path))).toBe(0o700);
        sql.close();
      } finally {
        process.umask(before);
      }
    },
  );

  it('is alone in its folder: whole, with no log left over', () => {
    file.create(fill);
    expect(filesBeside()).toEqual(['vault.db']);
  });

  it('does not appear when it could not be filled', () => {
    expect(() => {
      file.create((sql) => {
        fill(sql);
        throw new Error('out of ideas');
      });
    }).toThrow('out of ideas');
    expect(filesBeside()).toEqual([]);
    expect(file.exists()).toBe(false);
  });

  it('does not replace one that is there', () => {
    file.create(fill);
    const before = readFileSync(path);
    expect(() => {
      file.create(fill);
    }).toThrow('vault_exists');
    expect(readFileSync(path)).toEqual(before);
    expect(filesBeside()).toEqual(['vault.db']);
  });

  it('is not disturbed by what a killed run left behind', () => {
    mkdirSync(dirname(path));
    for (const suffix of ['', '-wal', '-shm', '-journal'])
      writeFileSync(`${path}.new${suffix}`, 'half of a vault');
    file.create(fill);
    expect(filesBeside()).toEqual(['vault.db']);
    const sql = file.openReadOnly();
    expect(sql.all('SELECT text FROM notes')).toEqual([{ text: 'kept' }]);
    sql.close();
  });
});

describe('an open vault file', () => {
  it('has the pragmas that keep it safe', () => {
    file.create(fill);
    const sql = file.open();
    expect(sql.get('PRAGMA journal_mode')).toEqual({ journal_mode: 'wal' });
    expect(sql.get('PRAGMA synchronous')).toEqual({ synchronous: 2 });
    expect(sql.get('PRAGMA secure_delete')).toEqual({ secure_delete: 1 });
    expect(sql.get('PRAGMA foreign_keys')).toEqual({ foreign_keys: 1 });
    expect(sql.get('PRAGMA temp_store')).toEqual({ temp_store: 2 });
    expect(sql.get('PRAGMA trusted_schema')).toEqual({ trusted_schema: 0 });
    sql.close();
  });

  it('takes back rights that others were given', () => {
    file.create(fill);
    chmodSync(path, 0o644);
    chmodSync(dirname(path), 0o755);
    file.open().close();
    expect(mode(path)).toBe(0o600);
    expect(mode(dirname(path))).toBe(0o700);
  });

  it('is not made when it is missing', () => {
    expect(() => file.open()).toThrow('storage_failed');
    expect(() => file.openReadOnly()).toThrow('storage_failed');
    expect(existsSync(path)).toBe(false);
  });

  it('is as it was before a change that broke off where there is no log', () => {
    file.create(fill);
    const database = new Database(path);
    database.exec('PRAGMA journal_mode = DELETE; PRAGMA cache_size = 1; BEGIN');
    const add = database.prepare('INSERT INTO notes VALUES (hex(randomblob(3000)))');
    for (let count = 0; count < 50; count += 1) add.run();
    for (const suffix of ['', '-journal']) copyFileSync(`${path}${suffix}`, `${path}.killed${suffix}`);
    database.close();
    for (const suffix of ['', '-journal']) copyFileSync(`${path}.killed${suffix}`, `${path}${suffix}`);
    const sql = file.openReadOnly();
    expect(sql.all('SELECT text FROM notes')).toEqual([{ text: 'kept' }]);
    sql.close();
  });

  it.each(['', '-journal'])('waits for no pipe in the place of vault.db%s', (suffix) => {
    file.create(fill);
    rmSync(`${path}${suffix}`, { force: true });
    execFileSync('mkfifo', [`${path}${suffix}`]);
    expect(() => file.openReadOnly()).toThrow('vault_damaged');
    if (suffix === '') expect(() => file.open()).toThrow('vault_damaged');
  });

  it('refuses to be written to when it was opened for a look', () => {
    file.create(fill);
    const sql = file.openReadOnly();
    expect(() => sql.run('DELETE FROM notes')).toThrow('storage_failed');
    sql.close();
  });
});

describe('a copy of a vault file', () => {
  it('has what was written up to then, while the file is open', () => {
    file.create(fill);
    const sql = file.open();
    sql.run('INSERT INTO notes VALUES (?)', 'only in the log so far');
    file.backup('.copy', sql);
    sql.run('DELETE FROM notes');
    sql.close();
    const copy = new SqliteVaultFile(`${path}.copy`, null).openReadOnly();
    expect(copy.all('SELECT text FROM notes')).toHaveLength(2);
    copy.close();
    expect(mode(`${path}.copy`)).toBe(0o600);
  });

  it('replaces an earlier one of the same name', () => {
    file.create(fill);
    const sql = file.open();
    file.backup('.copy', sql);
    sql.run('INSERT INTO notes VALUES (?)', 'later');
    file.backup('.copy', sql);
    sql.close();
    const copy = new SqliteVaultFile(`${path}.copy`, null).openReadOnly();
    expect(copy.all('SELECT text FROM notes')).toHaveLength(2);
    copy.close();
  });
});
