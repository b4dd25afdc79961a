import Sqlite from 'better-sqlite3';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { openDatabase } from '../../reference-server/db/open.ts';
import { databaseFaults, expectedRows, migratedRows, oldDatabase } from '../support/old-database.ts';
import type { Rows } from '../support/old-database.ts';
import { compileCache, startTestServer } from '../support/server.ts';
import type { SoakPart, Tally } from './tally.ts';

const program = join(import.meta.dirname, 'migrate-once.ts');
/** With so many keys more, migrating takes long enough to be met in all its parts. */
const moreKeys = 10_000;
/** A whole server is started after so many rounds. */
const serverEvery = 20;

interface Migration {
  /** Ends some time after the schema began to change, at the latest when it is up to date. */
  ended: Promise<void>;
  /** From the beginning to the end, in milliseconds; null when it was killed before. */
  took(): number | null;
  kill(): void;
}

/** Begins to migrate in a process of its own. */
async function beginMigration(file: string): Promise<Migration> {
  const child = spawn(process.execPath, [program, file], {
    env: { ...process.env, NODE_COMPILE_CACHE: compileCache },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close').then(() => undefined);
  let begun = 0;
  let took: number | null = null;
  await new Promise<void>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (text.includes('begins')) begun = performance.now();
      if (text.includes('done')) took = performance.now() - begun;
      resolve();
    });
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { ended: closed, took: () => took, kill: () => child.kill('SIGKILL') };
}

/** The old database with many more keys. */
async function bigDatabase(folder: string): Promise<string> {
  const file = join(folder, 'before.sqlite');
  await copyFile(oldDatabase, file);
  const db = new Sqlite(file);
  const insert = db.prepare(
    `insert into public_keys (kid, user_id, name, x, created_at) select ?, id, ?, 'x', created_at from users limit 1`,
  );
  db.transaction(() => {
    for (let at = 0; at < moreKeys; at += 1) insert.run(`kid-${String(at)}`, `Key ${String(at)}`);
  })();
  db.close();
  return file;
}

/** Migrates to the end, and holds what is there then against what was there before. */
async function check(file: string, expected: Rows, tally: Tally): Promise<void> {
  await (await openDatabase(file)).destroy();
  const found = migratedRows(file);
  for (const [table, rows] of Object.entries(expected)) {
    if (!isDeepStrictEqual(found[table], rows)) tally.wrong.push(`${table}: rows are missing or others`);
  }
  for (const fault of databaseFaults(file)) tally.wrong.push(JSON.stringify(fault));
}

/** A server that migrates an older database, killed at random moments of that. */
export const migrateKills: SoakPart = {
  name: 'migrate-kills',
  count: 200,
  run: async (count, tally) => {
    const folder = await mkdtemp(join(tmpdir(), 'keyhold-soak-'));
    try {
      const before = await bigDatabase(folder);
      const expected = expectedRows(before);
      const file = join(folder, 'keyhold.sqlite');
      const fresh = async (): Promise<void> => {
        for (const end of ['', '-wal', '-shm']) await rm(file + end, { force: true });
        await copyFile(before, file);
      };
      await fresh();
      const whole = await beginMigration(file);
      await whole.ended;
      const duration = whole.took() ?? 0;
      while (tally.of('kills') < count && !tally.stopped && tally.wrong.length === 0) {
        await fresh();
        const migration = await beginMigration(file);
        // The moment is the point here, and it is left to chance.
        await Promise.race([setTimeout(Math.random() * duration), migration.ended]);
        migration.kill();
        await migration.ended;
        if (migration.took() !== null) continue;
        tally.count('kills');
        if (tally.of('kills') % serverEvery !== 0) await check(file, expected, tally);
        else {
          const server = await startTestServer({ args: ['--data', folder], demo: false });
          await server.kill();
          tally.count('servers');
          // It ends uploads whose files are not there.
          await check(file, { ...expected, registry_uploads: [] }, tally);
        }
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};
