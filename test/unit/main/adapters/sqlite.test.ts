import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KeyholdError } from '../../../../contracts/errors.ts';
import { SqliteVaultFile } from '../../../../main/adapters/vault-file.ts';
import type { Sql } from '../../../../main/core/ports.ts';

let folder: string;
let sql: Sql;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keyhold-sqlite-'));
  const file = new SqliteVaultFile(join(folder, 'data', 'vault.db'), null);
  file.create((fresh) => {
    fresh.exec('CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT UNIQUE, data BLOB) STRICT');
  });
  sql = file.open();
});
afterEach(() => {
  sql.close();
  rmSync(folder, { recursive: true });
});

function add(text: string): void {
  sql.run('INSERT INTO notes (text) VALUES (?)', text);
}

function texts(): string[] {
  return sql.all<{ text: string }>('SELECT text FROM notes ORDER BY id').map((row) => row.text);
}

describe('a database', () => {
  it('gives back texts, numbers, null and bytes as they were', () => {
    expect(sql.run('INSERT INTO notes VALUES (?, ?, ?)', 7, null, Buffer.from([0, 255]))).toEqual({
      changes: 1,
    });
    expect(sql.get('SELECT * FROM notes')).toEqual({ id: 7, text: null, data: Buffer.from([0, 255]) });
    expect(sql.get('SELECT * FROM notes WHERE id = ?', 8)).toBeUndefined();
  });

  it('keeps all of a transaction or nothing', () => {
    sql.transaction(() => {
      add('one');
      add('two');
    });
    expect(() => {
      sql.transaction(() => {
        add('three');
        add('one');
      });
    }).toThrow('UNIQUE');
    expect(texts()).toEqual(['one', 'two']);
  });

  it('takes back an inner transaction alone when the outer one goes on', () => {
    sql.transaction(() => {
      add('outer');
      try {
        sql.transaction(() => {
          add('inner');
          throw new Error('not this one');
        });
      } catch {
        add('after');
      }
    });
    expect(texts()).toEqual(['outer', 'after']);
  });

  it('keeps everybody else out until it is closed', () => {
    const other = new Database(join(folder, 'data', 'vault.db'), { timeout: 0 });
    expect(() => other.exec('BEGIN IMMEDIATE')).toThrow('locked');
    expect(() => other.exec('SELECT * FROM sqlite_schema')).toThrow('locked');
    sql.close();
    other.exec('BEGIN IMMEDIATE; ROLLBACK');
    other.close();
  });

  it('answers what the work of a transaction answers', () => {
    expect(sql.transaction(() => 42)).toBe(42);
  });

  it("leaves the caller's own mistakes as they are and names those of the disk", () => {
    add('one');
    expect(() => {
      add('one');
    }).not.toThrow(KeyholdError);
    sql.exec('PRAGMA max_page_count = 1');
    const fillDisk = (): void => {
      sql.run('INSERT INTO notes (data) VALUES (?)', Buffer.alloc(100_000));
    };
    expect(fillDisk).toThrow(expect.objectContaining({ code: 'storage_failed' }) as Error);
  });
});
