import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
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
} from './vault-parts.ts';

afterEach(removeVaults);

/** A closed vault with enough rows for several pages. */
async function filledVault(): Promise<VaultParts> {
  const parts = await newVault();
  for (let index = 0; index < 40; index += 1) addContext(parts.vault, `context-${index}`, `Name ${index}`);
  parts.vault.close();
  return parts;
}

/** Asserts that a start of the app calls the file damaged, will not replace it and leaves every byte of it. */
async function expectDamagedAndUntouched({ folder, path }: VaultParts, state = 'damaged'): Promise<void> {
  const before = readFileSync(path);
  const { vault, kdf } = vaultParts(folder);
  expect(vault.status().state).toBe(state);
  expect(() => vault.sql()).toThrow(`vault_${state}`);
  await expect(unlock(vault)).rejects.toMatchObject({ code: `vault_${state}` });
  await expect(vault.create(Buffer.from(passphrase))).rejects.toMatchObject({ code: 'vault_exists' });
  expect(kdf.keys).toHaveLength(0);
  vault.close();
  expect(readFileSync(path).equals(before)).toBe(true);
}

describe('a vault file that is', () => {
  it.each([
    ['random bytes', () => randomBytes(20_000)],
    ['all zeros', () => Buffer.alloc(20_000)],
    ['empty', () => Buffer.alloc(0)],
    ['one byte', () => Buffer.from('S')],
    ['a text', () => Buffer.from('SQLite format 3, but not quite\n'.repeat(400))],
  ])('%s is damaged and stays as it is', async (_what, content) => {
    const parts = vaultParts();
    mkdirSync(dirname(parts.path), { recursive: true });
    writeFileSync(parts.path, content());
    await expectDamagedAndUntouched(parts);
  });

  it.each([0.9, 0.5, 0.1])('cut to %d of its length is damaged and stays as it is', async (part) => {
    const parts = await filledVault();
    truncateSync(parts.path, Math.floor(statSync(parts.path).size * part));
    await expectDamagedAndUntouched(parts);
  });

  it('overwritten in the middle is damaged and stays as it is', async () => {
    const parts = await filledVault();
    const bytes = readFileSync(parts.path);
    randomBytes(4096).copy(bytes, 4096 * Math.floor(bytes.length / 4096 / 2));
    writeFileSync(parts.path, bytes);
    await expectDamagedAndUntouched(parts);
  });

  it("another program's database is damaged and stays as it is", async () => {
    const parts = vaultParts();
    mkdirSync(dirname(parts.path), { recursive: true });
    const database = new Database(parts.path);
    database.exec('CREATE TABLE notes (text TEXT); PRAGMA user_version = 1');
    database.close();
    await expectDamagedAndUntouched(parts);
  });

  it.each([
    'DELETE FROM vault_header',
    'DROP TABLE vault_header',
    'PRAGMA user_version = 0',
    'PRAGMA application_id = 0',
    "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = CAST(sql AS BLOB) WHERE name = 'contexts'",
  ])('changed by "%s" is damaged and stays as it is', async (change) => {
    const parts = await filledVault();
    const database = new Database(parts.path).unsafeMode();
    database.exec(change);
    database.close();
    await expectDamagedAndUntouched(parts);
  });

  it('of a newer Keyhold is refused and stays as it is', async () => {
    const parts = await filledVault();
    const database = new Database(parts.path);
    database.exec('PRAGMA user_version = 1000');
    database.close();
    await expectDamagedAndUntouched(parts, 'newer');
  });
});

describe('rows that were exchanged', () => {
  it('do not open: two sealed seeds', async () => {
    const parts = await newVault();
    const { vault, keys } = parts;
    const contextId = addContext(vault);
    for (const label of ['one', 'two']) keys.create(contextId, label);
    vault.close();
    const database = new Database(parts.path);
    const seeds = database
      .prepare<[], { kid: string; sealed_seed: Buffer }>('SELECT kid, sealed_seed FROM keys')
      .all();
    const write = database.prepare('UPDATE keys SET sealed_seed = ? WHERE kid != ?');
    for (const { kid, sealed_seed: seed } of seeds) write.run(seed, kid);
    database.close();
    await expect(unlock(restart(parts).vault)).rejects.toMatchObject({ code: 'vault_damaged' });
  });

  it('do not sign: two public keys', async () => {
    const parts = await newVault();
    const { vault, keys } = parts;
    const contextId = addContext(vault);
    const [one, two] = [keys.create(contextId, 'one'), keys.create(contextId, 'two')];
    const exchange = `
      UPDATE keys SET kid = 'x' WHERE kid = '${one.kid}';
      UPDATE keys SET kid = '${one.kid}' WHERE kid = '${two.kid}';
    `;
    vault.sql().transaction(() => {
      vault.sql().exec(exchange);
    });
    const signing = () => keys.signJwt(one.kid, { typ: 'JWT', alg: 'Ed25519' }, {});
    expect(signing).toThrow(expect.objectContaining({ code: 'vault_damaged' }));
  });
});

describe('storage that refuses', () => {
  it('to make the file says so and leaves nothing behind', async () => {
    const parts = vaultParts();
    // A file where the folder should be: refused for every user, root too.
    writeFileSync(dirname(parts.path), '');
    await expect(parts.vault.create(Buffer.from(passphrase))).rejects.toMatchObject({
      code: 'storage_failed',
    });
    expect(parts.vault.isUnlocked).toBe(false);
    rmSync(dirname(parts.path));
    expect(parts.vault.status().state).toBe('missing');
  });

  it('to grow the file says so and loses nothing', async () => {
    const parts = await newVault();
    const { vault, keys } = parts;
    const contextId = addContext(vault);
    const first = keys.create(contextId, 'first');
    vault.sql().exec('PRAGMA max_page_count = 1');
    expect(() => {
      for (let index = 0; index < 100; index += 1) keys.create(contextId, 'one too many');
    }).toThrow('storage_failed');
    const again = restart(parts);
    await unlock(again.vault);
    expect(again.keys.list(contextId).map((key) => key.kid)).toContain(first.kid);
    expect(again.activity.verify().brokenAt).toBeNull();
  });
});
