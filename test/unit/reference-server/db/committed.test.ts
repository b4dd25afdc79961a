import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Kysely } from 'kysely';
import { openDatabase } from '../../../../reference-server/db/open.ts';
import type { Database } from '../../../../reference-server/db/schema.ts';
import { unitOfWork } from '../../../../reference-server/db/write.ts';
import type { Write } from '../../../../reference-server/db/write.ts';

let db: Kysely<Database>;
let write: Write;
let told: (string[] | 'done')[];
beforeEach(async () => {
  db = await openDatabase(':memory:');
  told = [];
  write = unitOfWork(
    db,
    () => Promise.resolve(),
    (tables) => told.push([...tables].toSorted()),
  );
});
afterEach(() => db.destroy());

it('says after each transaction which tables it changed, before whoever waits for it goes on', async () => {
  await write({}, async (tx) => {
    await tx.insertInto('principals').values({ id: 'u_1', kind: 'user' }).execute();
    await tx.updateTable('users').set({ status: 'active' }).execute();
    await tx.deleteFrom('sessions').execute();
    await tx.selectFrom('bots').selectAll().execute();
  });
  told.push('done');
  await write({}, (tx) => tx.selectFrom('users').selectAll().execute());
  expect(told).toEqual([['principals', 'sessions', 'users'], 'done', []]);
});

it('says nothing of one that was undone', async () => {
  const undone = write({}, async (tx) => {
    await tx.insertInto('principals').values({ id: 'u_1', kind: 'user' }).execute();
    throw new Error('undo');
  });
  await expect(undone).rejects.toThrow('undo');
  expect(told).toEqual([]);
  expect(await db.selectFrom('principals').selectAll().execute()).toEqual([]);
});
