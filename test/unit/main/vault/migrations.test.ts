import { copyFileSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { KeyholdError } from '../../../../contracts/errors.ts';
import { readAllKeys } from '../../../../main/core/credentials/keys/key-store.ts';
import { readAllSessions, sessionPlace } from '../../../../main/core/credentials/sessions/session-store.ts';
import { readContexts } from '../../../../main/core/contexts/context-store.ts';
import { readUnrevoked } from '../../../../main/core/credentials/unrevoked/unrevoked-store.ts';
import { readRoles, writeRole } from '../../../../main/core/rules/role-store.ts';
import { migrate, migrations, requireKnownVersion } from '../../../../main/core/vault/migrations.ts';
import { newCredentials, testPasted, testSession } from '../credentials/credential-parts.ts';
import { attacked, vaultFile } from './attacked-vault.ts';
import { everyState, missingOf } from './every-state.ts';
import { addContext, newVault, removeVaults, restart, unlock, vaultParts } from './vault-parts.ts';

afterEach(removeVaults);

const newest = Math.max(...migrations.map(({ version }) => version));
const next = { version: newest + 1, sql: 'ALTER TABLE contexts ADD COLUMN flavour TEXT' };
const broken = { version: newest + 2, sql: 'ALTER TABLE nowhere ADD COLUMN flavour TEXT' };

describe('a migration', () => {
  it('keeps the rows, raises the version and leaves a copy of the file as it was', async () => {
    const { vault, file, path } = await newVault();
    addContext(vault);
    migrate(file, vault.sql(), { steps: [...migrations, next] });
    expect(vault.sql().get('SELECT name, flavour FROM contexts')).toEqual({ name: 'Work', flavour: null });
    expect(vault.sql().get('PRAGMA user_version')).toEqual({ user_version: newest + 1 });
    const copy = new Database(`${path}.schema-${newest}`, { readonly: true });
    expect(copy.prepare('SELECT * FROM contexts').all()).toHaveLength(1);
    expect(copy.pragma('user_version', { simple: true })).toBe(newest);
    expect(copy.pragma('application_id', { simple: true })).toBe(0x4b484c44);
    copy.close();
    expect(statSync(`${path}.schema-${newest}`).mode & 0o777).toBe(0o600);
  });

  it('that fails half-way changes nothing', async () => {
    const parts = await newVault();
    const { vault, file } = parts;
    expect(() => {
      migrate(file, vault.sql(), { steps: [...migrations, next, broken] });
    }).toThrow('nowhere');
    expect(vault.sql().get('PRAGMA user_version')).toEqual({ user_version: newest });
    expect(restart(parts).vault.status().state).toBe('locked');
  });

  it('can be tried again after it failed', async () => {
    const { vault, file } = await newVault();
    expect(() => {
      migrate(file, vault.sql(), { steps: [...migrations, next, broken] });
    }).toThrow('nowhere');
    migrate(file, vault.sql(), { steps: [...migrations, next] });
    expect(vault.sql().get('PRAGMA user_version')).toEqual({ user_version: newest + 1 });
  });

  it('is not needed, and no copy is made, when the file is up to date', async () => {
    const parts = await newVault();
    const again = restart(parts);
    expect(again.vault.status().state).toBe('locked');
    expect(existsSync(`${parts.path}.schema-${newest}`)).toBe(false);
  });
});

describe('a vault that the first version wrote', () => {
  it('opens with its passphrase, keeps its keys and its log, and stays beside as it was', async () => {
    const parts = vaultParts();
    const original = join(import.meta.dirname, '../../../support/vaults/schema-1.db');
    mkdirSync(dirname(parts.path), { recursive: true });
    copyFileSync(original, parts.path);
    addSetUp(parts.path);
    await unlock(parts.vault);
    expect(parts.vault.sql().all('SELECT tool, host FROM registry_setups')).toEqual([
      { tool: 'podman', host: 'registry.example' },
    ]);
    const [context] = parts.vault.sql().all<{ id: string }>('SELECT id FROM contexts ORDER BY name');
    const key = parts.keys.current(context?.id ?? '');
    expect(key?.fingerprint).toBe('SHA256:endb/7+7aIAojmoRDYa1Bb2QZJozY4cn8yjDsfnUsGM');
    expect(parts.keys.signJwt(key?.kid ?? '', { alg: 'Ed25519', typ: 'JWT' }, {})).toMatch(/^ey/);
    expect(parts.activity.verify().brokenAt).toBeNull();
    const copy = new Database(`${parts.path}.schema-1`, { readonly: true });
    expect(copy.pragma('user_version', { simple: true })).toBe(1);
    expect(copy.prepare('SELECT count(*) AS n FROM keys').get()).toEqual({ n: 2 });
    copy.close();
  });
});

describe.each([2, 3, 4, 5, 6])('a vault of schema %d with contexts in every state', (version) => {
  it('opens with all that it had, a copy of it beside, and is vouched for from then on', async () => {
    const parts = vaultFile(`every-state-schema-${version}.db`);
    await unlock(parts.vault);
    expect(missingOf(parts)).toEqual([]);
    expect(parts.vault.sql().get('PRAGMA user_version')).toEqual({ user_version: newest });
    parts.keys.create(parts.vault.sql().get<{ id: string }>('SELECT id FROM contexts')?.id ?? '', 'further');
    const again = restart(parts);
    await unlock(again.vault);
    expect(readAllKeys(again.vault.sql()).map(({ label }) => label)).toContain('further');
    const copy = new Database(`${parts.path}.schema-${version}`, { readonly: true });
    expect(copy.pragma('user_version', { simple: true })).toBe(version);
    expect(copy.prepare('SELECT count(*) AS n FROM contexts').get()).toEqual({ n: everyState.length });
    copy.close();
  });
});

describe('a vault from before sessions had a form', () => {
  it('has sessions whose token renews itself, those that were left as well', async () => {
    const parts = vaultFile('every-state-schema-5.db');
    await unlock(parts.vault);
    const sql = parts.vault.sql();
    const [session, ...others] = readAllSessions(sql);
    expect(others).toEqual([]);
    expect(session).toMatchObject({ form: 'jwt', username: null });
    const { id = '', sealedToken = Buffer.alloc(0) } = session ?? {};
    expect(parts.vault.open(sessionPlace(id), sealedToken).toString()).toBe(testSession.token);
    expect(readUnrevoked(sql).map(({ kind, form }) => [kind, form])).toEqual([
      ['api-key', null],
      ['session', 'jwt'],
    ]);
  });
});

describe('a vault from before tokens of keepers, and roles', () => {
  it('has none of them, keeps those that it is given, and keeps how sessions that were left are revoked', async () => {
    const parts = vaultFile('every-state-schema-6.db');
    await unlock(parts.vault);
    expect(readRoles(parts.vault)).toEqual([]);
    const { id } = readContexts(parts.vault.sql()).find(({ name }) => name === 'Without keys') ?? { id: '' };
    newCredentials(parts).make(id, testPasted);
    const role = { id: parts.random.uuid(), name: 'Signer', text: 'tkeeper.key.*.sign', tests: [] };
    const changedAt = '2026-03-01T12:00:00.000Z';
    writeRole(parts.vault, { ...role, changedAt }, changedAt);
    const again = restart(parts);
    await unlock(again.vault);
    const sql = again.vault.sql();
    expect(sql.all('SELECT context_id, form FROM pasted_tokens')).toEqual([{ context_id: id, form: 'jwt' }]);
    expect(readRoles(again.vault)).toMatchObject([role]);
    expect(readUnrevoked(sql).map(({ kind, form }) => [kind, form])).toEqual([
      ['api-key', null],
      ['session', 'jwt'],
      ['session', 'refresh-token'],
    ]);
  });
});

describe('a vault whose rows have a root', () => {
  const schema3 = 'every-state-schema-3.db';

  it.each([3, 4, 5, 6])('stays as it is until its passphrase was given (schema %d)', async (version) => {
    const parts = vaultFile(`every-state-schema-${version}.db`);
    expect(parts.vault.status().state).toBe('locked');
    await expect(unlock(parts.vault, 'wrong')).rejects.toMatchObject({ code: 'wrong_passphrase' });
    expect(parts.vault.sql().get('PRAGMA user_version')).toEqual({ user_version: version });
    expect(existsSync(`${parts.path}.schema-${version}`)).toBe(false);
  });

  it.each([
    "UPDATE contexts SET state = 'active' WHERE name = 'Pending'",
    "UPDATE contexts SET user_id = 'somebody' WHERE name = 'Active'",
    'DELETE FROM ended_keys',
    'UPDATE contexts SET max_token_ttl = 1',
  ])('is refused, and stays as it is, after %s', async (change) => {
    const parts = attacked(vaultFile(schema3), (database) => database.exec(change));
    await expect(unlock(parts.vault)).rejects.toMatchObject({ code: 'vault_damaged' });
    expect(parts.vault.sql().get('PRAGMA user_version')).toEqual({ user_version: 3 });
    expect(parts.vault.isUnlocked).toBe(false);
  });

  it('whose disk has no room for the copy stays locked, and opens later', async () => {
    const parts = vaultFile(schema3);
    const backup = vi.spyOn(parts.file, 'backup').mockImplementationOnce(() => {
      throw new KeyholdError('storage_failed');
    });
    await expect(unlock(parts.vault)).rejects.toMatchObject({ code: 'storage_failed' });
    expect(parts.vault.status().state).toBe('locked');
    expect(() => parts.vault.sql().run('DELETE FROM contexts')).toThrow('vault_locked');
    backup.mockRestore();
    await unlock(parts.vault);
    expect(missingOf(parts)).toEqual([]);
  });
});

/** As the first version wrote it when Podman was set up. */
function addSetUp(path: string): void {
  const old = new Database(path);
  old
    .prepare(
      `INSERT INTO registry_setups (id, context_id, tool, host, file, after_hash, created_at)
       SELECT 'one', id, 'podman', 'registry.example', '/auth.json', '', created_at FROM contexts LIMIT 1`,
    )
    .run();
  old.close();
}

describe('the known schema', () => {
  it('ends with the newest migration', async () => {
    const { vault } = await newVault();
    requireKnownVersion(vault.sql());
    vault.sql().exec(`PRAGMA user_version = ${newest + 1}`);
    expect(() => {
      requireKnownVersion(vault.sql());
    }).toThrow('vault_newer');
    requireKnownVersion(vault.sql(), [...migrations, next]);
  });
});
