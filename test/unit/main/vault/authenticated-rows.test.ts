import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authenticatedTables } from '../../../../main/core/vault/authenticated-tables.ts';
import { canonicalJson } from '../../../../main/core/vault/header.ts';
import {
  attacked,
  filledVault,
  otherTables,
  otherValues,
  putRows,
  schemaOf,
  takeRows,
  vaultFile,
  vaultOfSchema,
} from './attacked-vault.ts';
import {
  addContext,
  newVault,
  removeVaults,
  restart,
  storedHeader,
  unlock,
  type VaultParts,
} from './vault-parts.ts';

function otherValue(table: string, column: string, type: string): string {
  const known = otherValues[`${table}.${column}`] ?? otherValues[column];
  if (known !== undefined) return known;
  if (type === 'BLOB') return `CAST(ifnull(${column}, x'') || x'00' AS BLOB)`;
  return type === 'INTEGER' ? `iif(${column} = 1, 0, 1)` : `ifnull(${column}, '') || 'x'`;
}

/** Of these each context has one. */
const onlyOne: Record<string, object> = {
  api_keys: { context_id: 'x' },
  sessions: { context_id: 'x' },
  pasted_tokens: { context_id: 'x' },
  audiences: { context_id: 'x' },
};

/** The file passes for a whole vault until it is unlocked, and then it does not open. */
async function expectFound(parts: VaultParts): Promise<void> {
  expect(parts.vault.status().state).toBe('locked');
  await expect(unlock(parts.vault)).rejects.toMatchObject({ code: 'vault_damaged' });
  expect(parts.vault.status()).toMatchObject({ state: 'damaged', changed: true });
  expect(parts.vault.isUnlocked).toBe(false);
}

let filled: VaultParts;

beforeAll(async () => {
  filled = await filledVault();
});
afterAll(removeVaults);
const covered = authenticatedTables.map(({ table }) => table);

describe('the rows of a vault', () => {
  it('are all of tables that the root covers, or of those that need not be', () => {
    expect(schemaOf(filled.path).tables.sort()).toEqual([...covered, ...Object.keys(otherTables)].sort());
    for (const table of covered) expect(takeRows(filled.path, table), table).not.toEqual([]);
  });

  it('are found changed, whichever column it is', async () => {
    const marks = new Map(authenticatedTables.map(({ table, marks: names }) => [table, names]));
    const columns = schemaOf(filled.path).columns.filter(({ table }) => covered.includes(table));
    expect(columns.length).toBeGreaterThan(40);
    for (const { table, column, type } of columns) {
      const changed = attacked(filled, (database) => {
        const one = `rowid = (SELECT max(rowid) FROM ${table})`;
        const write = `UPDATE ${table} SET ${column} = ${otherValue(table, column, type)} WHERE ${one}`;
        expect(database.prepare(write).run().changes, `${table}.${column}`).toBe(1);
      });
      const found = await unlock(changed.vault).then(
        () => 'opened',
        (error: unknown) => (error instanceof Error ? error.message : 'not an error'),
      );
      const isMark = marks.get(table)?.includes(column) ?? false;
      expect([table, column, found]).toEqual([table, column, isMark ? 'opened' : 'vault_damaged']);
      changed.vault.close();
    }
  });

  it.each(covered)('are found missing, added and doubled in %s', async (table) => {
    const [first] = takeRows(filled.path, table);
    const id = authenticatedTables.find((each) => each.table === table)?.id ?? '';
    await expectFound(
      attacked(filled, (database) => {
        database.prepare(`DELETE FROM ${table} WHERE ${id} = ?`).run(first?.[id]);
      }),
    );
    await expectFound(
      attacked(filled, (database) => {
        database.exec(`DELETE FROM ${table}`);
      }),
    );
    const unique = { kid: 'other', name: 'Other', host: 'other.example', ...onlyOne[table] };
    const others = Object.fromEntries(Object.entries(unique).filter(([column]) => column in (first ?? {})));
    await expectFound(
      attacked(filled, (database) => {
        const rows = takeRows(filled.path, table);
        putRows(database, table, [...rows, { ...first, ...others, [id]: crypto.randomUUID() }]);
      }),
    );
  });

  it('are found moved from one context to another', async () => {
    await expectFound(
      attacked(filled, (database) => {
        database.exec(`
          CREATE TEMP TABLE other AS SELECT id FROM contexts WHERE name = 'Home';
          UPDATE keys SET context_id = (SELECT id FROM other) WHERE label = 'laptop';
        `);
      }),
    );
    await expectFound(
      attacked(filled, (database) => {
        database.exec(`
          UPDATE contexts SET host = 'x', origin = 'https://x' WHERE name = 'Home';
          UPDATE contexts SET host = 'registry.example:5000', origin = 'https://registry.example:5000' WHERE name = 'Work';
          UPDATE contexts SET host = 'kheeper.example', origin = 'https://kheeper.example' WHERE name = 'Home';
        `);
      }),
    );
  });

  it('may change their ids’ letters, their types and their text’s bytes no more than the rest', async () => {
    for (const change of [
      `UPDATE keys SET id = upper(id) WHERE label = 'desk'`,
      `UPDATE contexts SET service_name = service_name || char(0) || 'x'`,
      `UPDATE contexts SET service_name = CAST(service_name || x'ff' AS TEXT)`,
      `UPDATE contexts SET label = ''`,
      `UPDATE registry_setups SET before_sealed = x''`,
      `UPDATE registry_setups SET before_sealed = NULL`,
    ]) {
      await expectFound(attacked(filled, (database) => database.exec(change)));
    }
  });
});

describe('rows of an earlier day', () => {
  let before: string;
  let after: VaultParts;

  /** The same vault a day later: a key revoked, one renamed, a rule taken away, the passphrase changed. */
  beforeAll(async () => {
    const parts = attacked(filled, () => undefined);
    before = filled.path;
    await unlock(parts.vault);
    const sql = parts.vault.sql();
    const idOf = (label: string): string =>
      sql.get<{ id: string }>('SELECT id FROM keys WHERE label = ?', label)?.id ?? '';
    parts.keys.endings.retire(idOf('laptop'), 'revoked at the service', true);
    parts.keys.rename(idOf('desk'), 'table');
    for (const table of ['approval_rules', 'rotations', 'unrevoked', 'roles'])
      sql.run(`DELETE FROM ${table}`);
    const changes = [
      `contexts SET label = 'prod'`,
      'key_terms SET max_token_ttl = 60',
      `api_keys SET label = 'other'`,
    ];
    const further = [
      'sessions SET is_over = 1',
      `pasted_tokens SET reminded = 'expired'`,
      `audiences SET audience = 'other'`,
      `registry_setups SET after_hash = 'other'`,
      `security_settings SET value = 'false'`,
    ];
    for (const change of [...changes, ...further]) sql.run(`UPDATE ${change}`);
    sql.run('UPDATE registry_accounts SET context_id = (SELECT max(id) FROM contexts)');
    await parts.slots.changePassphrase({
      old: Buffer.from('correct horse battery staple'),
      new: Buffer.from('plum anchor velvet lantern'),
    });
    parts.vault.close();
    after = parts;
  });

  it('of today open', async () => {
    const parts = attacked(after, () => undefined);
    await unlock(parts.vault, 'plum anchor velvet lantern');
    expect(parts.activity.verify().brokenAt).toBeNull();
  });

  it.each([...covered, 'rows_root', 'vault_header'])(
    'do not count when they are put back: %s',
    async (table) => {
      const parts = attacked(after, (database) => {
        putRows(database, table, takeRows(before, table));
      });
      const word = table === 'vault_header' ? 'correct horse battery staple' : 'plum anchor velvet lantern';
      await expect(unlock(parts.vault, word)).rejects.toMatchObject({ code: 'vault_damaged' });
    },
  );

  it.each(covered)('do not count with their root: %s', async (table) => {
    const parts = attacked(after, (database) => {
      for (const each of [table, 'rows_root']) putRows(database, each, takeRows(before, each));
    });
    await expect(unlock(parts.vault, 'plum anchor velvet lantern')).rejects.toMatchObject({
      code: 'vault_damaged',
    });
  });

  it('are seen in the log, when it is cut and its head of that day is put back', async () => {
    const parts = attacked(after, (database) => {
      for (const each of ['activity', 'activity_head']) putRows(database, each, takeRows(before, each));
    });
    await unlock(parts.vault, 'plum anchor velvet lantern');
    expect(parts.activity.verify().brokenAt).not.toBeNull();
    parts.vault.lock();
    await unlock(parts.vault, 'plum anchor velvet lantern');
    expect(parts.activity.verify().brokenAt).not.toBeNull();
    parts.vault.sql().run(`UPDATE contexts SET label = 'x'`);
    expect(parts.activity.verify().brokenAt).not.toBeNull();
  });

  it('count when all of them, their root and their header are put back: a whole older vault', async () => {
    const parts = attacked(after, (database) => {
      for (const each of [...covered, 'rows_root', 'vault_header'])
        putRows(database, each, takeRows(before, each));
    });
    await unlock(parts.vault);
    expect(parts.vault.isUnlocked).toBe(true);
  });
});

describe('a root', () => {
  it.each([
    ['missing', 'DELETE FROM rows_root'],
    ['of zeros', 'UPDATE rows_root SET mac = zeroblob(32)'],
  ])('that is %s is found', async (_what, change) => {
    await expectFound(attacked(filled, (database) => database.exec(change)));
  });

  it('that was taken away with its table, as before there was one, is found', async () => {
    await expectFound(
      attacked(vaultFile('every-state-schema-3.db'), (database) => {
        database.exec('DROP TABLE rows_root; DROP TABLE ended_keys; DROP TABLE registry_accounts');
        database.exec('DROP TABLE security_settings; PRAGMA user_version = 2');
      }),
    );
  });

  it('is not made anew for a header from before there was one', async () => {
    const old = vaultOfSchema(2);
    await expectFound(
      attacked(filled, (database) => {
        putRows(database, 'vault_header', takeRows(old.path, 'vault_header'));
      }),
    );
  });

  it('of another vault does not count', async () => {
    const { vault, path } = await newVault();
    vault.close();
    await expectFound(
      attacked(filled, (database) => {
        putRows(database, 'rows_root', takeRows(path, 'rows_root'));
      }),
    );
  });
});

describe('a vault from before its rows were authenticated', () => {
  it.each([1, 2] as const)('is taken as it is, once, and the log says so: schema %d', async (version) => {
    const parts = vaultOfSchema(version);
    expect(storedHeader(parts.path).format).toBe(1);
    await unlock(parts.vault);
    const kinds = parts.activity.list({ before: null, limit: 3 }).entries.map(({ kind }) => kind);
    expect(kinds).toContain('vault.rows_vouched');
    expect(parts.activity.verify().brokenAt).toBeNull();
    const again = restart(parts);
    expect(storedHeader(again.path).format).toBe(2);
    await unlock(again.vault);
    const vouched = again.activity.list(
      { before: null, limit: 100 },
      { kinds: ['vault.rows_vouched'], text: '' },
    );
    expect(vouched.entries).toHaveLength(1);
  });

  it('keeps its rows', async () => {
    const parts = vaultOfSchema(2);
    const tables = covered.filter((table) => schemaOf(parts.path).tables.includes(table));
    const before = tables.map((table) => takeRows(parts.path, table));
    await unlock(parts.vault);
    parts.vault.close();
    for (const [at, table] of tables.entries()) {
      const after = takeRows(parts.path, table);
      const kept = Object.keys(after[0] ?? {}).filter((column) => column in (before[at]?.[0] ?? {}));
      const pick = (row: Record<string, unknown>): unknown[] => kept.map((column) => row[column]);
      expect(after.map(pick), table).toEqual((before[at] ?? []).map(pick));
    }
  });

  it.each([
    ['a host that is not its origin’s', `UPDATE contexts SET host = 'evil.example' WHERE name = 'Work'`],
    ['an algorithm that is none of ours', `UPDATE contexts SET signing_alg = 'none'`],
    ['a life that is none', 'UPDATE contexts SET max_token_ttl = 0'],
  ])('is not taken with %s', async (_what, change) => {
    await expectFound(attacked(vaultOfSchema(2), (database) => database.exec(change)));
  });

  it('is not taken when it lost what a service asks of keys before it was first unlocked', async () => {
    const parts = vaultOfSchema(2);
    parts.vault.status();
    parts.vault.close();
    await expectFound(attacked(parts, (database) => database.exec('DELETE FROM key_terms')));
  });

  it.each([
    ['the last number', 'UPDATE activity SET seq = 9223372036854775807 WHERE seq = 1'],
    ['a number that has no next', 'UPDATE activity SET seq = 9007199254740992 WHERE seq = 1'],
    ['such a head', 'UPDATE activity_head SET seq = 9007199254740992'],
  ])('is not taken with a log that takes no entry of that: %s', async (_what, change) => {
    const parts = attacked(vaultOfSchema(2), (database) => database.exec(change));
    await expect(unlock(parts.vault)).rejects.toMatchObject({ code: 'vault_damaged' });
    expect(parts.vault.status()).toMatchObject({ state: 'damaged', changed: true });
  });

  it('is not taken over when the log cannot say so', async () => {
    const parts = vaultOfSchema(2);
    const sql = parts.vault.sql();
    sql.exec('CREATE TEMP TRIGGER full BEFORE INSERT ON activity BEGIN SELECT raise(ABORT, 1); END');
    await expect(unlock(parts.vault)).rejects.toThrow();
    expect(parts.vault.isUnlocked).toBe(false);
    sql.exec('DROP TRIGGER full');
    await unlock(parts.vault);
    expect(parts.activity.list({ before: null, limit: 9 }).entries.map(({ kind }) => kind)).toContain(
      'vault.rows_vouched',
    );
  });

  it('is not half taken over when the disk is full', async () => {
    const parts = vaultOfSchema(2);
    const sql = parts.vault.sql();
    sql.exec('CREATE TEMP TRIGGER full BEFORE INSERT ON rows_root BEGIN SELECT raise(ABORT, 1); END');
    await expect(unlock(parts.vault)).rejects.toThrow();
    expect(parts.vault.isUnlocked).toBe(false);
    sql.exec('DROP TRIGGER full');
    await unlock(parts.vault);
    const again = restart(parts);
    await unlock(again.vault);
  });
});

describe('a text', () => {
  it('is found changed where the change is no UTF-8, which all looks the same to us', async () => {
    const parts = await newVault();
    addContext(parts.vault, 'context-1', 'a\uFFFDb');
    parts.vault.close();
    await expectFound(
      attacked(parts, (database) => database.exec(`UPDATE contexts SET name = CAST(x'61ff62' AS TEXT)`)),
    );
  });
});

describe('a change', () => {
  it('of every kind keeps the vault whole: added, changed, replaced, cascaded, undone, in part', async () => {
    const parts = await newVault();
    const sql = parts.vault.sql();
    const one = addContext(parts.vault);
    const two = addContext(parts.vault, 'f0000000-0000-4000-8000-000000000000', 'Play');
    parts.keys.create(one, 'laptop');
    const key = parts.keys.create(two, 'desktop');
    sql.run(`UPDATE contexts SET id = 'context-3' WHERE id = 'nobody'`);
    sql.run(`INSERT OR REPLACE INTO contexts SELECT * FROM contexts WHERE id = ?`, two);
    sql.run(
      `INSERT INTO contexts SELECT * FROM contexts WHERE id = ? ON CONFLICT DO UPDATE SET label = 'x'`,
      one,
    );
    const undone = (): void => {
      sql.transaction(() => {
        sql.run('DELETE FROM contexts');
        throw new Error('undone');
      });
    };
    expect(undone).toThrow('undone');
    sql.transaction(() => {
      expect(undone).toThrow('undone');
      expect(() => sql.run(`UPDATE contexts SET name = 'Same'`)).toThrow('UNIQUE');
      sql.run(`UPDATE contexts SET label = 'y' WHERE id = ?`, one);
    });
    sql.run('DELETE FROM contexts WHERE id = ?', one);
    expect(sql.all('SELECT id FROM keys WHERE id = ?', key.id)).toEqual([]);
    const again = restart(parts);
    await unlock(again.vault);
    expect(again.vault.sql().all('SELECT name FROM contexts')).toEqual([{ name: 'Play' }]);
  });

  it('needs an open vault', async () => {
    const parts = attacked(filled, () => undefined);
    const sql = parts.vault.sql();
    for (const table of covered) expect(() => sql.run(`DELETE FROM ${table}`), table).toThrow('vault_locked');
    await unlock(parts.vault);
    parts.vault.lock();
    for (const table of covered) expect(() => sql.run(`DELETE FROM ${table}`), table).toThrow('vault_locked');
    await unlock(parts.vault);
  });

  it('of marks needs no new root', async () => {
    const parts = attacked(filled, () => undefined);
    await unlock(parts.vault);
    const root = (): unknown => parts.vault.sql().get('SELECT mac FROM rows_root');
    const before = root();
    const [key] = takeRows(filled.path, 'keys');
    parts.keys.markUsedBy(String(key?.['kid']), 'podman');
    expect(root()).toEqual(before);
  });

  it('is not saved without its root', async () => {
    const parts = attacked(filled, () => undefined);
    await unlock(parts.vault);
    const sql = parts.vault.sql();
    sql.exec('CREATE TEMP TRIGGER full BEFORE UPDATE ON rows_root BEGIN SELECT raise(ABORT, 1); END');
    expect(() => sql.run(`UPDATE contexts SET label = 'z'`)).toThrow();
    sql.exec('DROP TRIGGER full');
    await unlock(restart(parts).vault);
  });
});

describe('a vault whose header was written by hand', () => {
  it('to say that its rows are not authenticated is found', async () => {
    const parts = attacked(filled, (database) => {
      const text = canonicalJson({ ...storedHeader(filled.path), format: 1 });
      database.prepare('UPDATE vault_header SET header = ?').run(text);
    });
    await expectFound(parts);
  });
});
