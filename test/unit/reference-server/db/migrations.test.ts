import Sqlite from 'better-sqlite3';
import { Kysely, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verifyAudit } from '../../../../reference-server/audit/audit-log.ts';
import { sqliteDialect } from '../../../../reference-server/db/dialects/sqlite/dialect.ts';
import { openSqlite } from '../../../../reference-server/db/dialects/sqlite/open.ts';
import { migrations } from '../../../../reference-server/db/migrations/index.ts';
import { openDatabase } from '../../../../reference-server/db/open.ts';
import type { LoginCodeTable } from '../../../../reference-server/db/organization-schema.ts';
import type { Database } from '../../../../reference-server/db/schema.ts';
import { newAccount } from '../../../../reference-server/identity/users.ts';
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

describe('a database from before directories were followed', () => {
  const created_at = '2026-11-01T00:00:00.000Z';
  const code = {
    ...{
      user_id: 'u_1',
      org_id: 'o_1',
      session_id: 's',
      redirect_uri: null,
      code_challenge: 'c',
      name: 'CI',
    },
    ...{ expires_at: created_at, used_at: null, made: null },
  };
  const codes: LoginCodeTable[] = [
    { ...code, code_hash: 'a', access: 'api-key' },
    { ...code, code_hash: 'b', access: 'session', redirect_uri: 'http://127.0.0.1:1/', made: 'k_1' },
  ];
  const identity = {
    ...{ issuer: 'ldap:dc=x', subject: 'id:1', user_id: 'u_1', provider: 'ldap', email: 'a@x.example' },
    ...{ created_at, last_used_at: created_at },
  };
  const group = { org_id: 'o_1', description: '', external_id: null, created_by: 'u_1', created_at };
  const groups = [
    { ...group, id: 'grp_1', name: 'here', source: null },
    { ...group, id: 'grp_2', name: 'here too', source: null },
    { ...group, id: 'grp_3', name: 'there', source: 'ldap', external_id: 'id:2' },
  ];

  beforeEach(async () => {
    await rm(file);
    const db = new Kysely<Database>({ dialect: sqliteDialect(openSqlite(file)) });
    const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations) } });
    expect((await migrator.migrateTo('0011-directory')).error).toBeUndefined();
    const principals = [
      { id: 'u_1', kind: 'user' as const },
      ...groups.map(({ id }) => ({ id, kind: 'group' as const })),
    ];
    await db.insertInto('principals').values(principals).execute();
    const user = {
      id: 'u_1',
      username: 'a',
      email: 'a@x.example',
      display_name: 'A',
      status: 'active' as const,
    };
    await db
      .insertInto('users')
      .values({ ...newAccount, ...user, role: 'user', created_at })
      .execute();
    const org = { id: 'o_1', slug: 'x', display_name: 'X', kind: 'team' as const, created_at };
    await db.insertInto('organizations').values(org).execute();
    await db.insertInto('login_codes').values(codes).execute();
    await db.insertInto('groups').values(groups).execute();
    await sql`insert into external_identities ${sql.raw(`(${Object.keys(identity).join(', ')})`)}
      values (${sql.join(Object.values(identity))})`.execute(db);
    await db.destroy();
  });

  it('has its codes, groups and identities after the migration, each column where it was', async () => {
    const db = await openDatabase(file);
    expect(await db.selectFrom('login_codes').selectAll().orderBy('code_hash').execute()).toEqual(codes);
    expect(await db.selectFrom('groups').selectAll().orderBy('id').execute()).toEqual(groups);
    const identities = await db.selectFrom('external_identities').selectAll().execute();
    expect(identities).toEqual([{ ...identity, left_at: null }]);
    const row = { ...code, code_hash: 'c', access: 'token-pair' as const };
    await db.insertInto('login_codes').values(row).execute();
    for (const wrong of [{ access: 'all' as never }, { user_id: 'u_nobody' }, { org_id: 'o_none' }]) {
      const other = db.insertInto('login_codes').values({ ...row, code_hash: 'd', ...wrong });
      await expect(other.execute()).rejects.toThrow('constraint failed');
    }
    await db.deleteFrom('principals').where('id', '=', 'u_1').execute();
    expect(await db.selectFrom('login_codes').selectAll().execute()).toEqual([]);
    await db.destroy();
    expect(databaseFaults(file)).toEqual([]);
  });

  it('that has what the newest cannot have stays as it was, and says so', async () => {
    const twin = { ...group, id: 'grp_4', name: 'there again', source: 'ldap', external_id: 'id:2' };
    const old = new Sqlite(file);
    old.prepare(`insert into principals (id, kind) values ('grp_4', 'group')`).run();
    const columns = Object.keys(twin);
    old
      .prepare(`insert into groups (${columns.join()}) values (${columns.map(() => '?').join()})`)
      .run(...Object.values(twin));
    const before = old.prepare('select * from sqlite_schema order by name').all();
    old.close();
    await expect(openDatabase(file)).rejects.toThrow('could not be brought up to date');
    const after = new Sqlite(file);
    expect(after.prepare('select * from sqlite_schema order by name').all()).toEqual(before);
    expect(after.prepare('select * from login_codes').all()).toHaveLength(codes.length);
    after.close();
  });
});

it('a keeper of before the anchor is brought up to date with its keys', async () => {
  await rm(file, { force: true });
  const old = new Kysely<Database>({ dialect: sqliteDialect(openSqlite(file)) });
  const migrator = new Migrator({ db: old, provider: { getMigrations: () => Promise.resolve(migrations) } });
  expect((await migrator.migrateTo('0018-keeper')).error).toBeUndefined();
  const at = '2026-01-01T00:00:00.000Z';
  await sql`insert into keeper_keys (id, algorithm, generation, authorities, created_at, updated_at, mac)
    values ('mine', 'P256', 1, '[]', ${at}, ${at}, 'mac')`.execute(old);
  await old.destroy();
  const db = await openDatabase(file);
  const keys = await db.selectFrom('keeper_keys').select(['id', 'mac', 'generation_stamps']).execute();
  expect(keys).toEqual([{ id: 'mine', mac: 'mac', generation_stamps: '[]' }]);
  expect(await db.selectFrom('keeper_anchor').selectAll().execute()).toEqual([]);
  await db.destroy();
  expect(databaseFaults(file)).toEqual([]);
});
