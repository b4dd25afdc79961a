import Sqlite from 'better-sqlite3';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verifyAudit } from '../../../../reference-server/audit/audit-log.ts';
import { openDatabase } from '../../../../reference-server/db/open.ts';
import { databaseFaults, expectedRows, migratedRows, oldDatabase } from '../../../support/old-database.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyhold-migrate-'));
  file = join(folder, 'keyhold.sqlite');
  await copyFile(oldDatabase, file);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a database that an earlier server left when it was killed under load', () => {
  it('has everything after the migration, with an audit chain that holds', async () => {
    const expected = expectedRows(file);
    expect(expected['grants']?.length).toBeGreaterThan(3);
    const db = await openDatabase(file);
    expect(await verifyAudit(db)).toMatchObject({ valid: true, checked: expected['audit_events']?.length });
    await db.destroy();
    expect(migratedRows(file)).toEqual(expected);
    expect(databaseFaults(file)).toEqual([]);
  });

  it('loses nobody’s keys and grants when a principal is gone, but theirs', async () => {
    const db = await openDatabase(file);
    const gone = await db
      .selectFrom('grants')
      .innerJoin('public_keys', 'public_keys.principal_id', 'grants.principal_id')
      .select('grants.principal_id')
      .executeTakeFirstOrThrow();
    const left = () =>
      Promise.all(
        (['public_keys', 'grants'] as const).map((table) => db.selectFrom(table).selectAll().execute()),
      );
    const others = (await left()).map((rows) => rows.filter((row) => row.principal_id !== gone.principal_id));
    await db.deleteFrom('principals').where('id', '=', gone.principal_id).execute();
    expect(await left()).toEqual(others);
    await db.destroy();
  });

  it('has the uploads of bots as well, and none of somebody who is gone', async () => {
    const old = new Sqlite(file);
    const insert = old.prepare(
      `insert into registry_uploads (id, repository_id, principal, created_at, touched_at)
        select ?, repository_id, ?, created_at, touched_at from registry_uploads limit 1`,
    );
    const bot = old.prepare<[], { id: string }>('select id from bots limit 1').get()?.id ?? '';
    insert.run('of a bot', `bot:${bot}`);
    // Of another kind than its principal, and of nobody.
    for (const gone of [`user:${bot}`, 'user:u_gone']) insert.run(gone, gone);
    old.close();
    const db = await openDatabase(file);
    const uploads = await db.selectFrom('registry_uploads').select(['id', 'principal_id']).execute();
    expect(uploads).toHaveLength(7);
    expect(uploads).toContainEqual({ id: 'of a bot', principal_id: bot });
    await db.destroy();
  });

  it('refuses what belongs to nobody', async () => {
    const db = await openDatabase(file);
    const [grant] = await db.selectFrom('grants').selectAll().limit(1).execute();
    if (grant === undefined) throw new Error('there is no grant');
    for (const wrong of [{ principal_id: 'u_nobody' }, { repository_id: 'r_none' }, { effect: 'maybe' }]) {
      const row = { ...grant, id: 'g_other', effect: 'deny', ...wrong } as typeof grant;
      await expect(db.insertInto('grants').values(row).execute()).rejects.toThrow('constraint failed');
    }
    const [upload] = await db.selectFrom('registry_uploads').selectAll().limit(1).execute();
    if (upload === undefined) throw new Error('there is no upload');
    const others = { ...upload, id: 'other', principal_id: 'u_nobody' };
    await expect(db.insertInto('registry_uploads').values(others).execute()).rejects.toThrow(
      'constraint failed',
    );
    await expect(
      db
        .insertInto('principals')
        .values({ id: 'x', kind: 'robot' as never })
        .execute(),
    ).rejects.toThrow('constraint failed');
    await db.destroy();
  });
});
