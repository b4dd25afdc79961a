import type Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrations } from '../../../../main/core/vault/migrations.ts';
import { attacked, filledVault, vaultOfSchema } from './attacked-vault.ts';
import { removeVaults, unlock, type VaultParts } from './vault-parts.ts';

let filled: VaultParts;

beforeAll(async () => {
  filled = await filledVault();
});
afterAll(removeVaults);

/** The file is refused before anybody types a passphrase. */
async function expectRefused(parts: VaultParts): Promise<void> {
  expect(parts.vault.status().state).toBe('damaged');
  await expect(unlock(parts.vault)).rejects.toMatchObject({ code: 'vault_damaged' });
  expect(parts.kdf.keys).toHaveLength(0);
}

describe('a schema', () => {
  it('has no comments, which would end elsewhere with other white space', () => {
    for (const { sql } of migrations) expect(sql).not.toMatch(/--|\/\*/);
  });

  it.each([
    [
      'a trigger',
      `CREATE TRIGGER t AFTER INSERT ON activity BEGIN DELETE FROM activity WHERE seq = new.seq; END`,
    ],
    ['a view', 'CREATE VIEW v AS SELECT * FROM keys'],
    ['an index', 'CREATE INDEX i ON contexts (name)'],
    ['a table', 'CREATE TABLE notes (text TEXT)'],
    ['a virtual table', 'CREATE VIRTUAL TABLE f USING fts5(text)'],
    ['statistics', 'ANALYZE'],
    ['a column', 'ALTER TABLE contexts ADD COLUMN flavour TEXT'],
    ['a generated column', `ALTER TABLE contexts ADD COLUMN g TEXT GENERATED ALWAYS AS (host) VIRTUAL`],
    ['no index', 'DROP INDEX contexts_by_host'],
    [
      'another default',
      `PRAGMA writable_schema = ON;
       UPDATE sqlite_schema SET sql = replace(sql, 'DEFAULT ''made''', 'DEFAULT ''imported''') WHERE name = 'keys'`,
    ],
    [
      'no constraint',
      `PRAGMA writable_schema = ON;
       UPDATE sqlite_schema SET sql = replace(sql, 'ON DELETE CASCADE', '') WHERE name = 'keys'`,
    ],
  ])('that has %s is refused', async (_what, change) => {
    await expectRefused(attacked(filled, (database) => database.unsafeMode().exec(change)));
  });

  it.each([
    ['smaller pages', 'PRAGMA page_size = 512'],
    ['larger pages', 'PRAGMA page_size = 65536'],
    ['pages that move', 'PRAGMA auto_vacuum = FULL'],
  ])('in a file of %s is refused', async (_what, form) => {
    await expectRefused(
      attacked(filled, (database) => database.exec(`PRAGMA journal_mode = DELETE; ${form}; VACUUM`)),
    );
  });

  it('of an earlier version is refused as well, before anything of it runs', async () => {
    for (const version of [1, 2] as const) {
      await expectRefused(
        attacked(vaultOfSchema(version), (database) => {
          database.exec(`CREATE TRIGGER t AFTER UPDATE ON contexts BEGIN DELETE FROM activity; END`);
        }),
      );
    }
  });

  it('with an index that leaves a row out, or points to another one, is refused', async () => {
    const without = (name: string, change: string) => (database: Database.Database) => {
      database.unsafeMode();
      const row = database
        .prepare<[string], Record<string, unknown>>('SELECT * FROM sqlite_schema WHERE name = ?')
        .get(name);
      database.pragma('writable_schema = ON');
      database.prepare('DELETE FROM sqlite_schema WHERE name = ?').run(name);
      database.pragma('writable_schema = RESET');
      database.exec(change);
      database.pragma('writable_schema = ON');
      const columns = Object.keys(row ?? {});
      database
        .prepare(`INSERT INTO sqlite_schema (${columns.join()}) VALUES (${columns.map(() => '?').join()})`)
        .run(...Object.values(row ?? {}));
    };
    await expectRefused(
      attacked(filled, without('contexts_by_host', `UPDATE contexts SET host = 'x' WHERE name = 'Work'`)),
    );
    await expectRefused(
      attacked(filled, without('keys_by_context', `UPDATE keys SET context_id = 'x' WHERE label = 'laptop'`)),
    );
  });
});
