import { beforeEach, describe, expect, it } from 'vitest';
import { UnchangedCache } from '../../../reference-server/db/unchanged-cache.ts';
import type { Tx } from '../../../reference-server/db/write.ts';
import { newTestContext } from '../../support/server-context.ts';
import type { TestContext } from '../../support/server-context.ts';

let context: TestContext;
let cache: UnchangedCache<number>;
let reads: number;
beforeEach(async () => {
  context = await newTestContext();
  cache = new UnchangedCache(context.db, 3);
  reads = 0;
});

const ask = (key = 'secrets') =>
  cache.get(key, async () => {
    reads += 1;
    return (await context.db.selectFrom('server_secrets').selectAll().execute()).length;
  });

const insert = (tx: Tx, name: string) =>
  tx.insertInto('server_secrets').values({ name, value: 'x', created_at: '' }).execute();

describe('answers of the database', () => {
  it('are remembered, each for its question, until something is written', async () => {
    expect([await ask(), await ask(), await ask('other'), reads]).toEqual([0, 0, 0, 2]);
    await context.write({}, (tx) => insert(tx, 'one'));
    expect([await ask(), await ask(), reads]).toEqual([1, 1, 3]);
    await context.write({}, (tx) => tx.deleteFrom('server_secrets').execute());
    expect([await ask(), reads]).toEqual([0, 4]);
  });

  it('are read once for all who ask at once, and again after a write or a failure', async () => {
    expect([await Promise.all([ask(), ask(), ask()]), reads]).toEqual([[0, 0, 0], 1]);
    let goOn = (): void => undefined;
    const until = new Promise<void>((resolve) => (goOn = resolve));
    const slow = cache.get('slow', async () => {
      await until;
      throw new Error('broken');
    });
    const failed = expect(slow).rejects.toThrow('broken');
    await context.write({}, (tx) => insert(tx, 'meanwhile'));
    // Not that one's answer: it began before the write.
    expect(await ask('slow')).toBe(1);
    goOn();
    await failed;
    await expect(cache.get('fails', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await ask('fails')).toBe(1);
  });

  it('are never those of a transaction that is undone', async () => {
    await ask();
    let asked: Promise<number> | undefined;
    const undone = context.write({}, async (tx) => {
      await insert(tx, 'undone');
      asked = ask();
      throw new Error('undo');
    });
    await expect(undone).rejects.toThrow('undo');
    expect([await asked, await ask()]).toEqual([0, 0]);
  });

  it('are not kept when a write overtook the question', async () => {
    const overtaken = cache.get('secrets', async () => {
      const before = (await context.db.selectFrom('server_secrets').selectAll().execute()).length;
      await context.write({}, (tx) => insert(tx, 'meanwhile'));
      await ask('another');
      return before;
    });
    expect([await overtaken, await ask()]).toEqual([0, 1]);
  });

  it('that were not asked for longest are thrown away when there are too many', async () => {
    for (const key of ['a', 'b', 'c', 'a', 'd', 'a', 'c']) await ask(key);
    expect(reads).toBe(4);
    await ask('b');
    expect(reads).toBe(5);
  });

  it('are as many as their sizes allow, where they have some', async () => {
    const sized = new UnchangedCache<number>(context.db, 5, (size) => size);
    const askFor = (size: number) =>
      sized.get(String(size), () => {
        reads += 1;
        return Promise.resolve(size);
      });
    for (const size of [2, 3, 2, 3]) await askFor(size);
    expect(reads).toBe(2);
    for (const size of [6, 6, 2]) await askFor(size);
    expect(reads).toBe(4);
    for (const size of [4, 4, 2]) await askFor(size);
    expect(reads).toBe(6);
  });
});
