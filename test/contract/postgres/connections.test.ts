import { Kysely, sql } from 'kysely';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, inject, it, vi } from 'vitest';
import { appendEvents, verifyAudit } from '../../../reference-server/audit/audit-log.ts';
import { postgresDialect, requestLimits } from '../../../reference-server/db/dialects/postgres/dialect.ts';
import { openDatabase } from '../../../reference-server/db/open.ts';
import type { Database } from '../../../reference-server/db/schema.ts';
import { unitOfWork } from '../../../reference-server/db/write.ts';
import type { Reader, Write } from '../../../reference-server/db/write.ts';
import { orRemoveUnused } from '../../../reference-server/registry/garbage.ts';
import { openRegistry } from '../../../reference-server/registry/registry.ts';
import { hasBlob, linkBlob } from '../../../reference-server/registry/repository-content.ts';
import { databaseAt, runSql } from '../../support/postgres.ts';
import { newTestContext } from '../../support/server-context.ts';
import { newPostgresDatabase } from '../../support/server-database.ts';

const postgres = inject('postgres');

let url: string;
let db: Kysely<Database>;
let write: Write;
let endSlowChange: (() => void) | undefined;
beforeEach(async () => {
  url = await newPostgresDatabase(postgres);
  db = await openDatabase(url);
  write = unitOfWork(
    db,
    appendEvents(() => new Date()),
  );
});
afterEach(async () => {
  // Else a failed test would never end.
  endSlowChange?.();
  await db.destroy();
});

const count = async (from: Reader) =>
  (await from.selectFrom('changes').select('count').executeTakeFirstOrThrow()).count;

it('reads while changes wait for one that takes long, however many there are', async () => {
  const promise = new Promise<void>((resolve) => {
    endSlowChange = resolve;
  });
  const first = write({}, () => promise);
  const others = Array.from({ length: 30 }, () => write({}, () => undefined));
  // The first has its connection by then, and so would others that ask for one.
  for (let i = 0; i < 10; i += 1) expect(await count(db)).toBe(0);
  endSlowChange?.();
  await Promise.all([first, ...others]);
  expect(await count(db)).toBe(31);
});

it('loses no more than the change whose connection is cut, and goes on', async () => {
  const cut = write({}, async (tx, audit) => {
    audit({ action: 'key.revoked', outcome: 'success' });
    const { pid } = await tx
      .selectFrom('changes')
      .select(sql<number>`pg_backend_pid()`.as('pid'))
      .executeTakeFirstOrThrow();
    await runSql(databaseAt(postgres, 'postgres'), `select pg_terminate_backend(${String(pid)}, 10000)`);
    // What the database said last has come before the answer to a question on another connection.
    await count(db);
  });
  await expect(cut).rejects.toThrow(/connection/i);
  await write({}, (_tx, audit) => {
    audit({ action: 'key.revoked', outcome: 'success' });
  });
  expect(await verifyAudit(db)).toMatchObject({ valid: true, checked: 1 });
});

it('loses no place for a connection to those that are cut as soon as they are made', async () => {
  const own = new Kysely<Database>({ dialect: postgresDialect(url, requestLimits) });
  const ask = vi.spyOn(pg.Client.prototype, 'query');
  ask.mockImplementation(() => {
    throw new Error('Connection terminated unexpectedly');
  });
  try {
    // More than there are places.
    for (let times = 0; times < 11; times++) await expect(count(own)).rejects.toThrow(/terminated/);
    ask.mockRestore();
    expect(await count(own)).toBe(0);
  } finally {
    ask.mockRestore();
    await own.destroy();
  }
});

it('waits no longer than it may for a database that hangs, and asks it no more on that connection', async () => {
  const hasty = new Kysely<Database>({ dialect: postgresDialect(url, { ...requestLimits, answer: 2000 }) });
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(hasty);
  const pid = rows[0]?.pid ?? 0;
  process.kill(pid, 'SIGSTOP');
  try {
    await expect(count(hasty)).rejects.toThrow(/timeout/i);
    expect(await count(hasty)).toBe(0);
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await hasty.destroy();
});

it('tells of a change that its answer did not come in time, and goes on beside the one that hangs', async () => {
  const hasty = new Kysely<Database>({ dialect: postgresDialect(url, { ...requestLimits, answer: 2000 }) });
  const hastily = unitOfWork(hasty, () => Promise.resolve());
  let stopped = 0;
  const change = hastily({}, async (tx) => {
    const { pid } = await tx
      .selectFrom('changes')
      .select(sql<number>`pg_backend_pid()`.as('pid'))
      .executeTakeFirstOrThrow();
    process.kill(pid, 'SIGSTOP');
    stopped = pid;
    await tx.selectFrom('users').select('id').execute();
  });
  try {
    await expect(change).rejects.toThrow(/timeout/i);
    expect(await count(hasty)).toBe(0);
  } finally {
    process.kill(stopped, 'SIGCONT');
  }
  await hasty.destroy();
});

it('keeps a content whose use is stored although nobody got the answer', async () => {
  await runSql(
    url,
    `insert into organizations values ('o_test', 'test', 'Test', 'team', '');
      insert into repositories (id, org_id, full_name, public, created_at) values ('r_test', 'o_test', 'test/a', 0, '');
      create function wait() returns trigger language plpgsql as
        $$ begin perform pg_advisory_xact_lock(1); return null; end $$;
      create constraint trigger slow_commit after insert on registry_blobs deferrable initially deferred
        for each row execute function wait()`,
  );
  const blobDir = await mkdtemp(join(tmpdir(), 'keyhold-'));
  const context = await newTestContext();
  await context.db.destroy();
  const now = () => new Date();
  const here = { ...context, db, write, config: { ...context.config, blobDir, database: url } };
  const { blobs, ...registry } = await openRegistry(here, () => Promise.resolve());
  const hasty = new Kysely<Database>({ dialect: postgresDialect(url, { ...requestLimits, answer: 2000 }) });
  const hastily = unitOfWork(hasty, appendEvents(now));
  const hastyRegistry = { ...registry, blobs, context: { ...here, db: hasty, write: hastily } };
  const content = Buffer.from('content');
  const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;
  const slow = new pg.Client(url);
  await slow.connect();
  await slow.query('select pg_advisory_lock(1)');

  const push = orRemoveUnused(hastyRegistry, digest, () =>
    blobs.alone(digest, async () => {
      await blobs.writeSmall(digest, content);
      await hastily({}, (tx) => linkBlob(tx, 'r_test', { digest, size: content.length }, now()));
    }),
  );
  await expect(push).rejects.toThrow(/timeout/i);
  await slow.end();
  // Comes after the change.
  await write({}, () => undefined);
  expect(await hasBlob(db, 'r_test', digest)).toBe(true);
  expect(await blobs.stored(digest)).not.toBeNull();
  await Promise.all([hasty.destroy(), rm(blobDir, { recursive: true })]);
});
