import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { databaseUrlSchema } from '../../../reference-server/config/database-url.ts';
import { claimPostgres, unusable } from '../../../reference-server/db/dialects/postgres/claim.ts';
import { migrationLimits, postgresDialect } from '../../../reference-server/db/dialects/postgres/dialect.ts';
import { postgresProblem } from '../../../reference-server/db/dialects/postgres/problems.ts';
import { migrations } from '../../../reference-server/db/migrations/index.ts';
import { openDatabase } from '../../../reference-server/db/open.ts';
import { scrubFolder, startLocalServer } from '../../support/local-server.ts';
import { databaseAt, guestPassword, lockedDatabase, runSql } from '../../support/postgres.ts';
import { registryToken, RepositoryClient } from '../../support/registry-client.ts';
import { newPostgresDatabase } from '../../support/server-database.ts';
import { runServer, startTestServer } from '../../support/server.ts';

const postgres = inject('postgres');
const superuser = databaseAt(postgres, 'postgres');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keyhold-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const nameOf = (url: string) => new URL(url).pathname.slice(1);

/** Makes a database without the server's tables. */
async function emptyDatabase(name: string, options = ''): Promise<string> {
  await runSql(superuser, `create database ${name} template template0 ${options}`);
  return databaseAt(postgres, name);
}

/** A start that has to fail. */
async function failingStart(args: readonly string[], env: Record<string, string> = {}) {
  const run = runServer(['--port', '0', '--data', folder, ...args], env);
  return { code: await run.ended, stdout: run.stdout(), stderr: run.stderr() };
}

describe('a server process on PostgreSQL', () => {
  it('finds what it had, holds the database alone, and gives it free when it is killed', async () => {
    const database = await newPostgresDatabase(postgres);
    const args = ['--database', database, '--data', folder];
    const first = await startTestServer({ args });
    const refused = await failingStart(['--database', database]);
    expect([refused.code, refused.stdout]).toEqual([2, '']);
    expect(refused.stderr).toMatch(
      /^keyhold server: The database keyhold_\w+ at .* is in use by another server\..*\n$/,
    );
    await first.kill();
    const second = await startTestServer({ args });
    expect(second.user('maya').id).toBe(first.user('maya').id);
    expect(await second.stop()).toBe(0);
  });

  it('ends when it has lost its hold on the database', async () => {
    const database = await newPostgresDatabase(postgres);
    const server = await startTestServer({ args: ['--database', database, '--data', folder] });
    const ended = server.ended;
    await runSql(
      superuser,
      `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'
        and database = (select oid from pg_database where datname = '${nameOf(database)}')`,
    );
    expect(await ended).toBe(1);
    expect(server.log()).toMatch(/keeps the database for this server alone ended\. Start the server again\./);
  });

  it('stops although the database hangs', async () => {
    const database = await newPostgresDatabase(postgres);
    const server = await startTestServer({ args: ['--database', database, '--data', folder] });
    const backends = await runSql<{ pid: number }>(
      superuser,
      `select pid from pg_stat_activity where datname = '${nameOf(database)}'`,
    );
    for (const { pid } of backends) process.kill(pid, 'SIGSTOP');
    try {
      expect(await server.stop()).toBe(0);
    } finally {
      for (const { pid } of backends) process.kill(pid, 'SIGCONT');
    }
  });

  it('takes the password from the environment or the config file, never from an option, and shows it nowhere', async () => {
    await emptyDatabase(lockedDatabase);
    await runSql(superuser, `create role guest login password '${guestPassword}'`);
    await runSql(superuser, `alter database ${lockedDatabase} owner to guest`);
    const bare = databaseAt(postgres, lockedDatabase).replace('postgres@', 'guest@');
    const withPassword = (password: string) => bare.replace('guest@', `guest:${password}@`);
    const config = join(folder, 'config.yaml');
    writeFileSync(config, `database: "${withPassword('wrong-61ac')}"\n`);

    const words = /The database locked at .* refuses the user or the password\. Put the right password/;
    for (const url of [bare, withPassword('wrong-61ac')])
      await expect(openDatabase(url)).rejects.toThrow(words);
    const { code, stdout, stderr } = await failingStart(['--config', config, '--log-level', 'trace']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(words);
    expect(stderr).not.toContain('wrong-61ac');
    const told = await failingStart(['--database', withPassword(guestPassword)]);
    expect([told.code, told.stderr]).toEqual([
      2,
      expect.stringMatching(/password in --database could be read by everybody/),
    ]);
    expect(told.stderr).not.toContain(guestPassword);

    const server = await startTestServer({
      args: ['--database', bare, '--data', folder],
      env: { PGPASSWORD: guestPassword },
    });
    expect(await server.stop()).toBe(0);
    expect(server.log()).not.toContain(guestPassword);
  });
});

describe('a database that cannot be used', () => {
  it.each([
    [
      'postgres://maya@localhost/x?host=/nowhere/at/all',
      /x at \/nowhere\/at\/all cannot be reached \(ENOENT\)/,
    ],
    ['postgres://maya@127.0.0.1:1/x', /x at 127\.0\.0\.1:1 cannot be reached \(ECONNREFUSED\)/],
    [databaseAt(postgres, 'absent'), /There is no database absent at .* Make it with createdb/],
    [databaseAt(postgres, 'postgres').replace('host=', 'sslmode=verify-full&host='), /does not do TLS/],
    [
      'postgres://maya@127.0.0.1:1/x?sslrootcert=/nowhere/ca',
      /x at 127\.0\.0\.1:1 cannot be asked for \(ENOENT\)/,
    ],
  ])('is refused in one sentence: %s', async (url, words) => {
    await expect(openDatabase(url)).rejects.toThrow(words);
  });

  it.each(['postgres://h/%zz', 'postgres://%zz/x', 'postgres://h/x?host=%zz'])(
    'has no such address: %s',
    (url) => {
      expect(databaseUrlSchema.safeParse(url).success).toBe(false);
    },
  );

  it('is another program’s, which keeps it', async () => {
    const url = await emptyDatabase('of_others');
    await runSql(url, 'create table songs (title text)');
    await expect(openDatabase(url)).rejects.toThrow(/of_others at .* has tables of another program/);
    expect(
      await runSql(url, "select table_name from information_schema.tables where table_schema = 'public'"),
    ).toEqual([{ table_name: 'songs' }]);
  });

  it('does not keep every character', async () => {
    const url = await emptyDatabase('latin', `encoding 'LATIN1' locale_provider 'libc' locale 'C'`);
    await expect(openDatabase(url)).rejects.toThrow(
      /latin at .* keeps text as LATIN1.*createdb --encoding UTF8/,
    );
  });

  it('is too old, or a copy that takes no changes', () => {
    const good = { version: 14, encoding: 'UTF8', standby: 0 } as const;
    expect(unusable(good)).toBeNull();
    expect(unusable({ ...good, version: 13 })).toMatch(/is PostgreSQL 13; this server needs 14 or later/);
    expect(unusable({ ...good, standby: 1 })).toMatch(/is a standby/);
  });

  it('may not be changed by its user', async () => {
    const url = await emptyDatabase('of_a_stranger');
    await runSql(superuser, 'create role stranger login');
    await runSql(url, 'revoke create on schema public from public');
    await expect(openDatabase(url.replace('postgres@', 'stranger@'))).rejects.toThrow(
      /may not make tables in of_a_stranger/,
    );
  });

  it('keeps the uploads that a server of before began', async () => {
    const url = await emptyDatabase('with_uploads');
    const db = new Kysely({ dialect: postgresDialect(url, migrationLimits) });
    const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations) } });
    expect((await migrator.migrateTo('0008-principals')).error).toBeUndefined();
    await db.destroy();
    await runSql(
      url,
      `insert into principals values ('u_x', 'user');
        insert into organizations values ('o_x', 'acme', 'Acme', 'team', '');
        insert into repositories values ('r_x', 'o_x', 'acme/web', 0, '');
        insert into registry_uploads values ('begun', 'r_x', 'user:u_x', '', ''), ('gone', 'r_x', 'user:x', '', '')`,
    );
    const migrated = await openDatabase(url);
    expect(
      await migrated.selectFrom('registry_uploads').select(['id', 'repository_id', 'principal_id']).execute(),
    ).toEqual([{ id: 'begun', repository_id: 'r_x', principal_id: 'u_x' }]);
    await migrated.destroy();
  });

  it('is left as it was where bringing it up to date fails half-way', async () => {
    const url = await emptyDatabase('half_way');
    await runSql(url, 'create sequence registry_tags');
    await expect(openDatabase(url)).rejects.toThrow(
      /half_way at .* could not be brought up to date \(42P07\)/,
    );
    const left = await runSql(
      url,
      `select count(*)::int as tables from pg_tables where schemaname = 'public' and tablename not like 'kysely%'`,
    );
    expect(left).toEqual([{ tables: 0 }]);
    await runSql(url, 'drop sequence registry_tags');
    await (await openDatabase(url)).destroy();
  });

  it('is left as it was where the connection is cut while it is brought up to date', async () => {
    const url = await emptyDatabase('cut_off');
    await runSql(
      url,
      `create function cut() returns event_trigger language plpgsql as
          $$ begin perform pg_terminate_backend(pg_backend_pid()); end $$;
        create event trigger cut on ddl_command_start when tag in ('CREATE INDEX') execute function cut()`,
    );
    await expect(openDatabase(url)).rejects.toThrow(
      /The connection to the database cut_off at .* broke off\. Start the server again\./,
    );
    expect(postgresProblem(new Error('Connection terminated unexpectedly'), url)).toMatch(/ broke off\./);
    await runSql(url, 'drop event trigger cut');
    await (await openDatabase(url)).destroy();
  });

  it('does not answer any more', async () => {
    // Takes the connection ("AuthenticationOk", "ReadyForQuery"), and then says nothing and does not let go of it.
    const ready = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49]);
    const hanging = createServer({ allowHalfOpen: true }, (socket) => {
      socket.once('data', () => socket.write(ready));
    }).listen(0, '127.0.0.1');
    await once(hanging, 'listening');
    const { port } = hanging.address() as AddressInfo;
    const claim = claimPostgres(`postgres://maya@127.0.0.1:${String(port)}/x`, () => undefined, 50);
    await expect(claim).rejects.toThrow(/^The database x at .* does not answer\. See what it is waiting for/);
    hanging.close();
  });

  it('is taken by one of two that start at once', async () => {
    const url = await emptyDatabase('wanted');
    const [one, other] = await Promise.allSettled([openDatabase(url), openDatabase(url)]);
    const opened = [one, other].flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
    const refused = [one, other].flatMap((start) =>
      start.status === 'rejected' ? [String(start.reason)] : [],
    );
    expect(refused).toEqual([expect.stringContaining('in use by another server')]);
    await opened[0]?.destroy();
  });
});

describe('a data folder', () => {
  const start = (dataDir: string, url: string | undefined) => startLocalServer({ dataDir, database: url });

  it('belongs to its database, and the database to it', async () => {
    const database = await newPostgresDatabase(postgres);
    const server = await start(folder, database);
    const maya = new RepositoryClient(
      server,
      'acme/web',
      await registryToken(server, 'maya', 'repository:acme/web:*'),
    );
    await maya.pushBlob(Buffer.from('content'));
    await server.stop();
    const blobs = readdirSync(join(folder, 'blobs'), { recursive: true }).toSorted();

    await expect(start(folder, await newPostgresDatabase(postgres))).rejects.toThrow(
      /is not the one with the contents of this database/,
    );
    await expect(start(join(folder, 'other'), database)).rejects.toThrow(
      /is not the one with the contents of this database/,
    );
    await expect(start(folder, undefined)).rejects.toThrow(/belongs to a PostgreSQL database/);
    expect(readdirSync(join(folder, 'blobs'), { recursive: true }).toSorted()).toEqual(blobs);
    await (await start(folder, database)).stop();
  });

  it('is scrubbed with its database', async () => {
    const server = await startLocalServer({ dataDir: folder });
    const token = await registryToken(server, 'maya', 'repository:acme/web:*');
    await new RepositoryClient(server, 'acme/web', token).pushBlob(Buffer.from('content'));
    await server.stop();
    expect(await scrubFolder(folder)).toEqual({
      well: true,
      said: ['1 contents with 7 bytes are good, 0 faults.'],
    });
  });

  it('with a database of its own takes no other', async () => {
    const database = await newPostgresDatabase(postgres);
    mkdirSync(join(folder, 'own'));
    writeFileSync(join(folder, 'own', 'keyhold.sqlite'), '');
    await expect(start(join(folder, 'own'), database)).rejects.toThrow(/has a database of its own/);
  });
});

describe('the database’s values', () => {
  it('sort by their bytes, whatever language the database is for', async () => {
    const database = await newPostgresDatabase(postgres);
    const server = await startLocalServer({ dataDir: folder, database });
    const columns = await runSql<{ collation_name: string | null }>(
      database,
      `select distinct collation_name from information_schema.columns
        where table_schema = 'public' and data_type = 'text' and table_name not like 'kysely%'`,
    );
    expect(columns).toEqual([{ collation_name: 'C' }]);
    await server.stop();
  });

  it('are those that SQLite gives: numbers for counts, sums and sizes, and text without NUL', async () => {
    const database = await newPostgresDatabase(postgres);
    const server = await startLocalServer({ dataDir: folder, database });
    const { db, write } = server.context;
    const { id } = await db.selectFrom('repositories').select('id').limit(1).executeTakeFirstOrThrow();
    const row = { repository_id: id, digest: 'sha256:x\0', created_at: '2026-01-01T00:00:00.000Z' };
    const blob = { ...row, size: 5 * 2 ** 30 };
    await write({}, (tx) => tx.insertInto('registry_blobs').values(blob).execute());
    const found = await db
      .selectFrom('registry_blobs')
      .select(({ fn }) => [
        fn.countAll<number>().as('count'),
        fn.sum<number>('size').as('sum'),
        fn.max('digest').as('digest'),
      ])
      .executeTakeFirstOrThrow();
    expect(found).toEqual({ count: 1, sum: 5 * 2 ** 30, digest: 'sha256:x\u{fffd}' });
    await server.stop();
  });
});
