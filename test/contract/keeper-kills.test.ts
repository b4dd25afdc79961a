import type { Kysely } from 'kysely';
import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDatabase } from '../../reference-server/db/open.ts';
import type { Database } from '../../reference-server/db/schema.ts';
import { askKeeper, devToken, everything } from '../support/keeper-rig.ts';
import type { KeeperAnswer } from '../support/keeper-rig.ts';
import { serverStorage } from '../support/server-database.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServerProcess } from '../support/server.ts';

let folder: string;
let database: string | undefined;
let server: TestServerProcess;
let shares: string[];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keyhold-kills-'));
  ({
    where: { database },
  } = await serverStorage(join(folder, 'data')));
  const config = { keeper: { dev: { enabled: true, token: devToken, permissions: everything } } };
  writeFileSync(
    join(folder, 'config.json'),
    JSON.stringify({ ...config, ...(database !== undefined && { database }) }),
  );
  await start();
  const { body } = await ask('/v1/keeper/system/init', { peerId: 1, threshold: 2, total: 3 });
  shares = body['shares64'] as string[];
  await unseal();
});
afterEach(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<void> {
  const args = ['--data', join(folder, 'data'), '--config', join(folder, 'config.json')];
  server = await startTestServer({ args, demo: false });
}
const ask = (path: string, body?: object): Promise<KeeperAnswer> => askKeeper(server.origin, path, body);
const unseal = () => ask('/v1/keeper/system/unseal', { payloads64: shares.slice(0, 2) });
const generate = (keyId: string, mode: string) =>
  ask('/v2/keeper/dkg', { keyId, algorithm: 'ED25519', mode, authorities: [{ id: 'ops' }] });

/** Something that is another one after each transaction of the server, which has a SQLite file for itself alone. */
async function watched<T>(work: (mark: () => Promise<unknown>) => Promise<T>): Promise<T> {
  if (database === undefined)
    return work(() => Promise.resolve(statSync(join(folder, 'data/keyhold.sqlite-wal')).mtimeMs));
  const client = new pg.Client(database);
  await client.connect();
  try {
    return await work(async () => JSON.stringify((await client.query('select count from changes')).rows));
  } finally {
    await client.end();
  }
}

/**
 * Has a server do many things at once. Once some are answered it is killed with the next that comes to the database: in the
 * middle of that one, while others wait.
 *
 * @returns what was answered to have been done
 */
async function killedAmid<Deed>(
  deeds: readonly Deed[],
  send: (deed: Deed) => Promise<KeeperAnswer>,
): Promise<Deed[]> {
  const done: Deed[] = [];
  const enough = 1 + randomInt(deeds.length / 2);
  let isOver = false;
  await watched(async (mark) => {
    const all = Promise.all(
      deeds.map(async (deed) => {
        const { status } = await send(deed).catch(() => ({ status: 0 }));
        if (status >= 200 && status < 300) done.push(deed);
      }),
    ).finally(() => (isOver = true));
    while (done.length < enough && !isOver) await setImmediate();
    expect(done.length).toBeGreaterThanOrEqual(enough);
    const before = await mark();
    while ((await mark()) === before && !isOver) await setImmediate();
    await server.kill();
    await all;
  });
  return done;
}

/** What a server that was killed has left. */
async function left<T>(read: (db: Kysely<Database>) => Promise<T>): Promise<T> {
  const db = await openDatabase(database ?? join(folder, 'data/keyhold.sqlite'));
  try {
    return await read(db);
  } finally {
    await db.destroy();
  }
}
const lines = (db: Kysely<Database>, action: string) =>
  db
    .selectFrom('audit_events')
    .select('target')
    .where('action', '=', action)
    .where('outcome', '=', 'success')
    .execute();

async function isWhole(keyId: string): Promise<void> {
  const path = `/v1/keeper/consistency/fix?keyId=${keyId}`;
  const { body } = await askKeeper(server.origin, path, undefined, { method: 'POST' });
  expect(body).toMatchObject({ verdict: 'OK' });
}

it('a server that is killed has made each key whole, with its line, or not at all', async () => {
  const ids = Array.from({ length: 30 }, (_, at) => `key-${String(at)}`);
  const done = await killedAmid(ids, (id) => generate(id, 'CREATE'));
  const [rows, told] = await left(async (db) => [
    await db.selectFrom('keeper_keys').select('id').execute(),
    await lines(db, 'keeper.dkg.create'),
  ]);
  const keys = rows.map(({ id }) => id);
  expect(told.map(({ target }) => target).toSorted()).toEqual(keys.toSorted());
  expect(keys).toEqual(expect.arrayContaining(done));
  await start();
  await unseal();
  for (const id of keys) await isWhole(id);
});

it('the same of rotations, time after time', async () => {
  await generate('mine', 'CREATE');
  let least = 1;
  for (let round = 0; round < 3; round += 1) {
    least += (await killedAmid(Array.from({ length: 30 }), () => generate('mine', 'ROTATE'))).length;
    const [{ generation }, generations, told] = await left(async (db) => [
      await db.selectFrom('keeper_keys').select('generation').executeTakeFirstOrThrow(),
      await db.selectFrom('keeper_generations').select('generation').execute(),
      await lines(db, 'keeper.dkg.rotate'),
    ]);
    expect([generations.length, told.length + 1]).toEqual([generation, generation]);
    // What was answered is there.
    expect(generation).toBeGreaterThanOrEqual(least);
    least = generation;
    await start();
    expect((await ask('/v1/keeper/system/status')).body).toMatchObject({ state: 'SEALED' });
    await unseal();
    await isWhole('mine');
  }
});

it('the same of generations that are destroyed', async () => {
  await generate('mine', 'CREATE');
  const earlier = Array.from({ length: 20 }, (_, at) => at + 1);
  await Promise.all(earlier.map(() => generate('mine', 'ROTATE')));
  const done = await killedAmid(earlier, (generation) =>
    ask('/v1/keeper/destroy', { keyId: 'mine', generation }),
  );
  const [gone, told] = await left(async (db) => [
    await db.selectFrom('keeper_generations').select('generation').where('material', 'is', null).execute(),
    await lines(db, 'keeper.destroy'),
  ]);
  expect(gone).toHaveLength(told.length);
  expect(gone.map(({ generation }) => generation)).toEqual(expect.arrayContaining(done));
  await start();
  await unseal();
  await isWhole('mine');
});

it('a server that is killed while it is unsealed is sealed, and unsealed by the same shares', async () => {
  await generate('mine', 'CREATE');
  await askKeeper(server.origin, '/v1/keeper/system/seal', undefined, { method: 'POST' });
  // The keeper has a share that waits for another one, and is unsealed as the server goes.
  await killedAmid([1, 2], (count) =>
    ask('/v1/keeper/system/unseal', { payloads64: shares.slice(0, count), reset: true }),
  );
  await start();
  const { body } = await ask('/v1/keeper/system/status');
  expect(body).toMatchObject({ state: 'SEALED', progress: { progress: 0 } });
  expect((await unseal()).body).toMatchObject({ ready: true });
  await isWhole('mine');
});
