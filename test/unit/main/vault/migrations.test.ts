import { existsSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import { migrate, migrations, requireKnownSchema } from '../../../../main/core/vault/migrations.ts';
import { addContext, newVault, removeVaults, restart } from './vault-parts.ts';

afterEach(removeVaults);

const next = { version: 2, sql: 'ALTER TABLE contexts ADD COLUMN colour TEXT' };
const broken = { version: 3, sql: 'ALTER TABLE nowhere ADD COLUMN colour TEXT' };

describe('a migration', () => {
  it('keeps the rows, raises the version and leaves a copy of the file as it was', async () => {
    const { vault, file, path } = await newVault();
    addContext(vault);
    migrate(file, vault.sql(), [...migrations, next]);
    expect(vault.sql().get('SELECT name, colour FROM contexts')).toEqual({ name: 'Work', colour: null });
    expect(vault.sql().get('PRAGMA user_version')).toEqual({ user_version: 2 });
    const copy = new Database(`${path}.schema-1`, { readonly: true });
    expect(copy.prepare('SELECT * FROM contexts').all()).toHaveLength(1);
    expect(copy.pragma('user_version', { simple: true })).toBe(1);
    expect(copy.pragma('application_id', { simple: true })).toBe(0x4b484c44);
    copy.close();
    expect(statSync(`${path}.schema-1`).mode & 0o777).toBe(0o600);
  });

  it('that fails half-way changes nothing', async () => {
    const parts = await newVault();
    const { vault, file } = parts;
    expect(() => {
      migrate(file, vault.sql(), [...migrations, next, broken]);
    }).toThrow('nowhere');
    expect(vault.sql().get('PRAGMA user_version')).toEqual({ user_version: 1 });
    expect(restart(parts).vault.status().state).toBe('locked');
  });

  it('can be tried again after it failed', async () => {
    const { vault, file } = await newVault();
    expect(() => {
      migrate(file, vault.sql(), [...migrations, next, broken]);
    }).toThrow('nowhere');
    migrate(file, vault.sql(), [...migrations, next]);
    expect(vault.sql().get('PRAGMA user_version')).toEqual({ user_version: 2 });
  });

  it('is not needed, and no copy is made, when the file is up to date', async () => {
    const parts = await newVault();
    const again = restart(parts);
    expect(again.vault.status().state).toBe('locked');
    expect(existsSync(`${parts.path}.schema-1`)).toBe(false);
  });
});

describe('the known schema', () => {
  it('ends with the newest migration', async () => {
    const { vault } = await newVault();
    requireKnownSchema(vault.sql());
    vault.sql().exec('PRAGMA user_version = 2');
    expect(() => {
      requireKnownSchema(vault.sql());
    }).toThrow('vault_newer');
    requireKnownSchema(vault.sql(), [...migrations, next]);
  });
});
