import { copyFileSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { entryHash, type ActivityRow } from '../../../../main/core/activity/chain.ts';
import { canonicalJson } from '../../../../main/core/vault/header.ts';
import {
  addContext,
  newVault,
  openAsFound,
  passphrase,
  removeVaults,
  restart,
  storedHeader,
  unlock,
  type VaultParts,
  vaultParts,
  writeStoredHeader,
} from './vault-parts.ts';

afterEach(removeVaults);

function rekey({ slots }: VaultParts): ReturnType<VaultParts['slots']['rekey']> {
  return slots.rekey(Buffer.from(passphrase));
}

function signs({ keys }: VaultParts, kid: string): void {
  expect(keys.signJwt(kid, { alg: 'Ed25519', typ: 'JWT' }, {})).toMatch(/^ey/);
}

/** A registry's set-up with what the file held before, sealed. */
function addSetUp({ vault }: VaultParts, contextId: string, before: string): void {
  const place = { table: 'registry_setups', row: 'set-up-1', column: 'before_sealed' };
  vault.sql().run(
    `INSERT INTO registry_setups (id, context_id, tool, host, file, before_sealed, after_hash, created_at)
     VALUES ('set-up-1', ?, 'podman', 'kheeper.example', '/auth.json', ?, 'hash', '2026-03-01T12:00:00.000Z')`,
    contextId,
    vault.seal(place, Buffer.from(before)),
  );
}

function sealedRows(path: string): string[] {
  const database = openAsFound(path);
  const rows = database
    .prepare<[], { sealed: Buffer }>(
      'SELECT sealed_seed AS sealed FROM keys UNION ALL SELECT before_sealed FROM registry_setups',
    )
    .all();
  database.close();
  return rows.map(({ sealed }) => sealed.toString('hex'));
}

describe('re-keying', () => {
  it('works in a vault with a key that was revoked, whose private part is gone', async () => {
    const parts = await newVault();
    const contextId = addContext(parts.vault);
    parts.keys.endings.retire(parts.keys.create(contextId, 'old').id, 'told so', true);
    const { kid } = parts.keys.create(contextId, 'new');
    await rekey(parts);
    signs(parts, kid);
    expect(parts.vault.sql().all('SELECT length(sealed_seed) AS length FROM keys ORDER BY label')).toEqual([
      { length: expect.any(Number) as number },
      { length: 0 },
    ]);
    const again = restart(parts);
    await unlock(again.vault);
    signs(again, kid);
  });

  it('keeps every secret, the passphrase, the keychain and the log; the recovery code is a new one', async () => {
    const parts = await newVault();
    const contextId = addContext(parts.vault);
    const kids = ['one', 'two', 'three'].map((label) => parts.keys.create(contextId, label).kid);
    addSetUp(parts, contextId, 'what was there');
    await parts.slots.addKeychain(Buffer.from(passphrase));
    const old = parts.slots.codes.read(await parts.slots.makeRecoveryCode(null)).code;
    const sealed = sealedRows(parts.path);

    const { keychain, codeId } = await rekey(parts);
    expect(keychain).toBe('kept');
    const { code } = parts.slots.codes.read(codeId ?? '');
    const after = sealedRows(parts.path);
    expect(after).toHaveLength(4);
    expect(after.filter((row) => sealed.includes(row))).toEqual([]);
    const folder = dirname(parts.path);
    const having = (rows: readonly string[]): string[] =>
      readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name }) => name)
        .filter((name) => rows.some((row) => readFileSync(join(folder, name)).includes(row, 0, 'hex')));
    expect(having(sealed)).toEqual([]);
    expect(having(after)).not.toEqual([]);
    // What was before lies in the copy alone, under the passphrase.
    expect(parts.vaultFolder.copies()).toEqual(['vault-2026-03-01T120000Z.db']);
    for (const kid of kids) signs(parts, kid);
    expect(parts.activity.verify().brokenAt).toBeNull();

    const again = restart(parts);
    await again.slots.unlockWithKeychain();
    for (const kid of kids) signs(again, kid);
    const place = { table: 'registry_setups', row: 'set-up-1', column: 'before_sealed' };
    const row = again.vault
      .sql()
      .get<{ sealed: Buffer }>('SELECT before_sealed AS sealed FROM registry_setups');
    expect(again.vault.open(place, row?.sealed ?? Buffer.alloc(0)).toString()).toBe('what was there');
    const later = restart(again);
    await unlock(later.vault);
    expect(later.activity.verify().brokenAt).toBeNull();
    const last = restart(later);
    await expect(last.slots.recover(old, Buffer.from(passphrase))).rejects.toMatchObject({
      code: 'wrong_recovery_code',
    });
    await last.slots.recover(code, Buffer.from(passphrase));
    for (const kid of kids) signs(last, kid);
  });

  it('makes no recovery code for a vault that had none, and drops a keychain that is gone', async () => {
    const parts = await newVault();
    expect(await rekey(parts)).toEqual({ keychain: 'none', codeId: null });
    await parts.slots.addKeychain(Buffer.from(passphrase));
    parts.keychain.name = null;
    expect(await rekey(parts)).toEqual({ keychain: 'lost', codeId: null });
    expect(parts.slots.list().map(({ kind }) => kind)).toEqual(['passphrase']);
  });

  it('makes rows of an older copy of the file unreadable, and its header too', async () => {
    const parts = await newVault();
    parts.keys.create(addContext(parts.vault), 'laptop');
    parts.vault.sql().exec('PRAGMA wal_checkpoint(TRUNCATE)');
    const copy = `${parts.path}.copy`;
    copyFileSync(parts.path, copy);
    const oldRow = sealedRows(copy)[0] ?? '';
    const { id } = parts.keys.list('context-1')[0] ?? { id: '' };
    const place = { table: 'keys', row: id, column: 'sealed_seed' };
    expect(parts.vault.open(place, Buffer.from(oldRow, 'hex'))).toHaveLength(32);

    await rekey(parts);
    expect(() => parts.vault.open(place, Buffer.from(oldRow, 'hex'))).toThrow('vault_damaged');
    parts.vault.close();
    writeStoredHeader(parts.path, canonicalJson(storedHeader(copy)));
    const again = vaultParts(parts.folder);
    await expect(unlock(again.vault)).rejects.toMatchObject({ code: 'vault_damaged' });
  });

  it('needs the passphrase', async () => {
    const parts = await newVault();
    const before = storedHeader(parts.path);
    await expect(parts.slots.rekey(Buffer.from('not the passphrase'))).rejects.toMatchObject({
      code: 'wrong_passphrase',
    });
    expect(storedHeader(parts.path)).toEqual(before);
  });

  it('changes nothing when a value does not open, the disk is full, or the vault is locked meanwhile', async () => {
    const parts = await newVault();
    const contextId = addContext(parts.vault);
    const good = parts.keys.create(contextId, 'good').kid;
    const { kid: bad, id: badId } = parts.keys.create(contextId, 'bad');
    const sql = parts.vault.sql();
    const row = sql.get<{ sealed: Buffer }>('SELECT sealed_seed AS sealed FROM keys WHERE kid = ?', bad);
    const sealed = row?.sealed ?? Buffer.alloc(0);
    const given = parts.random.given.length;
    const before = storedHeader(parts.path);

    sql.run('UPDATE keys SET sealed_seed = ? WHERE kid = ?', Buffer.alloc(61, 1), bad);
    await expect(rekey(parts)).rejects.toMatchObject({ code: 'vault_damaged' });
    sql.run('UPDATE keys SET sealed_seed = ? WHERE kid = ?', sealed, bad);
    sql.exec('CREATE TRIGGER full BEFORE UPDATE ON vault_header BEGIN SELECT raise(ABORT, 1); END');
    await expect(rekey(parts)).rejects.toThrow();
    sql.exec('DROP TRIGGER full');
    // This one is noticed when the transaction is to be ended, with everything else in place.
    sql.exec(`
      CREATE TABLE odd (id TEXT REFERENCES contexts (id) DEFERRABLE INITIALLY DEFERRED) STRICT;
      CREATE TRIGGER late AFTER UPDATE ON vault_header BEGIN INSERT INTO odd VALUES ('nowhere'); END
    `);
    await expect(rekey(parts)).rejects.toThrow();
    sql.exec('DROP TRIGGER late; DROP TABLE odd');
    expect(parts.vault.open({ table: 'keys', row: badId, column: 'sealed_seed' }, sealed)).toHaveLength(32);
    const derived = parts.kdf.keys.length;
    parts.kdf.meanwhile = (run) => {
      if (run === derived + 2) parts.vault.lock();
    };
    await expect(rekey(parts)).rejects.toMatchObject({ code: 'vault_locked' });
    parts.kdf.meanwhile = () => undefined;
    const dataKeys = parts.random.given.slice(given).filter(({ length }) => length === 32);
    expect(dataKeys).toEqual(Array.from({ length: 4 }, () => Buffer.alloc(32)));

    expect(storedHeader(parts.path)).toEqual(before);
    await unlock(parts.vault);
    for (const kid of [good, bad]) signs(parts, kid);
    expect(parts.activity.verify().brokenAt).toBeNull();
    await rekey(parts);
    const again = restart(parts);
    await unlock(again.vault);
    for (const kid of [good, bad]) signs(again, kid);
  });

  it('does not vouch for a log that was tampered with before', async () => {
    const parts = await newVault();
    parts.keys.create(addContext(parts.vault), 'laptop');
    // As someone would who writes the file: the newest entry says something else, and all hashes fit.
    const sql = parts.vault.sql();
    const newest = sql.get<ActivityRow>('SELECT * FROM activity ORDER BY seq DESC LIMIT 1');
    if (newest === undefined) throw new Error('The log is empty.');
    const hash = entryHash({ ...newest, detail: 'nothing to see' });
    sql.run('UPDATE activity SET detail = ?, hash = ? WHERE seq = ?', 'nothing to see', hash, newest.seq);
    sql.run('UPDATE activity_head SET hash = ?', hash);
    expect(parts.activity.verify().brokenAt).not.toBeNull();
    await rekey(parts);
    expect(parts.activity.verify().brokenAt).not.toBeNull();
  });
});

describe('the list of sealed columns', () => {
  it('names every column of the schema that is called sealed', async () => {
    const { vault } = await newVault();
    const columns = vault.sql().all<{ place: string }>(
      `SELECT t.name || '.' || c.name AS place FROM sqlite_schema AS t, pragma_table_info(t.name) AS c
         WHERE t.type = 'table' AND c.name LIKE '%sealed%'`,
    );
    expect(columns).not.toHaveLength(0);
    for (const { place } of columns) {
      const [table = '', column = ''] = place.split('.');
      expect(vault.seal({ table, row: 'row', column }, Buffer.from('secret'))).toBeInstanceOf(Buffer);
    }
  });

  it('lets no other column be sealed', async () => {
    const { vault } = await newVault();
    expect(() => vault.seal({ table: 'keys', row: 'row', column: 'label' }, Buffer.from('x'))).toThrow(
      'keys.label',
    );
  });
});
