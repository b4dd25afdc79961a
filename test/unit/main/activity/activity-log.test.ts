import Database from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import { activityEntrySchema, type ActivityFilter } from '../../../../contracts/ipc/activity.ts';
import { entryHash, type ActivityRow } from '../../../../main/core/activity/chain.ts';
import {
  newVault,
  removeVaults,
  restart,
  unlock,
  vaultParts,
  type VaultParts,
} from '../vault/vault-parts.ts';

afterEach(removeVaults);

/** A vault with ten entries, the first of them that it was made. */
async function withEntries(): Promise<VaultParts> {
  const parts = await newVault();
  for (let index = 2; index <= 10; index += 1) {
    parts.activity.append({ kind: 'token.minted', contextName: 'Work', detail: `token ${index}` });
  }
  return parts;
}

/** Changes the file while the app is not running, as someone with the rights to it could; then unlocks. */
async function tamper(parts: VaultParts, change: (database: Database.Database) => void): Promise<VaultParts> {
  parts.vault.close();
  const database = new Database(parts.path);
  change(database);
  database.close();
  const again = vaultParts(parts.folder);
  await unlock(again.vault);
  return again;
}

/** Writes an entry's hash anew, and those of all after it. */
function rehash(database: Database.Database): void {
  const rows = database.prepare<[], ActivityRow>('SELECT * FROM activity ORDER BY seq').all();
  let previous: Buffer = Buffer.alloc(32);
  for (const row of rows) {
    const hash = entryHash({ ...row, prev_hash: previous });
    database
      .prepare('UPDATE activity SET prev_hash = ?, hash = ? WHERE seq = ?')
      .run(previous, hash, row.seq);
    previous = hash;
  }
}

describe('the activity log', () => {
  it("begins with the vault's own life", async () => {
    const parts = await newVault();
    const { vault, activity } = restart(parts);
    await unlock(vault, 'not the passphrase').catch(() => undefined);
    await unlock(vault);
    vault.lock('idle');
    const { entries } = activity.list({ before: null, limit: 10 });
    expect(entries.map(({ kind, detail }) => [kind, detail]).reverse()).toEqual([
      ['vault.created', null],
      ['vault.locked', 'quit'],
      ['vault.unlock_failed', null],
      ['vault.unlocked', null],
      ['vault.locked', 'idle'],
    ]);
    for (const entry of entries) activityEntrySchema.parse(entry);
  });

  it('is read page by page, newest first', async () => {
    const { activity } = await withEntries();
    const first = activity.list({ before: null, limit: 4 });
    expect(first.entries.map((entry) => entry.seq)).toEqual([10, 9, 8, 7]);
    expect(first.more).toBe(true);
    const last = activity.list({ before: 5, limit: 4 });
    expect(last.entries.map((entry) => entry.seq)).toEqual([4, 3, 2, 1]);
    expect(last.more).toBe(false);
  });

  it('keeps each entry to one short line', async () => {
    const { activity } = await newVault();
    activity.append({
      kind: 'helper.refused',
      contextName: null,
      detail: `host\n\u001b[31m${'x'.repeat(1000)}`,
    });
    const detail = activity.list({ before: null, limit: 1 }).entries[0]?.detail;
    expect(detail).toMatch(/^host\\u\{a\}\\u\{1b\}\[31mx+…$/);
    expect(detail).toHaveLength(300);
  });

  it('tells its listeners of each entry until they cancel', async () => {
    const { activity } = await newVault();
    let told = 0;
    const cancel = activity.onChange(() => (told += 1));
    activity.append({ kind: 'token.copied' });
    activity.append({ kind: 'token.copied' });
    cancel();
    activity.append({ kind: 'token.copied' });
    expect(told).toBe(2);
  });
});

describe('the hash of an entry', () => {
  it('is SHA-256 over its fields, each after its length, as another program computes it', () => {
    const entry = {
      seq: 7,
      at: '2026-03-01T12:00:00.000Z',
      kind: 'token.minted',
      context_name: 'Wörk',
      detail: null,
      prev_hash: Buffer.alloc(32, 1),
    };
    // By Python's hashlib and struct.
    expect(entryHash(entry).toString('hex')).toBe(
      'b41944f2142680ab8f7e599de3867c7fa598876ac093dbb48a9ca0dfe366e112',
    );
  });
});

describe('the chain', () => {
  it('fits as it was written, with entries from locked and unlocked times', async () => {
    const parts = await withEntries();
    const { vault, activity } = restart(parts);
    activity.append({ kind: 'helper.refused', detail: 'registry.example' });
    expect(activity.verify()).toEqual({ checked: 12, brokenAt: null });
    await unlock(vault);
    expect(activity.verify()).toEqual({ checked: 13, brokenAt: null });
  });

  it('fits over more entries than are read at once', async () => {
    const { vault, activity } = await newVault();
    vault.sql().transaction(() => {
      for (let index = 0; index < 1100; index += 1) activity.append({ kind: 'token.minted' });
    });
    expect(activity.verify()).toEqual({ checked: 1101, brokenAt: null });
    vault.sql().run("UPDATE activity SET detail = 'x' WHERE seq = 1050");
    expect(activity.verify()).toEqual({ checked: 1049, brokenAt: 1050 });
  });

  it.each([
    ['at', "'2020-01-01T00:00:00.000Z'"],
    ['kind', "'token.copied'"],
    ['context_name', "'Home'"],
    ['context_name', 'NULL'],
    ['detail', "''"],
    ['prev_hash', 'zeroblob(32)'],
    ['hash', 'zeroblob(32)'],
  ])('shows an entry whose %s was changed to %s', async (column, value) => {
    const parts = await tamper(await withEntries(), (database) => {
      database.exec(`UPDATE activity SET ${column} = ${value} WHERE seq = 5`);
    });
    expect(parts.activity.verify()).toEqual({ checked: 4, brokenAt: 5 });
  });

  it('shows an entry that was taken out', async () => {
    const parts = await tamper(await withEntries(), (database) => {
      database.exec('DELETE FROM activity WHERE seq = 5');
    });
    expect(parts.activity.verify()).toEqual({ checked: 4, brokenAt: 5 });
  });

  it('shows an entry that was replaced together with its hash', async () => {
    const parts = await withEntries();
    const sql = parts.vault.sql();
    const row = sql.get<ActivityRow>('SELECT * FROM activity WHERE seq = 5');
    if (row === undefined) throw new Error('There is no fifth entry.');
    const hash = entryHash({ ...row, detail: 'nothing to see' });
    sql.run("UPDATE activity SET detail = 'nothing to see', hash = ? WHERE seq = 5", hash);
    expect(parts.activity.verify()).toEqual({ checked: 5, brokenAt: 6 });
  });

  it.each([0, -5])('shows an entry that was put before the first, as number %d', async (seq) => {
    const { activity } = await tamper(await withEntries(), (database) => {
      database
        .prepare(
          'INSERT INTO activity SELECT ?, at, kind, ?, detail, prev_hash, hash FROM activity WHERE seq = 1',
        )
        .run(seq, 'x');
    });
    expect(activity.verify()).toEqual({ checked: 0, brokenAt: 1 });
  });

  it('shows two entries that changed places', async () => {
    const parts = await tamper(await withEntries(), (database) => {
      database.exec(`
        UPDATE activity SET seq = -1 WHERE seq = 5;
        UPDATE activity SET seq = 5 WHERE seq = 6;
        UPDATE activity SET seq = 6 WHERE seq = -1;
      `);
    });
    expect(parts.activity.verify().brokenAt).toBe(5);
  });

  it('shows that its end was cut off, and goes on showing it', async () => {
    const parts = await tamper(await withEntries(), (database) => {
      database.exec('DELETE FROM activity WHERE seq > 7');
    });
    expect(parts.activity.verify()).toEqual({ checked: 7, brokenAt: 8 });
    for (let index = 0; index < 5; index += 1) parts.activity.append({ kind: 'token.minted' });
    const again = restart(parts);
    await unlock(again.vault);
    expect(again.activity.verify()).toEqual({ checked: 7, brokenAt: 8 });
  });

  it('shows that all of it was taken out', async () => {
    const parts = await tamper(await withEntries(), (database) => {
      database.exec('DELETE FROM activity');
    });
    expect(parts.activity.verify()).toEqual({ checked: 0, brokenAt: 1 });
  });

  it('shows that it was written anew with fitting hashes, and goes on showing it', async () => {
    const parts = await tamper(await withEntries(), (database) => {
      database.exec("UPDATE activity SET detail = 'nothing to see' WHERE seq = 5");
      rehash(database);
    });
    // Closing the vault added the entry that was the last one vouched for.
    expect(parts.activity.verify()).toMatchObject({ brokenAt: 11 });
    parts.activity.append({ kind: 'token.minted' });
    expect(parts.activity.verify()).toMatchObject({ brokenAt: 11 });
  });

  it.each([
    ['taken out', 'DELETE FROM activity_head'],
    ['moved back', 'UPDATE activity_head SET (seq, hash) = (SELECT seq, hash FROM activity WHERE seq = 5)'],
    ['forged', 'UPDATE activity_head SET mac = zeroblob(32)'],
    ['emptied', "UPDATE activity_head SET mac = x''"],
  ])('shows that its head was %s, and goes on showing it', async (_what, change) => {
    const parts = await tamper(await withEntries(), (database) => {
      database.exec(change);
    });
    expect(parts.activity.verify().brokenAt).toBe(1);
    parts.activity.append({ kind: 'token.minted' });
    expect(parts.activity.verify().brokenAt).toBe(1);
  });

  it('is checked without its head while the vault is locked', async () => {
    const parts = await withEntries();
    parts.vault.lock();
    expect(parts.activity.verify()).toEqual({ checked: 11, brokenAt: null });
  });
});

describe('a filter of the log', () => {
  it('takes kinds and text together, and the text for what it is', async () => {
    const { activity } = await newVault();
    activity.append({ kind: 'token.minted', contextName: 'Work', detail: '100% of it' });
    activity.append({ kind: 'token.copied', contextName: 'Work', detail: '1000 of it' });
    activity.append({ kind: 'token.minted', contextName: 'Home_lab', detail: null });
    const found = (kinds: ActivityFilter['kinds'], text: string): string[] =>
      activity
        .list({ before: null, limit: 10 }, { kinds, text })
        .entries.map(({ contextName, detail }) => `${contextName} ${detail}`);
    expect(found(['token.minted'], '')).toEqual(['Home_lab null', 'Work 100% of it']);
    expect(found(null, '0%')).toEqual(['Work 100% of it']);
    expect(found(null, '_')).toEqual(['Home_lab null']);
    expect(found(null, ' WORK ')).toEqual(['Work 1000 of it', 'Work 100% of it']);
    expect(found(['vault.locked'], 'work')).toEqual([]);
    expect(found([], '')).toEqual([]);
  });
});
