import Sqlite from 'better-sqlite3';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AccessCaller } from '../support/access-calls.ts';
import { signIn } from '../support/server-client.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServerProcess } from '../support/server.ts';

let folder: string;
let server: TestServerProcess;
let token: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keyhold-killed-'));
  await start();
});
afterEach(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const changes = 1000;
const rounds = 6;
const bots = Array.from({ length: changes }, (_, at) => `killed-${String(at)}`);

/** Starts the server, and signs its owner in: that takes longer than a batch. */
async function start(): Promise<void> {
  server = await startTestServer({ args: ['--data', folder] });
  token = await signIn(server, 'maya');
}

/** Reads the database while no server has it, or changes it. */
function withDatabase<T>(work: (db: Sqlite.Database) => T): T {
  const db = new Sqlite(join(folder, 'keyhold.sqlite'));
  try {
    return work(db);
  } finally {
    db.close();
  }
}

/** Puts bots into `acme`, whom grants can be given to. */
function addBots(): void {
  withDatabase((db) => {
    const org = db.prepare(`select id from organizations where slug = 'acme'`).pluck().get();
    const principal = db.prepare(`insert into principals (id, kind) values (?, 'bot')`);
    const bot = db.prepare(
      `insert into bots (id, org_id, name, created_by, created_at) values (?, ?, ?, 'nobody', '2026-01-01T00:00:00.000Z')`,
    );
    db.transaction(() => {
      for (const name of bots) {
        principal.run(`b_${name}`);
        bot.run(`b_${name}`, org, name);
      }
    })();
  });
}

/** What there is of a batch: grants with its actions, batches of its key, cells kept, and events of the audit log. */
function traces(key: string, actions: string): number[] {
  return withDatabase((db) => {
    const count = (sql: string, ...values: string[]) =>
      db
        .prepare(sql)
        .pluck()
        .get(...values) as number;
    const batch = db.prepare('select id from access_batches where key = ?').pluck().get(key) as
      string | undefined;
    const id = batch ?? 'no batch';
    return [
      count(`select count(*) from grants where actions = ? and principal_id like 'b_killed-%'`, actions),
      count('select count(*) from access_batches where key = ?', key),
      count('select count(*) from access_batch_cells where batch_id = ?', id),
      count(`select count(*) from audit_events where details like ?`, `%${id}%`),
    ];
  });
}

/** As `traces` counts. */
const whole = [changes, 1, changes, changes + 1];
const nothing = [0, 0, 0, 0];

/** Asks the server of this time, as the owner who is signed in. */
const owner = () => new AccessCaller(server, token, 'acme');

/** A batch that gives each bot what it does not have. */
async function newBatch(round: number) {
  const actions = round % 2 === 0 ? (['read'] as const) : (['read', 'write'] as const);
  const asked = bots.map((name) => ({
    ...{ principal: `bot:acme/${name}`, repository: 'acme/web', actions: [...actions] },
  }));
  const [version, key] = [await owner().version(), randomUUID()];
  return {
    send: () => owner().send(asked, version, key),
    traces: () => traces(key, actions.join(',')),
  };
}

it('a batch whose server is killed is made whole or not at all, and once when it is sent again', async () => {
  await server.stop();
  addBots();
  await start();
  const first = await newBatch(1);
  const begun = performance.now();
  expect((await first.send()).status).toBe(201);
  const duration = performance.now() - begun;
  for (let round = 0; round < rounds; round += 1) {
    const batch = await newBatch(round);
    const answer = batch.send().then(
      ({ status }) => status,
      () => null,
    );
    // At random moments, and last once it is answered.
    if (round < rounds - 1) await Promise.race([answer, setTimeout(Math.random() * duration)]);
    else expect(await answer).toBe(201);
    await server.kill();
    const found = batch.traces();
    expect(found).toEqual((await answer) === 201 || found[0] !== 0 ? whole : nothing);
    await start();
    const again = await batch.send();
    expect(again.status).toBe(found[0] === 0 ? 201 : 200);
    const once = await batch.send();
    expect([once.status, once.body]).toEqual([200, again.body]);
    await server.stop();
    expect(batch.traces()).toEqual(whole);
    await start();
  }
});
